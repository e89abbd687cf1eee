// Exceptions of Python and those of C++.

#include <progeny/base/errors.hpp>
#include <progeny/pickle/objects.hpp>
#include <progeny/pickle/pickle.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <system_error>
#include <typeinfo>

namespace progeny::pickle {

namespace {

// The subclasses of OSError, by the codes that Python makes them for.
struct OsClass {
  std::errc code;
  std::string_view name;
};

constexpr std::array os_classes{
    OsClass{std::errc::no_such_file_or_directory, "FileNotFoundError"},
    OsClass{std::errc::file_exists, "FileExistsError"},
    OsClass{std::errc::permission_denied, "PermissionError"},
    OsClass{std::errc::operation_not_permitted, "PermissionError"},
    OsClass{std::errc::is_a_directory, "IsADirectoryError"},
    OsClass{std::errc::not_a_directory, "NotADirectoryError"},
    OsClass{std::errc::no_child_process, "ChildProcessError"},
    OsClass{std::errc::no_such_process, "ProcessLookupError"},
    OsClass{std::errc::broken_pipe, "BrokenPipeError"},
    OsClass{std::errc::connection_refused, "ConnectionRefusedError"},
    OsClass{std::errc::connection_reset, "ConnectionResetError"},
    OsClass{std::errc::connection_aborted, "ConnectionAbortedError"},
    OsClass{std::errc::interrupted, "InterruptedError"},
    OsClass{std::errc::timed_out, "TimeoutError"},
    OsClass{std::errc::resource_unavailable_try_again, "BlockingIOError"},
};

Exception exception_of_system(const std::system_error& error) {
  Exception made{.name = "OSError", .args = {error.code().value(), error.code().message()}};
  for (const OsClass& row : os_classes) {
    if (error.code() == row.code) {
      made.name = row.name;
      break;
    }
  }
  if (const auto* const own = dynamic_cast<const OSError*>(&error);
      own != nullptr && own->filename()) {
    made.args.emplace_back(*own->filename());
  }
  return made;
}

template <class Error>
bool is_a(const std::exception& error) {
  return dynamic_cast<const Error*>(&error) != nullptr;
}

bool is_os_error(const Exception& exception) {
  if (exception.module != "builtins") {
    return false;
  }
  if (exception.name == "OSError" || exception.name == "ConnectionError") {
    return true;
  }
  return std::ranges::any_of(os_classes,
                             [&](const OsClass& row) { return row.name == exception.name; });
}

[[noreturn]] void throw_os_error(const Exception& exception) {
  const bool has_code = exception.args.size() >= 2 && exception.args[0].kind() == Kind::integer;
  if (!has_code) {
    throw OSError(std::make_error_code(std::errc::io_error), exception.text());
  }
  const std::error_code code(static_cast<int>(exception.args[0].as_int()), std::generic_category());
  if (exception.args.size() > 2 && exception.args[2].kind() == Kind::text) {
    throw OSError(code, exception.name, exception.args[2].as_text());
  }
  throw OSError(code, exception.name);
}

}  // namespace

Exception exception_of(const std::exception& error) {
  if (const auto* const system = dynamic_cast<const std::system_error*>(&error)) {
    return exception_of_system(*system);
  }
  Exception made{.name = "RuntimeError", .args = {Value()}};
  try {
    made.args[0] = error.what();
  } catch (const ValueError&) {
    made.args[0] = Value::bytes(error.what());
  }
  if (is_a<KeyError>(error)) {
    made.name = "KeyError";
  } else if (is_a<IndexError>(error)) {
    made.name = "IndexError";
  } else if (is_a<LookupError>(error)) {
    made.name = "LookupError";
  } else if (is_a<std::out_of_range>(error)) {
    made.name = "IndexError";
  } else if (is_a<TypeError>(error) || is_a<std::bad_cast>(error)) {
    made.name = "TypeError";
  } else if (is_a<OverflowError>(error) || is_a<std::overflow_error>(error)) {
    made.name = "OverflowError";
  } else if (is_a<EOFError>(error)) {
    made.name = "EOFError";
  } else if (is_a<NotImplementedError>(error)) {
    made.name = "NotImplementedError";
  } else if (is_a<PicklingError>(error) || is_a<UnpicklingError>(error)) {
    made.module = "pickle";
    made.name = is_a<PicklingError>(error) ? "PicklingError" : "UnpicklingError";
  } else if (is_a<std::invalid_argument>(error) || is_a<std::domain_error>(error)) {
    made.name = "ValueError";
  } else if (is_a<std::bad_alloc>(error)) {
    made.name = "MemoryError";
    made.args.clear();
  }
  return made;
}

void throw_exception(const Exception& exception) {
  const std::string text = exception.text();
  if (is_os_error(exception)) {
    throw_os_error(exception);
  }
  if (exception.module == "builtins") {
    const std::string_view name = exception.name;
    if (name == "KeyError") {
      throw KeyError(text);
    }
    if (name == "IndexError") {
      throw IndexError(text);
    }
    if (name == "LookupError") {
      throw LookupError(text);
    }
    if (name == "TypeError") {
      throw TypeError(text);
    }
    if (name == "ValueError") {
      throw ValueError(text);
    }
    if (name == "OverflowError") {
      throw OverflowError(text);
    }
    if (name == "EOFError") {
      throw EOFError(text);
    }
    if (name == "NotImplementedError") {
      throw NotImplementedError(text);
    }
    if (name == "RuntimeError") {
      throw RuntimeError(text);
    }
  }
  throw RuntimeError(text.empty() ? exception.name : fmt::format("{}: {}", exception.name, text));
}

}  // namespace progeny::pickle
