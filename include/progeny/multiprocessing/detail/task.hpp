#pragma once

// How a target and its arguments get into another process. `Process` uses it; users do not.

#include <progeny/export.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <concepts>
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

/// The type of the function that decodes the arguments of a task and calls its target.
using TaskEntry = void(serial::CodeAddress callee, serial::Incoming arguments);

/// A target with its arguments.
///
///     by fork        run() in the child, which has a copy of the task
///     otherwise      function() and arguments() in the parent; both travel, as a token and as
///                    bytes; run_token() in the child
class PROGENY_EXPORT Task {
 public:
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  virtual ~Task() = default;

  /// Calls the target.
  virtual void run() = 0;
  /// The function of type `TaskEntry` that calls the target in a process that is not a copy. Throws
  /// RuntimeError if the target or an argument cannot travel.
  [[nodiscard]] virtual serial::Function function() const = 0;
  /// The arguments of that function. Throws as it does.
  [[nodiscard]] virtual serial::Outgoing arguments() const = 0;
};

[[noreturn]] PROGENY_EXPORT void throw_cannot_travel(const char* what, const std::string& type);

/// Calls the function that a `serial::token_of` stands for. Throws FunctionNotFound if this process
/// does not have it.
PROGENY_EXPORT void run_token(std::string_view token, serial::Incoming arguments);

/// Makes `process`, which a subclass's entry has constructed, the current process.
PROGENY_EXPORT void adopt_current(Process& process);

/// The type that keeps an argument: its value. A string literal becomes a string, since a pointer
/// means nothing in another process.
template <class T>
using Kept = std::conditional_t<std::is_same_v<std::decay_t<T>, const char*> ||
                                    std::is_same_v<std::decay_t<T>, char*>,
                                std::string,
                                std::decay_t<T>>;

/// The type that keeps an argument of a plain function: the type of the parameter, unless that
/// would only point to the argument.
template <class Parameter, class T>
using KeptFor = std::conditional_t<serial::Transferable<std::remove_cvref_t<Parameter>> &&
                                       std::constructible_from<std::remove_cvref_t<Parameter>, T>,
                                   std::remove_cvref_t<Parameter>,
                                   Kept<T>>;

/// A target takes its arguments as values to move from, or by reference to the kept ones.
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

/// A target that can travel: a function or captureless lambda, as its place in the program, or an
/// object that is `serial::Transferable`, as a whole.
template <class Target>
concept TravellingTarget = serial::TravellingCallable<Target> || serial::Transferable<Target>;

/// The entry of a `CallTask`.
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

/// The task of a `Process` that was given a target.
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

/// The task for a target of any type.
template <class Target, class... Args>
std::unique_ptr<Task> make_task(Target&& target, Args&&... args) {
  if constexpr (std::is_pointer_v<std::decay_t<Target>>) {
    return make_function_task(target, std::forward<Args>(args)...);
  } else {
    return std::make_unique<CallTask<std::decay_t<Target>, Kept<Args>...>>(
        std::in_place, std::forward<Target>(target), std::forward<Args>(args)...);
  }
}

/// The entry of a `SubclassTask`: constructs a `Derived` and calls its `run()`.
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

/// The task of a subclass. `arguments` are those of its constructor.
template <class Derived, class... Args>
std::unique_ptr<Task> make_subclass_task(std::tuple<Args...> arguments) {
  return std::make_unique<SubclassTask<Derived, Args...>>(std::move(arguments));
}

/// The entry for a plain function, for `register_function` and `Preload`.
template <class Result, class... Parameters>
[[nodiscard]] serial::Function plain_function(Result (*function)(Parameters...)) {
  using Entry = CallEntry<Result (*)(Parameters...), std::remove_cvref_t<Parameters>...>;
  return {.descriptor = &serial::descriptor_of<Entry>(), .callee = serial::callee_of(function)};
}

}  // namespace detail
}  // namespace progeny::multiprocessing
