#pragma once

// Channels through shared memory, for workers on this machine: processes and threads.

#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/sleepers.hpp"
#include "multiprocessing/pool/doze.hpp"
#include "multiprocessing/pool/task_ring.hpp"
#include "multiprocessing/pool/transport.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace progeny::serial {

class Reader;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

/// The words of a channel in shared memory. Zeros are a new one. Two rings lie behind them.
///
///     claim word of task N      who stores it
///     2 N                       the pool, before it offers the task
///     2 N + 1                   the worker, by compare-exchange from 2 N: the task is begun
///     0                         the pool, by compare-exchange from 2 N: the task is taken back
///
/// The word of task N is used again for task N + window. By then N was answered or passed over.
struct ChannelState {
  TaskRing::State tasks;
  TaskRing::State answers;
  /// The pool stores 1: no more tasks will come.
  alignas(128) std::atomic<std::uint32_t> is_closed{0};
  /// The worker's sleep, for a task or for room.
  alignas(128) Doze worker;
  /// How many answers were sent. The worker writes it.
  alignas(128) std::atomic<std::uint64_t> answered{0};
  /// The item of a task at which the worker is.
  std::atomic<std::uint32_t> item{0};
  /// The number of answers at which the worker rings; 0: none. The pool writes it.
  alignas(128) std::atomic<std::uint64_t> wanted{0};
  alignas(128) std::array<std::atomic<std::uint64_t>, PoolChannel::window> claims{};

  /// Where the first ring begins. The second follows it.
  static constexpr std::size_t rings_begin = 4096;
  static constexpr std::size_t size = rings_begin + 2 * TaskRing::capacity;
};
static_assert(sizeof(ChannelState) <= ChannelState::rings_begin);

/// The worker's end.
class SharedPort : public WorkerPort {
 public:
  SharedPort(std::shared_ptr<Region> channel, std::shared_ptr<Region> bell) noexcept;

  void arrive() override {}
  [[nodiscard]] std::optional<TaskMessage> next() override;
  [[nodiscard]] bool begin(std::uint64_t number) noexcept override;
  [[nodiscard]] std::atomic<std::uint32_t>& item() noexcept override { return state_.item; }
  void answer(const Answer& answer) override;
  void save(serial::Writer& writer) const override;

 private:
  [[nodiscard]] TaskRing::Piece wait_for_piece();
  void put(std::string_view head, std::string_view bytes, bool is_last);
  void ring_for_rest() noexcept;

  std::shared_ptr<Region> region_;
  std::shared_ptr<Region> bell_region_;
  ChannelState& state_;
  Doze& bell_;
  TaskRing in_;
  TaskRing out_;
  AdaptiveSpin spin_;
  std::optional<TaskRing::Piece> held_;  // What the last message lies in.
  std::string long_message_;
  std::uint64_t answered_ = 0;
  std::uint64_t rung_ = 0;  // The number of answers at the last ring.
};

/// Reads what `SharedPort::save` wrote.
[[nodiscard]] std::shared_ptr<WorkerPort> load_port(serial::Reader& reader);

/// The pool's end.
class SharedPoolChannel : public PoolChannel {
 public:
  SharedPoolChannel(std::shared_ptr<Region> channel, std::shared_ptr<Region> bell) noexcept;

  [[nodiscard]] std::shared_ptr<WorkerPort> port() override;
  [[nodiscard]] bool offer(const TaskMessage& message) override;
  bool push_rest() override;
  void wake() noexcept override { state_.worker.store_and_wake(); }
  [[nodiscard]] std::optional<Answer> take() override;
  [[nodiscard]] bool has_answer() const noexcept override;
  void want(std::uint64_t answers) noexcept override;
  [[nodiscard]] bool has_wanted() const noexcept override;
  [[nodiscard]] bool is_drained() const noexcept override;
  [[nodiscard]] bool take_back(std::uint64_t number) noexcept override;
  [[nodiscard]] bool has_begun(std::uint64_t number) const noexcept override;
  [[nodiscard]] std::uint32_t item() const noexcept override;
  void close() noexcept override;

 private:
  [[nodiscard]] std::atomic<std::uint64_t>& claim(std::uint64_t number) const noexcept {
    return state_.claims[number % window];
  }
  void drop_held() noexcept;

  std::shared_ptr<Region> region_;
  std::shared_ptr<Region> bell_region_;
  ChannelState& state_;
  TaskRing in_;
  TaskRing out_;
  std::string_view rest_;                // Of a long message to the worker; borrowed.
  std::optional<TaskRing::Piece> held_;  // What the last answer lies in.
  std::string long_answer_;              // What has come of a long answer.
  std::array<char, 16> long_head_{};     // Its head.
  bool is_long_ = false;                 // Whether one is coming.
  std::uint64_t taken_ = 0;
};

/// Channels in shared memory, and the bell of one pool.
class SharedTransport : public Transport {
 public:
  SharedTransport();

  [[nodiscard]] std::unique_ptr<PoolChannel> connect() override;
  void sleep(const std::function<bool()>& has_happened,
             const progeny::detail::Deadline& deadline) override;
  void wake() noexcept override { bell().store_and_wake(); }

 private:
  [[nodiscard]] Doze& bell() const noexcept { return region_->at<Doze>(0); }

  std::shared_ptr<Region> region_;
};

}  // namespace progeny::multiprocessing::detail
