#include <progeny/multiprocessing/errors.hpp>

#include <progeny/multiprocessing/managers/errors.hpp>

#include <array>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace progeny::multiprocessing::managers {

namespace {

using pickle::Kind;
using pickle::Value;

// `KeyError` for builtins; other classes with their module.
std::string class_name(const Value& exception) {
  if (exception.kind() != Kind::object || exception.as_object().callable.kind() != Kind::global) {
    return "object";
  }
  const pickle::Global& cls = exception.as_object().callable.as_global();
  return cls.module == "builtins" ? cls.name : cls.module + "." + cls.name;
}

std::vector<Value> args_of(const Value& exception) {
  if (exception.kind() != Kind::object || exception.as_object().args.kind() != Kind::tuple) {
    return {};
  }
  return exception.as_object().args.items();
}

// As Python's `str(error)`: one argument alone, several as a tuple.
std::string message_of(const Value& exception) {
  const std::vector<Value> args = args_of(exception);
  if (args.empty()) {
    return "";
  }
  if (args.size() > 1) {
    return exception.as_object().args.repr();
  }
  // `KeyError: 'missing'`: a key is shown as it would be written.
  const bool is_plain = args[0].kind() == Kind::text && class_name(exception) != "KeyError";
  return is_plain ? std::string(args[0].as_text()) : args[0].repr();
}

template <class Error>
[[noreturn]] void throw_as(const std::string& message) {
  throw Error(message);
}

struct Row {
  std::string_view name;
  void (*raise)(const std::string&);
};

constexpr std::array<Row, 21> rows{{
    {"KeyError", throw_as<KeyError>},
    {"IndexError", throw_as<IndexError>},
    {"LookupError", throw_as<LookupError>},
    {"ValueError", throw_as<ValueError>},
    {"TypeError", throw_as<TypeError>},
    {"AttributeError", throw_as<AttributeError>},
    {"OverflowError", throw_as<OverflowError>},
    {"NotImplementedError", throw_as<NotImplementedError>},
    {"RuntimeError", throw_as<RuntimeError>},
    {"EOFError", throw_as<EOFError>},
    {"_queue.Empty", throw_as<Empty>},
    {"queue.Empty", throw_as<Empty>},
    {"queue.Full", throw_as<Full>},
    {"threading.BrokenBarrierError", throw_as<BrokenBarrierError>},
    {"multiprocessing.context.TimeoutError", throw_as<TimeoutError>},
    {"multiprocessing.context.AuthenticationError", throw_as<AuthenticationError>},
    {"multiprocessing.context.ProcessError", throw_as<ProcessError>},
    {"progeny.OwnerDied", throw_as<OwnerDied>},
    {"progeny.UsageError", throw_as<UsageError>},
    {"progeny.CancelledError", throw_as<CancelledError>},
    {"TimeoutError", throw_as<TimeoutError>},
}};

bool is_os_error(std::string_view name) {
  constexpr std::array<std::string_view, 16> names{"OSError",
                                                   "BlockingIOError",
                                                   "ChildProcessError",
                                                   "ConnectionError",
                                                   "BrokenPipeError",
                                                   "ConnectionAbortedError",
                                                   "ConnectionRefusedError",
                                                   "ConnectionResetError",
                                                   "FileExistsError",
                                                   "FileNotFoundError",
                                                   "InterruptedError",
                                                   "IsADirectoryError",
                                                   "NotADirectoryError",
                                                   "PermissionError",
                                                   "ProcessLookupError",
                                                   "TimeoutError"};
  for (const std::string_view each : names) {
    if (each == name) {
      return true;
    }
  }
  return false;
}

void throw_if_os_error(const Value& exception, std::string_view name) {
  const std::vector<Value> args = args_of(exception);
  if (!is_os_error(name) || args.size() < 2 || args[0].kind() != Kind::integer) {
    return;
  }
  const std::error_code code(static_cast<int>(args[0].as_int()), std::system_category());
  if (args.size() > 2 && args[2].kind() == Kind::text) {
    throw OSError(code, "call of a managed object", args[2].as_text());
  }
  throw OSError(code, "call of a managed object");
}

Value make(std::string_view module, std::string_view name, std::vector<Value> args) {
  return Value::reduce(Value::global(module, name), std::move(args));
}

// Text that a str can hold, whatever the exception says.
Value text_of(const std::exception& error) {
  try {
    return {error.what()};
  } catch (const ValueError&) {
    return Value::bytes(error.what());
  }
}

template <class Error>
bool is_a(const std::exception& error) {
  return dynamic_cast<const Error*>(&error) != nullptr;
}

struct Class {
  bool (*holds)(const std::exception&);
  std::string_view module;
  std::string_view name;
};

// Derived classes come before their bases.
constexpr std::array<Class, 17> classes{{
    {is_a<IndexError>, "builtins", "IndexError"},
    {is_a<LookupError>, "builtins", "LookupError"},
    {is_a<AttributeError>, "builtins", "AttributeError"},
    {is_a<TypeError>, "builtins", "TypeError"},
    {is_a<OverflowError>, "builtins", "OverflowError"},
    {is_a<NotImplementedError>, "builtins", "NotImplementedError"},
    {is_a<EOFError>, "builtins", "EOFError"},
    {is_a<Empty>, "queue", "Empty"},
    {is_a<Full>, "queue", "Full"},
    {is_a<BrokenBarrierError>, "threading", "BrokenBarrierError"},
    {is_a<TimeoutError>, "multiprocessing.context", "TimeoutError"},
    {is_a<AuthenticationError>, "multiprocessing.context", "AuthenticationError"},
    {is_a<OwnerDied>, "progeny", "OwnerDied"},
    {is_a<ProcessError>, "multiprocessing.context", "ProcessError"},
    {is_a<std::bad_alloc>, "builtins", "MemoryError"},
    {is_a<std::out_of_range>, "builtins", "LookupError"},
    {is_a<std::invalid_argument>, "builtins", "ValueError"},
}};

// The key: what() of a KeyError has it in quotes, as Python's `str` does.
Value key_of(const KeyError& error) {
  const std::string_view text = error.what();
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') {
    return text_of(error);
  }
  return Value(text.substr(1, text.size() - 2));
}

Value os_error_value(const OSError& error) {
  std::vector<Value> args{error.code().value(), error.code().message()};
  if (error.filename()) {
    args.emplace_back(*error.filename());
  }
  return make("builtins", "OSError", std::move(args));
}

Value value_of(const std::exception& error) {
  if (const auto* const remote = dynamic_cast<const RemoteError*>(&error);
      remote != nullptr && !remote->exception().is_none()) {
    return remote->exception();
  }
  if (const auto* const missing = dynamic_cast<const KeyError*>(&error); missing != nullptr) {
    return make("builtins", "KeyError", {key_of(*missing)});
  }
  if (const auto* const failed = dynamic_cast<const OSError*>(&error); failed != nullptr) {
    return os_error_value(*failed);
  }
  for (const Class& each : classes) {
    if (each.holds(error)) {
      return make(each.module, each.name, {text_of(error)});
    }
  }
  return make("builtins", "RuntimeError", {text_of(error)});
}

}  // namespace

RemoteError::RemoteError(std::string_view traceback)
    : serial::RemoteError("RemoteError", traceback) {}

RemoteError::RemoteError(std::string_view module, std::string_view name, std::vector<Value> args)
    : RemoteError(make(module, name, std::move(args))) {}

RemoteError::RemoteError(const Value& exception)
    : serial::RemoteError(class_name(exception), message_of(exception)), exception_(exception) {}

void throw_exception(const Value& exception) {
  const std::string name = class_name(exception);
  throw_if_os_error(exception, name);
  for (const Row& row : rows) {
    if (row.name == name) {
      row.raise(message_of(exception));
    }
  }
  throw RemoteError(exception);
}

Value exception_value(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& caught) {
    return value_of(caught);
  } catch (...) {
    return make("builtins", "RuntimeError", {"an exception of C++ that is no std::exception"});
  }
}

}  // namespace progeny::multiprocessing::managers
