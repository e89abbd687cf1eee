// Producers and consumers of one queue, any of whom is killed at any moment.

#include "soak/killer.posix.hpp"
#include "soak/shared.posix.hpp"

#include <progeny/multiprocessing/queues.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <unistd.h>

namespace progeny::testing {

namespace {

namespace mp = progeny::multiprocessing;

struct Letter {
  std::uint64_t number;
  std::string text;
};

// A text that only this number has, and that is wrong if a part of it is missing or another's.
std::string text_of(std::uint64_t number, std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = number * 0x9e3779b97f4a7c15 + 1;
  for (char& character : text) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    character = static_cast<char>(state);
  }
  return text;
}

// What became of each message.
struct Account {
  static constexpr std::size_t most = std::size_t{1} << 24;
  static constexpr std::uint8_t was_put = 1;
  static constexpr std::uint8_t was_got = 2;

  std::atomic<std::uint64_t> next = 0;
  std::atomic<std::uint64_t> processes = 0;
  std::array<std::atomic<std::uint8_t>, most> letters{};
};

struct QueueKind {
  const char* name;
  std::ptrdiff_t maxsize = 0;
  std::array<std::size_t, 4> sizes{};
  std::size_t batch = 1;
};

class QueueSubject : public KillerSubject {
 public:
  explicit QueueSubject(const QueueKind& kind) : kind_(kind), queue_(kind.maxsize) {}
  [[nodiscard]] std::string name() const override { return kind_.name; }

  [[nodiscard]] std::string step(int number) override {
    if (::getpid() != counted_) {
      counted_ = ::getpid();
      ++account_->processes;
    }
    return number % 2 == 0 ? produce() : consume();
  }

  // Of what was put and not got, each dead process has had one batch in its hands at most.
  [[nodiscard]] std::string verdict() override {
    try {
      while (!queue_.empty()) {
        if (std::string wrong = look_at(queue_.get(false)); !wrong.empty()) {
          return wrong;
        }
      }
    } catch (const mp::Empty&) {
      return "a queue that is not empty says that it is";
    }
    const std::uint64_t count = account_->next;
    std::uint64_t missing = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      missing += account_->letters[i] == Account::was_put ? 1 : 0;
    }
    return missing <= account_->processes * kind_.batch
               ? ""
               : fmt::format("{} of {} messages are missing", missing, count);
  }

 private:
  [[nodiscard]] Letter new_letter() const {
    const std::uint64_t number = account_->next++;
    return {.number = number,
            .text = text_of(number, kind_.sizes[number % kind_.sizes.size()] + number % 61)};
  }

  [[nodiscard]] std::string produce() {
    // The memory is to be used again and again, and the numbers have an end.
    if ((kind_.maxsize == 0 && queue_.qsize() > 300) || account_->next + 100 > Account::most) {
      return {};
    }
    std::vector<Letter> letters;
    for (std::size_t i = 0; i < kind_.batch; ++i) {
      letters.push_back(new_letter());
    }
    std::size_t count = 1;
    if (kind_.batch == 1) {
      queue_.put(letters.front(), true, killer_deadline);
    } else {
      count = queue_.put_many(letters, {.timeout = killer_deadline});
    }
    for (std::size_t i = 0; i < count; ++i) {
      account_->letters[letters[i].number] |= Account::was_put;
    }
    return {};
  }

  [[nodiscard]] std::string consume() {
    if (kind_.batch == 1) {
      return look_at(queue_.get(true, killer_deadline));
    }
    for (const Letter& letter : queue_.get_many(kind_.batch, {.timeout = killer_deadline})) {
      if (std::string wrong = look_at(letter); !wrong.empty()) {
        return wrong;
      }
    }
    return {};
  }

  [[nodiscard]] std::string look_at(const Letter& letter) const {
    if (letter.number >= account_->next ||
        letter.text != text_of(letter.number, letter.text.size())) {
      return "a message is not what was put";
    }
    if ((account_->letters[letter.number].fetch_or(Account::was_got) & Account::was_got) != 0) {
      return fmt::format("message {} came twice", letter.number);
    }
    return {};
  }

  QueueKind kind_;
  mp::Queue<Letter> queue_;
  Shared<Account> account_;
  int counted_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<KillerSubject>> queue_subjects() {
  std::vector<std::unique_ptr<KillerSubject>> subjects;
  for (const QueueKind& kind :
       {QueueKind{.name = "Queue", .sizes = {8, 0, 60, 2'000}},
        QueueKind{.name = "bounded", .maxsize = 5, .sizes = {8, 0, 60, 200}},
        QueueKind{.name = "batches", .sizes = {8, 0, 60, 2'000}, .batch = 7},
        QueueKind{.name = "large", .sizes = {40'000, 10, 300'000, 130'000}},
        QueueKind{.name = "large few", .maxsize = 3, .sizes = {40'000, 10, 300'000, 130'000}}}) {
    subjects.push_back(std::make_unique<QueueSubject>(kind));
  }
  return subjects;
}

}  // namespace progeny::testing
