#pragma once

// Killing or stopping a process at each of its instructions.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <sys/types.h>

namespace progeny::testing {

/// A moment in what a process does: the so-and-so-manieth time that it comes to a place.
struct Moment {
  std::uintptr_t place = 0;  ///< Of the next instruction; 0 where that cannot be asked for.
  int arrival = 0;           ///< From 1 on.
  std::size_t steps = 0;     ///< Instructions until then.
  bool has_told = false;  ///< Whether the instruction before it has changed shared memory, or was
                          ///< a call of the kernel: others can tell this moment from the last one.
};

/// A forked copy of this process that stops before its `body`, and then goes on as it is told to.
/// Killed at the end of the scope.
class SteppedChild {
 public:
  /// `prepare` runs at full speed.
  SteppedChild(const std::function<void()>& prepare, const std::function<void()>& body);
  SteppedChild(const SteppedChild&) = delete;
  SteppedChild& operator=(const SteppedChild&) = delete;
  ~SteppedChild() { kill(); }

  [[nodiscard]] int pid() const { return pid_; }
  /// Whether processes may be traced here, and the child has come to its body.
  [[nodiscard]] bool is_stopped() const { return is_stopped_; }

  /// Runs all of `body`. Returns its moments, without those in the middle of one instruction that
  /// repeats itself. What others see of it is in `shared`.
  [[nodiscard]] std::vector<Moment> moments(std::span<const std::byte> shared);
  /// Goes on until it comes to the moment's place for that time. Returns false if the end comes
  /// first.
  [[nodiscard]] bool run_to_arrival(const Moment& moment);
  /// Goes on by the moment's number of instructions, wherever that leads. Returns false if the end
  /// comes first.
  [[nodiscard]] bool run_steps(const Moment& moment);
  /// Goes on to the end of `body`. Returns whether it came there.
  [[nodiscard]] bool run_to_end();
  /// Whether `body` has come to its end.
  [[nodiscard]] bool is_done() const { return is_done_; }

  /// Returns when the process is gone.
  void kill();

 private:
  [[nodiscard]] bool go_on(int request);
  [[nodiscard]] std::uintptr_t place() const;
  [[nodiscard]] bool is_at_call(std::uintptr_t place) const;
  [[nodiscard]] bool go_on_to(std::uintptr_t place);

  pid_t pid_;
  bool is_stopped_ = false;
  bool is_done_ = false;
};

/// One operation whose process is killed or stopped, and what must be true then.
class Scene {
 public:
  Scene() = default;
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;
  virtual ~Scene() = default;

  /// In the process to be killed, before.
  virtual void prepare() {}
  virtual void operate() = 0;
  /// In this process, when the other, `pid`, is about to begin.
  virtual void begin(int /*pid*/) {}
  /// In this process, while the other is stopped in the operation.
  virtual void while_stopped() {}
  /// After its death. `is_done` if it had come to the end.
  virtual void check(bool is_done) = 0;

  /// The memory that others look at.
  [[nodiscard]] virtual std::span<const std::byte> shared() const = 0;
};

/// At which moments to kill or stop.
enum class Moments : std::uint8_t {
  many,  ///< Wherever others can see a difference, and at some hundred others.
  told,  ///< Only wherever others can see a difference. For what takes long to check.
};

/// Plays the scene once for each of these moments of its operation, and kills there. With
/// PROGENY_KILL_EVERYWHERE in the environment `many` is each single one.
void kill_everywhere(const std::function<std::unique_ptr<Scene>()>& make,
                     Moments which = Moments::many);

/// The same, but stops the process there, and lets it go on to the end of its operation after
/// `while_stopped`.
void stop_everywhere(const std::function<std::unique_ptr<Scene>()>& make,
                     Moments which = Moments::many);

}  // namespace progeny::testing
