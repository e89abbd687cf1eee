#pragma once

// Numbered messages, and an account of which were sent and received: each at most once, and whole.

#include "soak/killer.posix.hpp"
#include "soak/shared.posix.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace progeny::testing {

struct Letter {
  std::uint64_t number;
  std::string text;
};

/// What has become of each letter.
struct Account {
  static constexpr std::size_t most = std::size_t{1} << 24;
  static constexpr std::uint8_t was_put = 1;
  static constexpr std::uint8_t was_got = 2;

  std::atomic<std::uint64_t> next = 0;
  std::atomic<std::uint64_t> processes = 0;
  std::array<std::atomic<std::uint8_t>, most> letters{};
};

/// Participants of even numbers send letters, the others receive them.
class LetterSubject : public KillerSubject {
 public:
  /// The sizes of the texts, and how many letters go at once.
  LetterSubject(const std::array<std::size_t, 4>& sizes, std::size_t batch)
      : sizes_(sizes), batch_(batch) {}
  [[nodiscard]] std::string step(int number) override;
  /// Each dead process may have lost the batch that it was handling, and no more.
  [[nodiscard]] std::string verdict() override;

 protected:
  [[nodiscard]] std::size_t batch() const { return batch_; }
  /// To be called after a step that may have lost a batch without a death.
  void may_lose_one() { ++account_->processes; }
  /// Whether there are enough letters under way for now: memory has to be used again and again.
  [[nodiscard]] virtual bool has_enough() = 0;
  /// Sends one batch. Returns how many letters of it were sent.
  [[nodiscard]] virtual std::size_t send(const std::vector<Letter>& letters) = 0;
  /// Receives up to one batch, waiting for the first.
  [[nodiscard]] virtual std::vector<Letter> receive() = 0;
  /// Receives what is left, without waiting. Returns an empty vector at the end.
  [[nodiscard]] virtual std::vector<Letter> receive_rest() = 0;

 private:
  [[nodiscard]] std::string look_at(const std::vector<Letter>& letters) const;
  [[nodiscard]] std::vector<Letter> new_letters() const;

  std::array<std::size_t, 4> sizes_;
  std::size_t batch_;
  Shared<Account> account_;
  int counted_ = 0;
};

}  // namespace progeny::testing
