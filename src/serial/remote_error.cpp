// The exceptions that stand for those of another process: RemoteError, RemoteTraceback.

#include <progeny/serial/exceptions.hpp>

#include <fmt/format.h>

#include <mutex>
#include <utility>

namespace progeny::serial {

namespace {

std::string sentence(std::string_view type_name, std::string_view message) {
  return message.empty() ? std::string(type_name) : fmt::format("{}: {}", type_name, message);
}

std::string sentence(std::string_view type_name,
                     std::string_view message,
                     std::string_view reason) {
  const std::string text = sentence(type_name, message);
  return reason.empty() ? text : fmt::format("{} (which could not be rebuilt: {})", text, reason);
}

}  // namespace

RemoteError::RemoteError(std::string_view type_name,
                         std::string_view message,
                         std::string_view reason)
    : RuntimeError(sentence(type_name, message, reason)),
      type_name_(type_name),
      message_(message),
      reason_(reason) {}

struct RemoteTraceback::State {
  int pid = 0;
  std::string type_name;
  std::string message;
  StackTrace stack;
  std::once_flag once;
  std::string text;  // Written once, under `once`.
};

RemoteTraceback::RemoteTraceback(int pid,
                                 std::string_view type_name,
                                 std::string_view message,
                                 StackTrace stack)
    : state_(std::make_shared<State>()) {
  state_->pid = pid;
  state_->type_name = type_name;
  state_->message = message;
  state_->stack = std::move(stack);
}

const char* RemoteTraceback::what() const noexcept {
  State& state = *state_;
  try {
    std::call_once(state.once, [&state] {
      state.text = fmt::format("Traceback of process {} (most recent call last):\n{}{}",
                               state.pid,
                               state.stack.str(),
                               sentence(state.type_name, state.message));
    });
    return state.text.c_str();
  } catch (...) {  // No memory for the stack.
    return state.message.c_str();
  }
}

int RemoteTraceback::pid() const noexcept {
  return state_->pid;
}

const std::string& RemoteTraceback::type_name() const noexcept {
  return state_->type_name;
}

const std::string& RemoteTraceback::message() const noexcept {
  return state_->message;
}

const StackTrace& RemoteTraceback::stack() const noexcept {
  return state_->stack;
}

}  // namespace progeny::serial
