#pragma once

// How a target and its arguments get into another process. `Process` uses it; users do not.

#include <progeny/export.hpp>
#include <progeny/multiprocessing/detail/kept.hpp>
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
  /// Whether the target or an argument may refer to shared memory, so that it has to be kept for a
  /// forked child.
  [[nodiscard]] virtual bool may_share_memory() const noexcept = 0;
};

[[noreturn]] PROGENY_EXPORT void throw_cannot_travel(const char* what, const std::string& type);

/// Calls the function that a `serial::token_of` stands for. Throws FunctionNotFound if this process
/// does not have it.
PROGENY_EXPORT void run_token(std::string_view token, serial::Incoming arguments);

/// Makes `process`, which a subclass's entry has constructed, the current process.
PROGENY_EXPORT void adopt_current(Process& process);

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

/// Whether an object of this type cannot refer to anything.
template <class T>
concept HoldsNoReference =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_empty_v<T> ||
    std::is_function_v<std::remove_pointer_t<T>> || std::same_as<T, std::string>;

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

  [[nodiscard]] bool may_share_memory() const noexcept override {
    return !(HoldsNoReference<Target> && (HoldsNoReference<Args> && ...));
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
      std::in_place, target, keep<KeptFor<Parameters, Args>>(std::forward<Args>(args))...);
}

template <class Text, class Target, class... Args>
std::unique_ptr<Task> make_object_task(Target&& target, Args&&... args) {
  return std::make_unique<CallTask<std::decay_t<Target>, KeptAs<Args, Text>...>>(
      std::in_place,
      std::forward<Target>(target),
      keep<KeptAs<Args, Text>>(std::forward<Args>(args))...);
}

template <class Target, class... Args>
concept PlainFunctionFor = requires(Target target, Args&&... args) {
  make_function_task(target, std::forward<Args>(args)...);
};

/// The task for a target of any type.
template <class Target, class... Args>
std::unique_ptr<Task> make_task(Target&& target, Args&&... args) {
  if constexpr (!CallableWith<Target, Args...>) {
    static_assert(CallableWith<Target, Args...>,
                  "progeny: this target cannot be called with these arguments. They are kept as "
                  "values (text in quotes as std::string), so each must convert to its parameter");
    return nullptr;
  } else if constexpr (is_function<Target>) {
    constexpr bool is_plain = PlainFunctionFor<std::decay_t<Target>, Args...>;
    static_assert(
        is_plain,
        "progeny: a function with '...' cannot be a target. Write a lambda that calls it: "
        "[](int x) { std::printf(\"%d\", x); }");
    if constexpr (is_plain) {
      return make_function_task(target, std::forward<Args>(args)...);
    } else {
      return nullptr;
    }
  } else if constexpr (takes_c_strings<Target, Args...>) {
    return make_object_task<KeptText>(std::forward<Target>(target), std::forward<Args>(args)...);
  } else {
    return make_object_task<std::string>(std::forward<Target>(target), std::forward<Args>(args)...);
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
  [[nodiscard]] bool may_share_memory() const noexcept override { return true; }

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
