#pragma once

// How a target and its arguments get into another process. Not for users: `Process` makes tasks.

#include <progeny/export.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
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

/// The entry by which a new process runs a task: decodes the arguments and calls.
using TaskEntry = void(serial::CodeAddress callee, serial::Incoming arguments);

/// What a child is to do.
class PROGENY_EXPORT Task {
 public:
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  virtual ~Task() = default;

  /// Does it, in a copy of the process that made the task.
  virtual void run() = 0;
  /// What does it in a process that is no copy. Throws RuntimeError if nothing can.
  [[nodiscard]] virtual serial::Function function() const = 0;
  /// What its entry is given. Throws RuntimeError if it cannot travel.
  [[nodiscard]] virtual serial::Outgoing arguments() const = 0;
};

[[noreturn]] PROGENY_EXPORT void throw_cannot_travel(const char* what, const std::string& type);

/// Calls what a `serial::token_of` stands for. Throws FunctionNotFound if it is not here.
PROGENY_EXPORT void run_token(std::string_view token, serial::Incoming arguments);

/// Makes `process`, which was made by the entry of a subclass, the current one.
PROGENY_EXPORT void adopt_current(Process& process);

/// How an argument is kept: by value, and string literals as strings, since a pointer means nothing
/// in another process.
template <class T>
using Kept = std::conditional_t<std::is_same_v<std::decay_t<T>, const char*> ||
                                    std::is_same_v<std::decay_t<T>, char*>,
                                std::string,
                                std::decay_t<T>>;

/// What a plain function's parameter is kept as: what it takes, but for what would only point to
/// the argument.
template <class Parameter, class T>
using KeptFor = std::conditional_t<serial::Transferable<std::remove_cvref_t<Parameter>> &&
                                       std::constructible_from<std::remove_cvref_t<Parameter>, T>,
                                   std::remove_cvref_t<Parameter>,
                                   Kept<T>>;

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

/// What of a target travels: the place of a function or of a captureless lambda in the program, and
/// all of an object that is `serial::Transferable`.
template <class Target>
concept TravellingTarget = serial::TravellingCallable<Target> || serial::Transferable<Target>;

/// The call in the process that is no copy.
template <class Target, class... Args>
struct CallEntry {
  static void call(serial::CodeAddress callee, serial::Incoming incoming) {
    if constexpr (serial::TravellingCallable<Target>) {
      auto arguments = serial::decode<std::tuple<Args...>>(std::move(incoming));
      auto target = serial::callable_from<Target>(callee);
      detail::call(target, arguments);
    } else {
      auto parts = serial::decode<std::tuple<Target, std::tuple<Args...>>>(std::move(incoming));
      detail::call(std::get<0>(parts), std::get<1>(parts));
    }
  }
};

/// A target with its arguments, as `Process` keeps them.
template <class Target, class... Args>
class CallTask : public Task {
 public:
  template <class T, class... As>
  explicit CallTask(std::in_place_t /*tag*/, T&& target, As&&... arguments)
      : target_(std::forward<T>(target)), arguments_(std::forward<As>(arguments)...) {}

  void run() override { call(target_, arguments_); }

  [[nodiscard]] serial::Function function() const override {
    if constexpr (!travels) {
      throw_cannot_travel(TravellingTarget<Target> ? "an argument of" : "a target of",
                          std::string(serial::type_name<CallTask>));
    } else if constexpr (serial::TravellingCallable<Target>) {
      return {.descriptor = &serial::descriptor_of<CallEntry<Target, Args...>>(),
              .callee = serial::callee_of(target_)};
    } else {
      return {.descriptor = &serial::descriptor_of<CallEntry<Target, Args...>>()};
    }
  }

  [[nodiscard]] serial::Outgoing arguments() const override {
    if constexpr (!travels) {
      static_cast<void>(function());
      return {};
    } else if constexpr (serial::TravellingCallable<Target>) {
      return serial::encode(arguments_);
    } else {
      return serial::encode(std::tie(target_, arguments_));
    }
  }

 private:
  static constexpr bool travels = TravellingTarget<Target> && (serial::Transferable<Args> && ...);

  Target target_;
  std::tuple<Args...> arguments_;
};

template <class Result, class... Parameters, class... Args>
  requires(sizeof...(Parameters) == sizeof...(Args))
std::unique_ptr<Task> make_function_task(Result (*target)(Parameters...), Args&&... args) {
  return std::make_unique<CallTask<Result (*)(Parameters...), KeptFor<Parameters, Args>...>>(
      std::in_place, target, std::forward<Args>(args)...);
}

/// The task of a process that is told what to do.
template <class Target, class... Args>
std::unique_ptr<Task> make_task(Target&& target, Args&&... args) {
  if constexpr (std::is_pointer_v<std::decay_t<Target>>) {
    return make_function_task(target, std::forward<Args>(args)...);
  } else {
    return std::make_unique<CallTask<std::decay_t<Target>, Kept<Args>...>>(
        std::in_place, std::forward<Target>(target), std::forward<Args>(args)...);
  }
}

/// Makes a `Derived` from what its constructor takes, and runs it.
template <class Derived, class... Args>
struct SubclassEntry {
  static void call(serial::CodeAddress /*callee*/, serial::Incoming incoming) {
    auto process =
        std::make_from_tuple<Derived>(serial::decode<std::tuple<Args...>>(std::move(incoming)));
    adopt_current(process);
    process.run();
  }
};

template <class Derived, class... Args>
class SubclassTask : public Task {
 public:
  explicit SubclassTask(std::tuple<Args...> arguments) : arguments_(std::move(arguments)) {}

  void run() override {
    throw_cannot_travel("a subclass", std::string(serial::type_name<Derived>));
  }
  [[nodiscard]] serial::Function function() const override {
    return {.descriptor =
                &serial::descriptor_of<SubclassEntry<Derived, std::remove_cvref_t<Args>...>>()};
  }
  [[nodiscard]] serial::Outgoing arguments() const override { return serial::encode(arguments_); }

 private:
  std::tuple<Args...> arguments_;
};

/// The task of a subclass.
template <class Derived, class... Args>
std::unique_ptr<Task> make_subclass_task(std::tuple<Args...> arguments) {
  return std::make_unique<SubclassTask<Derived, Args...>>(std::move(arguments));
}

/// A plain function as a task's, for `register_function` and for functions that a forkserver calls.
template <class Result, class... Parameters>
[[nodiscard]] serial::Function plain_function(Result (*function)(Parameters...)) {
  using Entry = CallEntry<Result (*)(Parameters...), std::remove_cvref_t<Parameters>...>;
  return {.descriptor = &serial::descriptor_of<Entry>(), .callee = serial::callee_of(function)};
}

/// A function that a forkserver calls first: a plain one, a captureless lambda, or the name of a
/// registered one.
class PROGENY_EXPORT Preload {
 public:
  /// `void f()`.
  // NOLINTNEXTLINE(google-explicit-constructor): a list of functions is the point.
  Preload(void (*function)());
  /// The name of a function `void f()` registered by `register_function`.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Preload(const char* name);
  /// A `serial::token_of` it.
  [[nodiscard]] const std::string& token() const noexcept { return token_; }

 private:
  std::string token_;
};

}  // namespace detail

/// Gives a plain function a name by which processes find it that run another build of the program,
/// or have loaded it elsewhere: as target of a `Process`, and in `set_forkserver_preload`. Each of
/// them must have registered it, best before `main` does anything else.
///
/// - Throws: `ValueError` if the name is empty or stands for another function already.
/// - Threads: safe.
template <class Result, class... Parameters>
  requires((serial::Transferable<std::remove_cvref_t<Parameters>>) && ...)
void register_function(std::string_view name, Result (*function)(Parameters...)) {
  serial::register_function(name, detail::plain_function(function));
}

}  // namespace progeny::multiprocessing
