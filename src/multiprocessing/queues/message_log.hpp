#pragma once

// The messages of a queue in shared memory, in their order. No `kill -9` damages it.

#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "multiprocessing/queues/block_pool.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/multiprocessing/detail/message_view.hpp>
#include <progeny/multiprocessing/detail/queue_message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace progeny::multiprocessing::detail {

class CallLimit;
struct LogEnd;
struct LogHeader;

/// Messages one behind the other in blocks of shared memory, the log. Each is put once and got
/// once, in that order. A large message lies in a block of its own, and the log refers to it.
///
///          head: next to be got                  tail: next to be put
///          v                                     v
///     ... | 17 | 18 | 19 end | --> | 20 | 21 |   free   |
///     block 0, from 11 on          block 2, from 20 on
///                  | 18 is large: see block 1 |
///
/// Producers take turns by one lock, consumers by another; the two sides never wait for each other.
/// The whole state of the log is in two words, `head` and `tail`:
///
///     put   under put_lock: write the message at the tail; then move the tail by one store
///     get   under get_lock: read the message at the head; then move the head by one store
///
/// A process that is stopped (SIGSTOP) with a lock holds up its own side, but each call no longer
/// than the call's own limit.
///
/// So a process that is killed has put its message or has not, and has got it or has not. Other
/// traces of it are states of blocks. Before growing memory, a producer reclaims blocks by this
/// table (`is_left`):
///
///     state of the block         is in use while                                else it is
///     taken(member)              the member lives: it fills the block           free
///     log(sequence)              message `sequence` has been put, and the       free
///                                block is the one at the head or a later one
///     queued(sequence)           message `sequence` has been put and not got    free
///     reading(sequence, member)  message `sequence` has not been got (the next  free
///                                consumer gets it), or the member lives: it
///                                reads the block
///
/// The memory is not trusted: what cannot be is an OSError, neither a crash nor a hang.
/// - Threads: safe, and from several processes.
class MessageLog : public std::enable_shared_from_this<MessageLog> {
 public:
  /// Bytes of the region that the ends and tables take.
  [[nodiscard]] static std::size_t size_of_tables() noexcept;
  /// A new log in its own memory. Throws OSError if there is none.
  [[nodiscard]] static std::shared_ptr<MessageLog> make();
  /// The log in memory that `make` of another process has made, with the roster of that process.
  /// - Throws: OSError if it is none.
  [[nodiscard]] static std::shared_ptr<MessageLog> attach(native_handle memory,
                                                          std::shared_ptr<Roster> roster);

  /// Only for `make` and `attach`.
  MessageLog(std::shared_ptr<Region> region, std::shared_ptr<Roster> roster);

  /// Memory for the user of the log, zeros at first: up to `most_extra` bytes.
  template <class T>
  [[nodiscard]] T& extra() const noexcept {
    static_assert(sizeof(T) <= most_extra);
    return region_->at<T>(offset_of_extra);
  }
  [[nodiscard]] const std::shared_ptr<Region>& region() const noexcept { return region_; }
  [[nodiscard]] Roster& roster() const noexcept { return *roster_; }

  /// Puts as many of the messages, from the first on, as there is room for below `limit` messages
  /// in all (0: no limit). Never waits for room. Returns how many: 0 also if the turn of this
  /// process did not come within `wait`.
  /// - Throws: OSError if there is no memory; then nothing was put.
  [[nodiscard]] std::size_t put(std::span<const MessageView> messages,
                                std::size_t limit,
                                CallLimit& wait);
  /// The same from message number `first` of the batch on.
  [[nodiscard]] std::size_t put(const MessageBatch& batch,
                                std::size_t first,
                                std::size_t limit,
                                CallLimit& wait);

  /// Gets a message. Returns how many messages are known to have been there, with this one; 0 if
  /// there was none, or if the turn of this process did not come within `wait`.
  /// - Throws: what the reader of `message` throws; OSError if this process lacks the descriptors
  ///   for the handles in it. Then nothing was got.
  [[nodiscard]] std::size_t get(QueueMessage& message, CallLimit& wait);
  /// Appends up to `most` messages to `batch`, as long as they are small, together too, and have no
  /// tickets. Returns how many: 0 also if the turn of this process did not come within `wait`.
  [[nodiscard]] std::size_t get_many(MessageBatch& batch, std::size_t most, CallLimit& wait);
  /// Ends the reading of a large message that was got. For QueueMessage.
  void give_back(BlockPool::Index block) noexcept;

  /// Whether there is nothing to get.
  [[nodiscard]] bool is_empty() const noexcept;
  /// Whether there are fewer messages than `limit` (0: than there can be).
  [[nodiscard]] bool has_room(std::size_t limit) const noexcept;
  /// How many messages there are.
  [[nodiscard]] std::size_t size() const noexcept;
  /// How many have been put, modulo 2^29.
  [[nodiscard]] Sequence put_count() const noexcept;

  /// Gives memory of blocks that no message needs back to the system, if there is much of it and
  /// that has not been done lately. Cheap if not. To be called when there is little in the log.
  void shrink() noexcept {
    if (region_->known_size() > size_that_stays) {
      shrink_now();
    }
  }

  static constexpr std::size_t most_extra = 1024;

 private:
  static constexpr std::size_t offset_of_extra = 1024;
  static constexpr std::size_t size_that_stays = std::size_t{20} << 20;

  [[nodiscard]] LogHeader& shared() const noexcept { return region_->at<LogHeader>(0); }
  [[nodiscard]] BlockPool::Index take_block(std::size_t size);
  [[nodiscard]] bool is_left(BlockPool::Index block, const BlockState& state) const noexcept;
  // Putting.
  template <class Messages>
  [[nodiscard]] std::size_t put_from(const Messages& messages,
                                     std::size_t first,
                                     std::size_t limit,
                                     CallLimit& wait);
  template <class Messages>
  [[nodiscard]] std::size_t put_small(const Messages& messages,
                                      std::size_t first,
                                      std::size_t limit,
                                      CallLimit& wait);
  [[nodiscard]] std::size_t put_large(const MessageView& message,
                                      std::size_t limit,
                                      CallLimit& wait);
  [[nodiscard]] BlockPool::Index filled_block(const MessageView& message,
                                              std::size_t limit,
                                              CallLimit& wait);
  [[nodiscard]] std::size_t room_for(const LogEnd& tail,
                                     std::size_t wanted,
                                     std::size_t limit) const;
  void make_room(LogEnd& tail, std::size_t size);
  void append_large(LogEnd& tail, const MessageView& message, BlockPool::Index block);
  // Getting.
  [[nodiscard]] Sequence pending(const LogEnd& head, bool surely) const;
  [[nodiscard]] bool read_into(MessageBatch& batch, LogEnd& head) const;
  [[nodiscard]] std::string_view start_reading(BlockPool::Index block,
                                               std::size_t size,
                                               Sequence sequence);
  void move_head(const LogEnd& from, const LogEnd& to) noexcept;
  void shrink_now() noexcept;

  std::shared_ptr<Region> region_;
  std::shared_ptr<Roster> roster_;
  BlockPool pool_;
};

}  // namespace progeny::multiprocessing::detail
