#pragma once

// How a target and its arguments get into another process. Not for users: `Process` makes tasks.

#include <progeny/export.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/serial/value.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace progeny::multiprocessing {

class Process;

namespace detail {

class ProcessAccess;
class ProcessCore;

/// The three ways to start a process.
enum class StartMethod : std::uint8_t { fork, spawn, forkserver };

/// The function of a program by which a new process runs a task: decodes the arguments and calls.
using TaskEntry = void (*)(serial::Incoming arguments);

/// What a child is to do.
class PROGENY_EXPORT Task {
 public:
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  virtual ~Task() = default;

  /// Does it, in a copy of the process that made the task.
  virtual void run() = 0;
  /// The function that does it in a process that is no copy. Throws RuntimeError if there is none.
  [[nodiscard]] virtual const serial::FunctionDescriptor& entry() const = 0;
  /// What that function is given. Throws RuntimeError if it cannot travel.
  [[nodiscard]] virtual serial::Outgoing arguments() const = 0;
};

[[noreturn]] PROGENY_EXPORT void throw_cannot_travel(const char* what, const std::string& type);

/// Makes `process`, which was made by the entry of a subclass, the current one.
PROGENY_EXPORT void adopt_current(Process& process);

/// How an argument is kept: by value, and string literals as strings, since a pointer means nothing
/// in another process.
template <class T>
using Kept = std::conditional_t<std::is_same_v<std::decay_t<T>, const char*> ||
                                    std::is_same_v<std::decay_t<T>, char*>,
                                std::string,
                                std::decay_t<T>>;

/// Targets take their arguments as values to be moved from, or by reference to the kept ones.
template <class Target, class... Args>
concept CallableWith = std::invocable<std::decay_t<Target>, Kept<Args>...> ||
                       std::invocable<std::decay_t<Target>&, Kept<Args>&...>;

template <class Target, class... Args>
void call(Target& target, std::tuple<Args...>& arguments) {
  if constexpr (std::invocable<Target, Args...>) {
    std::apply(std::move(target), std::move(arguments));
  } else {
    std::apply(target, arguments);
  }
}

/// A closure without captures, which every process can make for itself.
template <class Target>
concept Stateless = std::is_empty_v<Target> && std::is_default_constructible_v<Target>;

/// A plain function, which travels as its place in the program.
template <class Target>
concept PlainFunction =
    std::is_pointer_v<Target> && std::is_function_v<std::remove_pointer_t<Target>>;

/// What of a target travels beside its place in the program: nothing of a captureless lambda, the
/// place of a function, and all of an object that is `serial::Transferable`.
template <class Target>
concept TravellingTarget =
    Stateless<Target> || PlainFunction<Target> || serial::Transferable<Target>;

/// A target with its arguments, as `Process` keeps them.
template <class Target, class... Args>
class CallTask : public Task {
 public:
  template <class T, class... As>
  explicit CallTask(std::in_place_t /*tag*/, T&& target, As&&... arguments)
      : target_(std::forward<T>(target)), arguments_(std::forward<As>(arguments)...) {}

  void run() override { call(target_, arguments_); }

  [[nodiscard]] const serial::FunctionDescriptor& entry() const override {
    if constexpr (travels) {
      return serial::descriptor_of<&CallTask::enter>();
    } else {
      throw_cannot_travel(TravellingTarget<Target> ? "an argument of" : "a target of",
                          std::string(serial::detail::name_of_type<CallTask>()));
    }
  }

  [[nodiscard]] serial::Outgoing arguments() const override {
    if constexpr (!travels) {
      static_cast<void>(entry());
      return {};
    } else if constexpr (Stateless<Target>) {
      return serial::encode(arguments_);
    } else if constexpr (PlainFunction<Target>) {
      const auto place = serial::place_of(target_);
      return serial::encode(std::tie(place, arguments_));
    } else {
      return serial::encode(std::tie(target_, arguments_));
    }
  }

 private:
  static constexpr bool travels = TravellingTarget<Target> && (serial::Transferable<Args> && ...);

  // In the process that is no copy.
  static void enter(serial::Incoming incoming) {
    if constexpr (Stateless<Target>) {
      auto arguments = serial::decode<std::tuple<Args...>>(std::move(incoming));
      Target target;
      call(target, arguments);
    } else if constexpr (PlainFunction<Target>) {
      auto parts =
          serial::decode<std::tuple<std::string, std::tuple<Args...>>>(std::move(incoming));
      auto target = serial::function_at<Target>(std::get<0>(parts));
      call(target, std::get<1>(parts));
    } else {
      auto parts = serial::decode<std::tuple<Target, std::tuple<Args...>>>(std::move(incoming));
      call(std::get<0>(parts), std::get<1>(parts));
    }
  }

  Target target_;
  std::tuple<Args...> arguments_;
};

/// The task of a process that is told what to do.
template <class Target, class... Args>
std::unique_ptr<Task> make_task(Target&& target, Args&&... args) {
  return std::make_unique<CallTask<std::decay_t<Target>, Kept<Args>...>>(
      std::in_place, std::forward<Target>(target), std::forward<Args>(args)...);
}

/// Makes a `Derived` from what its constructor takes, and runs it.
template <class Derived, class... Args>
class SubclassTask : public Task {
 public:
  explicit SubclassTask(std::tuple<Args...> arguments) : arguments_(std::move(arguments)) {}

  void run() override {
    throw_cannot_travel("a subclass", std::string(serial::detail::name_of_type<Derived>()));
  }
  [[nodiscard]] const serial::FunctionDescriptor& entry() const override {
    return serial::descriptor_of<&SubclassTask::enter>();
  }
  [[nodiscard]] serial::Outgoing arguments() const override { return serial::encode(arguments_); }

 private:
  static void enter(serial::Incoming incoming) {
    using Arguments = std::tuple<std::remove_cvref_t<Args>...>;
    auto process = std::make_from_tuple<Derived>(serial::decode<Arguments>(std::move(incoming)));
    adopt_current(process);
    process.run();
  }

  std::tuple<Args...> arguments_;
};

/// The task of a subclass.
template <class Derived, class... Args>
std::unique_ptr<Task> make_subclass_task(std::tuple<Args...> arguments) {
  return std::make_unique<SubclassTask<Derived, Args...>>(std::move(arguments));
}

/// A function that a forkserver calls first: a plain one, a captureless lambda, or the name of a
/// registered one.
class PROGENY_EXPORT Preload {
 public:
  /// `void f()`.
  // NOLINTNEXTLINE(google-explicit-constructor): a list of functions is the point.
  Preload(void (*function)());
  /// The name of a function `void f()` registered by `serial::register_function`.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Preload(const char* name);
  /// Where it is found in another process, as `serial::place_of` says it.
  [[nodiscard]] const std::string& place() const noexcept { return place_; }

 private:
  std::string place_;
};

}  // namespace detail
}  // namespace progeny::multiprocessing
