#include "multiprocessing/pool/shared_transport.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/pool/doze.hpp"
#include "multiprocessing/pool/task_ring.hpp"
#include "multiprocessing/pool/transport.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial.hpp>  // IWYU pragma: keep: defines Writer::write and Reader::read.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

// In front of the bytes of a message; in front of a message of several pieces, its length follows.
struct Head {
  std::uint64_t number = 0;
  std::uint32_t function = 0;
  std::uint8_t kind = 0;
  std::uint8_t has_tickets = 0;
  std::uint16_t unused = 0;
};
static_assert(sizeof(Head) == 16);

// A piece at least so long makes room that the other side may sleep for. The window holds more
// than the ring can only with messages longer than this.
constexpr std::size_t worthwhile = 512;

std::string_view text_of(const Head& head) noexcept {
  return {reinterpret_cast<const char*>(&head), sizeof head};
}

std::string_view text_of(const std::uint64_t& number) noexcept {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

template <class T>
T take_front(std::string_view& bytes) {
  T value{};
  if (bytes.size() < sizeof value) {
    throw OSError(std::make_error_code(std::errc::bad_message),
                  "the memory between a pool and its worker is damaged");
  }
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

TaskMessage task_of(const Head& head, std::string_view bytes) noexcept {
  return {.kind = static_cast<TaskMessage::Kind>(head.kind),
          .has_tickets = head.has_tickets != 0,
          .function = head.function,
          .number = head.number,
          .bytes = bytes};
}

Answer answer_of(const Head& head, std::string_view bytes) noexcept {
  return {.kind = static_cast<Answer::Kind>(head.kind),
          .has_tickets = head.has_tickets != 0,
          .number = head.number,
          .bytes = bytes};
}

std::byte* first_ring(const Region& region) noexcept {
  return region.data() + ChannelState::rings_begin;
}

std::byte* second_ring(const Region& region) noexcept {
  return first_ring(region) + TaskRing::capacity;
}

constexpr std::size_t bell_size = 4096;

}  // namespace

// --- the worker's end

SharedPort::SharedPort(std::shared_ptr<Region> channel, std::shared_ptr<Region> bell) noexcept
    : region_(std::move(channel)),
      bell_region_(std::move(bell)),
      state_(region_->at<ChannelState>(0)),
      bell_(bell_region_->at<Doze>(0)),
      in_(state_.tasks, first_ring(*region_)),
      out_(state_.answers, second_ring(*region_)) {}

// The pool may wait for these answers without a number.
void SharedPort::ring_for_rest() noexcept {
  if (rung_ != answered_) {
    rung_ = answered_;
    bell_.store_and_wake();
  }
}

// An empty piece: the channel is closed.
TaskRing::Piece SharedPort::wait_for_piece() {
  const auto has_work = [this] {
    return in_.has_piece() || state_.is_closed.load(std::memory_order_acquire) != 0;
  };
  while (true) {
    if (const auto piece = in_.next()) {
      return *piece;
    }
    if (state_.is_closed.load(std::memory_order_acquire) != 0 && !in_.has_piece()) {
      return {};
    }
    ring_for_rest();
    if (!spin_.until(has_work)) {
      state_.worker.sleep(has_work, progeny::detail::Deadline());
    }
  }
}

std::optional<TaskMessage> SharedPort::next() {
  if (held_) {
    in_.drop(*std::exchange(held_, std::nullopt));
  }
  TaskRing::Piece piece = wait_for_piece();
  if (piece.end == 0) {
    return std::nullopt;
  }
  const Head head = take_front<Head>(piece.bytes);
  if (piece.is_last) {
    held_ = piece;
    return task_of(head, piece.bytes);
  }
  // The memory grows with what has come.
  static_cast<void>(take_front<std::uint64_t>(piece.bytes));
  long_message_.assign(piece.bytes);
  while (!piece.is_last) {
    in_.drop(piece);
    bell_.store_and_wake();
    piece = wait_for_piece();
    if (piece.end == 0) {
      return std::nullopt;
    }
    long_message_.append(piece.bytes);
  }
  in_.drop(piece);
  return task_of(head, long_message_);
}

bool SharedPort::begin(std::uint64_t number) noexcept {
  std::uint64_t handed = 2 * number;
  return state_.claims[number % PoolChannel::window].compare_exchange_strong(
      handed, handed + 1, std::memory_order_acq_rel);
}

void SharedPort::put(std::string_view head, std::string_view bytes, bool is_last) {
  while (!out_.try_put({head, bytes}, is_last)) {
    bell_.store_and_wake();
    const auto has_room = [&] { return out_.has_room(head.size() + bytes.size()); };
    if (!spin_.until(has_room)) {
      state_.worker.sleep(has_room, progeny::detail::Deadline());
    }
  }
}

// The exchange orders the answer before the look at what the pool waits for (doze.hpp).
void SharedPort::answer(const Answer& answer) {
  const Head head{.number = answer.number,
                  .kind = static_cast<std::uint8_t>(answer.kind),
                  .has_tickets = static_cast<std::uint8_t>(answer.has_tickets ? 1 : 0)};
  std::string_view rest = answer.bytes;
  if (sizeof head + rest.size() <= TaskRing::largest_piece) {
    put(text_of(head), rest, true);
  } else {
    const std::uint64_t length = rest.size();
    std::array<char, sizeof head + sizeof length> front{};
    std::memcpy(front.data(), &head, sizeof head);
    std::memcpy(front.data() + sizeof head, &length, sizeof length);
    constexpr std::size_t first = TaskRing::largest_piece - front.size();
    put({front.data(), front.size()}, rest.substr(0, first), false);
    rest.remove_prefix(first);
    while (rest.size() > TaskRing::largest_piece) {
      put({}, rest.substr(0, TaskRing::largest_piece), false);
      rest.remove_prefix(TaskRing::largest_piece);
    }
    put({}, rest, true);
  }
  state_.answered.exchange(++answered_, std::memory_order_seq_cst);
  const std::uint64_t wanted = state_.wanted.load(std::memory_order_seq_cst);
  if (wanted != 0 && answered_ >= wanted) {
    rung_ = answered_;
    bell_.wake();
  }
}

void SharedPort::save(serial::Writer& writer) const {
  save_region(writer, *region_);
  save_region(writer, *bell_region_);
}

std::shared_ptr<WorkerPort> load_port(serial::Reader& reader) {
  auto channel = load_region(reader);
  auto bell = load_region(reader);
  if (channel->size() < ChannelState::size || bell->size() < sizeof(Doze)) {
    reader.fail("a pool's channel without its memory");
  }
  return std::make_shared<SharedPort>(std::move(channel), std::move(bell));
}

// --- the pool's end

SharedPoolChannel::SharedPoolChannel(std::shared_ptr<Region> channel,
                                     std::shared_ptr<Region> bell) noexcept
    : region_(std::move(channel)),
      bell_region_(std::move(bell)),
      state_(region_->at<ChannelState>(0)),
      in_(state_.answers, second_ring(*region_)),
      out_(state_.tasks, first_ring(*region_)) {}

std::shared_ptr<WorkerPort> SharedPoolChannel::port() {
  return std::make_shared<SharedPort>(region_, bell_region_);
}

// The claim word is stored first: the worker sees it once it sees the piece.
bool SharedPoolChannel::offer(const TaskMessage& message) {
  if (!rest_.empty()) {
    return false;
  }
  const Head head{.number = message.number,
                  .function = message.function,
                  .kind = static_cast<std::uint8_t>(message.kind),
                  .has_tickets = static_cast<std::uint8_t>(message.has_tickets ? 1 : 0)};
  if (message.number != 0) {
    claim(message.number).store(2 * message.number, std::memory_order_relaxed);
  }
  if (sizeof head + message.bytes.size() <= TaskRing::largest_piece) {
    return out_.try_put({text_of(head), message.bytes}, true);
  }
  const std::uint64_t length = message.bytes.size();
  constexpr std::size_t first = TaskRing::largest_piece - sizeof head - sizeof length;
  if (!out_.try_put({text_of(head), text_of(length), message.bytes.substr(0, first)}, false)) {
    return false;
  }
  rest_ = message.bytes.substr(first);
  push_rest();
  return true;
}

bool SharedPoolChannel::push_rest() {
  while (!rest_.empty()) {
    const std::string_view piece = rest_.substr(0, TaskRing::largest_piece);
    if (!out_.try_put({piece}, piece.size() == rest_.size())) {
      return false;
    }
    rest_.remove_prefix(piece.size());
  }
  return true;
}

void SharedPoolChannel::drop_held() noexcept {
  if (held_) {
    const bool makes_room = held_->bytes.size() >= worthwhile;
    in_.drop(*std::exchange(held_, std::nullopt));
    if (makes_room) {
      wake();
    }
  }
}

std::optional<Answer> SharedPoolChannel::take() {
  drop_held();
  if (!is_long_) {
    long_answer_.clear();
  }
  while (auto piece = in_.next()) {
    held_ = piece;
    std::string_view bytes = piece->bytes;
    if (!is_long_) {
      const Head head = take_front<Head>(bytes);
      if (piece->is_last) {
        ++taken_;
        return answer_of(head, bytes);
      }
      static_cast<void>(take_front<std::uint64_t>(bytes));
      std::memcpy(long_head_.data(), &head, sizeof head);
      is_long_ = true;
    }
    long_answer_.append(bytes);
    drop_held();
    if (piece->is_last) {
      is_long_ = false;
      ++taken_;
      Head head;
      std::memcpy(&head, long_head_.data(), sizeof head);
      return answer_of(head, long_answer_);
    }
  }
  return std::nullopt;
}

void SharedPoolChannel::want(std::uint64_t answers) noexcept {
  state_.wanted.store(answers == 0 ? 0 : taken_ + answers, std::memory_order_relaxed);
}

bool SharedPoolChannel::has_answer() const noexcept {
  return state_.answers.put.load(std::memory_order_acquire) !=
         state_.answers.got.load(std::memory_order_relaxed);
}

// A quarter of the ring: a long answer is coming, whose end waits for room.
bool SharedPoolChannel::has_wanted() const noexcept {
  const std::uint64_t there = state_.answers.put.load(std::memory_order_acquire) -
                              state_.answers.got.load(std::memory_order_relaxed);
  return there != 0 && (there >= TaskRing::capacity / 4 || is_drained() ||
                        state_.answered.load(std::memory_order_acquire) >=
                            state_.wanted.load(std::memory_order_relaxed));
}

bool SharedPoolChannel::is_drained() const noexcept {
  return state_.tasks.got.load(std::memory_order_acquire) ==
         state_.tasks.put.load(std::memory_order_relaxed);
}

bool SharedPoolChannel::take_back(std::uint64_t number) noexcept {
  std::uint64_t handed = 2 * number;
  return claim(number).compare_exchange_strong(handed, 0, std::memory_order_acq_rel);
}

bool SharedPoolChannel::has_begun(std::uint64_t number) const noexcept {
  return claim(number).load(std::memory_order_acquire) == 2 * number + 1;
}

std::uint32_t SharedPoolChannel::item() const noexcept {
  return state_.item.load(std::memory_order_relaxed);
}

void SharedPoolChannel::close() noexcept {
  state_.is_closed.store(1, std::memory_order_release);
  wake();
}

// --- the transport

SharedTransport::SharedTransport() : region_(Region::make("progeny-pool-bell", bell_size)) {}

std::unique_ptr<PoolChannel> SharedTransport::connect() {
  return std::make_unique<SharedPoolChannel>(Region::make("progeny-pool", ChannelState::size),
                                             region_);
}

void SharedTransport::sleep(const std::function<bool()>& has_happened,
                            const progeny::detail::Deadline& deadline) {
  bell().sleep(has_happened, deadline);
}

}  // namespace progeny::multiprocessing::detail
