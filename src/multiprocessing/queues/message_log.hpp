#pragma once

// The memory and the order of a queue's messages, which no `kill -9` damages.

#include "multiprocessing/memory/robust_lock.hpp"
#include "multiprocessing/queues/block_pool.hpp"

#include <progeny/multiprocessing/detail/flat_message.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

struct LogEnd;
struct LogHeader;

/// Messages one behind the other in blocks of shared memory, the log; each is put once, and got
/// once, in that order. A large one lies in a block of its own, and the log only refers to it.
///
/// Putting and getting each have a lock. All that counts is in two words, the ends of the log: who
/// puts writes beyond the one end, then moves it by a single store; who gets reads at the other,
/// then moves that. So whoever is killed has put his message or has not, and has got it or has not.
/// What he leaves besides is told from the state of the blocks:
///
///  state              is a block of the log or a message's if      else
///  taken(member)      the member lives: he fills it                free
///  log(sequence)      that message has been put, and it is the     free
///                     block of the getting end or a later one
///  queued(sequence)   that message has been put                    free
///  reading(sequence,  that message has not been got: it will be;   free
///          member)    or the member lives: he copies it
///
/// Who puts and needs a block looks at that before he has the memory grow.
/// - Threads: safe, and from several processes.
class MessageLog {
 public:
  /// A message as it is to be put.
  struct Message {
    std::string_view head = {};  ///< A few bytes in front of the body.
    std::string_view body = {};
    bool flag = false;  ///< Comes out as it was put.
  };

  /// Messages one behind the other, from `begin` on, and where each ends.
  struct Batch {
    std::string_view bytes = {};
    std::span<const std::size_t> ends = {};
    std::size_t begin = 0;

    [[nodiscard]] bool empty() const noexcept { return ends.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return ends.size(); }
    [[nodiscard]] Message operator[](std::size_t index) const {
      const std::size_t from = index == 0 ? begin : ends[index - 1];
      return {.body = bytes.substr(from, ends[index] - from)};
    }
    /// Without the first `count`.
    [[nodiscard]] Batch subspan(std::size_t count) const {
      return {.bytes = bytes,
              .ends = ends.subspan(count),
              .begin = count == 0 ? begin : ends[count - 1]};
    }
  };

  /// A message that was got. One that is large stays where it is, borrowed until `give_back`.
  struct Got {
    std::string_view bytes = {};
    bool flag = false;
    BlockPool::Index block = BlockPool::none;
    bool has_more = false;  ///< Whether another is known to be behind it.
  };

  /// Bytes of the region that the ends and tables take.
  [[nodiscard]] static std::size_t size_of_tables() noexcept;
  /// A new log in its own memory. Throws OSError if there is none.
  [[nodiscard]] static std::shared_ptr<MessageLog> make();
  /// The log in memory that `make` of another process has made, with the roster of that process.
  /// - Throws: OSError if it is none.
  [[nodiscard]] static std::shared_ptr<MessageLog> attach(native_handle memory,
                                                          std::shared_ptr<Roster> roster);

  /// The first step of both.
  MessageLog(std::shared_ptr<Region> region, std::shared_ptr<Roster> roster);

  /// Memory for those who use the log, zeros at first: up to `most_extra` bytes.
  template <class T>
  [[nodiscard]] T& extra() const noexcept {
    static_assert(sizeof(T) <= most_extra);
    return region_->at<T>(offset_of_extra);
  }
  [[nodiscard]] const std::shared_ptr<Region>& region() const noexcept { return region_; }
  [[nodiscard]] Roster& roster() const noexcept { return *roster_; }

  /// Puts as many of the messages, from the first on, as there is room for below `limit` messages
  /// in all (0: no limit), at once or not at all. Returns how many.
  /// - Throws: OSError if there is no memory: then nothing was put.
  [[nodiscard]] std::size_t put(std::span<const Message> messages, std::size_t limit);
  /// The same.
  [[nodiscard]] std::size_t put(const Batch& messages, std::size_t limit);

  /// Gets a message. Returns false if there is none. What is small is copied to `buffer`, which
  /// grows as needed; or, if it is small and without a flag, `reader` reads it, if there is one.
  /// - Throws: what `reader` throws: then nothing was got.
  [[nodiscard]] bool get(std::string& buffer, Got& got, FlatReader* reader = nullptr);
  /// Gets up to `most` messages at once, one behind the other in `bytes`, and where each ends; as
  /// long as they are small, together too, and have no flag. Returns how many.
  [[nodiscard]] std::size_t get_many(std::string& bytes,
                                     std::vector<std::size_t>& ends,
                                     std::size_t most);
  /// Lets go of a large message that was got.
  void give_back(const Got& got) noexcept;

  /// Whether there is nothing to get.
  [[nodiscard]] bool is_empty() const noexcept;
  /// Whether there are fewer messages than `limit` (0: than there can be).
  [[nodiscard]] bool has_room(std::size_t limit) const noexcept;
  /// How many messages there are.
  [[nodiscard]] std::size_t size() const noexcept;
  /// How many have been put, modulo 2^29.
  [[nodiscard]] Sequence put_count() const noexcept;

  static constexpr std::size_t most_extra = 1024;

 private:
  static constexpr std::size_t offset_of_extra = 1024;

  [[nodiscard]] LogHeader& shared() const noexcept;
  [[nodiscard]] LogEnd sound_end(std::uint64_t word) const;
  [[nodiscard]] BlockPool::Index take_block(std::size_t size);
  [[nodiscard]] bool is_left(BlockPool::Index block, const BlockState& state) const noexcept;
  [[nodiscard]] std::size_t room_for(const LogEnd& tail,
                                     std::size_t wanted,
                                     std::size_t limit) const;
  void make_room(LogEnd& tail, std::size_t size);
  void append(LogEnd& tail, const Message& message, BlockPool::Index own_block);
  [[nodiscard]] BlockPool::Index filled_block(const Message& message, std::size_t limit);
  [[nodiscard]] std::size_t put_large(const Message& message, std::size_t limit);
  template <class Messages>
  [[nodiscard]] std::size_t put_any(const Messages& messages, std::size_t limit);
  template <class Messages>
  [[nodiscard]] std::size_t put_small(const Messages& messages, std::size_t limit);
  [[nodiscard]] Sequence pending(const LogEnd& head, bool surely) const;
  [[nodiscard]] std::string_view read(LogEnd& head, std::uint64_t& mark) const;
  [[nodiscard]] bool is_in_log_at(BlockPool::Index block, Sequence sequence) const noexcept;
  [[nodiscard]] bool read_small(LogEnd& head,
                                std::string& bytes,
                                std::vector<std::size_t>& ends) const;
  void move_head(const LogEnd& from, const LogEnd& to) noexcept;
  void take_large(const LogEnd& head, std::string_view record, Got& got);

  std::shared_ptr<Region> region_;
  std::shared_ptr<Roster> roster_;
  BlockPool pool_;
};

}  // namespace progeny::multiprocessing::detail
