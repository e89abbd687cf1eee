#pragma once

// Sends SIGKILL to a random participant every few milliseconds, while others go on using what they
// share. Where the subject stands it, one is stopped by SIGSTOP now and then for up to 3 seconds.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace progeny::testing {

/// One kind of object that participants use together. `step` runs in many forked processes, which
/// are killed at any moment. A dead one must not hold up the wait of another.
class KillerSubject {
 public:
  KillerSubject() = default;
  KillerSubject(const KillerSubject&) = delete;
  KillerSubject& operator=(const KillerSubject&) = delete;
  virtual ~KillerSubject() = default;

  /// Its name in the report.
  [[nodiscard]] virtual std::string name() const = 0;
  /// How many processes take part at a time.
  [[nodiscard]] virtual int participants() const { return 6; }
  /// Whether a participant may be stopped: calls of the others then end by their own deadlines at
  /// the latest, and `step` takes that for right.
  [[nodiscard]] virtual bool stands_stops() const { return false; }
  /// One short step of participant `number`. Throws, or returns what is wrong, if the object does
  /// not keep its promises. Each wait has `killer_deadline`.
  [[nodiscard]] virtual std::string step(int number) = 0;
  /// Returns what is wrong at the end, when all participants are dead; an empty string if nothing.
  [[nodiscard]] virtual std::string verdict() { return {}; }
};

/// The longest wait of a survivor.
inline constexpr std::chrono::seconds killer_deadline{1};

/// The objects of `synchronize`.
[[nodiscard]] std::vector<std::unique_ptr<KillerSubject>> synchronize_subjects();

/// Queues: bounded and not, with small messages, large ones and batches.
[[nodiscard]] std::vector<std::unique_ptr<KillerSubject>> queue_subjects();

/// A shared pipe with several processes at each end.
[[nodiscard]] std::unique_ptr<KillerSubject> pipe_subject();
/// The same, where participants are stopped for long and every call has a deadline.
[[nodiscard]] std::unique_ptr<KillerSubject> stopped_pipe_subject();

/// Lets participants use `subject` for `duration` and kills them. Prints a line of figures. Returns
/// what was wrong, or an empty string.
[[nodiscard]] std::string kill_participants_of(KillerSubject& subject,
                                               std::chrono::milliseconds duration);

/// Runs each subject for a part of `duration`. Returns whether nothing was wrong.
[[nodiscard]] bool killer(std::chrono::milliseconds duration);

}  // namespace progeny::testing
