#pragma once

// SIGKILL to a random participant every few milliseconds, while others use what processes share.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace progeny::testing {

/// What participants use together: one kind of object. `take_part` runs in many forked processes,
/// any of which is killed at any moment; what it returns must never come from a wait that a dead
/// one has held up.
class KillerSubject {
 public:
  KillerSubject() = default;
  KillerSubject(const KillerSubject&) = delete;
  KillerSubject& operator=(const KillerSubject&) = delete;
  virtual ~KillerSubject() = default;

  /// For the report.
  [[nodiscard]] virtual std::string name() const = 0;
  /// How many processes take part at a time.
  [[nodiscard]] virtual int participants() const { return 6; }
  /// One step of participant `number`, which is short. Throws, or returns what is wrong, if the
  /// object does not hold what it promises. Each wait has `killer_deadline`.
  [[nodiscard]] virtual std::string step(int number) = 0;
  /// What is wrong at the end, when all participants are dead; or nothing.
  [[nodiscard]] virtual std::string verdict() { return {}; }
};

/// The longest that a survivor may have to wait.
inline constexpr std::chrono::seconds killer_deadline{1};

/// The objects of `synchronize`.
[[nodiscard]] std::vector<std::unique_ptr<KillerSubject>> synchronize_subjects();

/// Queues: bounded and not, with small messages, large ones and batches.
[[nodiscard]] std::vector<std::unique_ptr<KillerSubject>> queue_subjects();

/// A shared pipe, each of whose ends several use.
[[nodiscard]] std::unique_ptr<KillerSubject> pipe_subject();

/// Lets participants use `subject` for so long while they are killed. Prints a line of figures.
/// Returns what was wrong, or nothing.
[[nodiscard]] std::string kill_participants_of(KillerSubject& subject,
                                               std::chrono::milliseconds duration);

/// Each subject for a part of `duration`; whether nothing was wrong.
[[nodiscard]] bool killer(std::chrono::milliseconds duration);

}  // namespace progeny::testing
