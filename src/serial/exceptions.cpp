#include <progeny/serial/exceptions.hpp>

#include "platform/process/child.hpp"
#include "platform/program/stack_trace.hpp"
#include "platform/system/type_name.hpp"
#include "serial/exception_registry.hpp"
#include "serial/record.hpp"
#include "serial/stack_trace.hpp"

#include <fmt/format.h>

#include <limits>
#include <new>
#include <utility>
#include <vector>

namespace progeny::serial {

namespace {

// The first bytes, so that anything else is refused early.
constexpr std::string_view mark = "progeny exception 1";

// Further causes are dropped: a longer chain comes from a loop in a program.
constexpr std::size_t most_links = 64;

/// An exception in a chain of causes.
struct Link {
  std::string type_name;
  std::string message;
  std::string codec;   // Empty if the type is not registered ...
  std::string data;    // ... else what it is rebuilt of.
  std::string reason;  // Why a registered type has no data.
};

template <class Number>
bool current_number(std::string& message) {
  try {
    throw;
  } catch (const Number& value) {
    message = fmt::format("{}", value);
    return true;
  } catch (...) {
    return false;
  }
}

// The message of the exception that is being handled.
std::string current_message() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (const std::string& text) {
    return text;
  } catch (const char* text) {
    return text != nullptr ? text : "";
  } catch (...) {
    std::string message;
    static_cast<void>(current_number<int>(message) || current_number<unsigned>(message) ||
                      current_number<long>(message) || current_number<long long>(message) ||
                      current_number<double>(message) || current_number<bool>(message));
    return message;
  }
}

std::string current_type_name() {
  const std::type_info* const type = platform::current_exception_type();
  return type != nullptr ? platform::type_name(*type) : "an exception of another language";
}

void encode_current(Link& link) {
  const std::type_info* const type = platform::current_exception_type();
  const auto codec = type != nullptr ? detail::codec_of(*type) : nullptr;
  if (!codec) {
    return;
  }
  try {
    if (auto data = codec->encode_current()) {
      link.data = std::move(*data);
      link.codec = codec->name;
    }
  } catch (const std::bad_alloc&) {
    throw;
  } catch (...) {
    link.reason = current_message();
  }
}

// The type of the exception that is being handled.
Link current_link() {
  Link link{.type_name = current_type_name(), .message = current_message()};
  encode_current(link);
  return link;
}

std::exception_ptr current_cause() {
  try {
    throw;
  } catch (const std::nested_exception& nesting) {
    return nesting.nested_ptr();
  } catch (...) {
    return nullptr;
  }
}

// Calls `visit` while each exception of the chain in turn is being handled.
template <class Visit>
void for_each_in_chain(std::exception_ptr error, Visit visit) {
  for (std::size_t depth = 0; error && depth < most_links; ++depth) {
    try {
      std::rethrow_exception(std::exchange(error, nullptr));
    } catch (...) {
      visit();
      error = current_cause();
    }
  }
}

std::vector<Link> chain_of(const std::exception_ptr& error) {
  std::vector<Link> links;
  for_each_in_chain(error, [&links] { links.push_back(current_link()); });
  if (links.empty()) {
    links.push_back({.type_name = "std::exception_ptr", .message = "there was no exception"});
  }
  return links;
}

void write_link(detail::RecordWriter& out, const Link& link) {
  out.text(link.type_name);
  out.text(link.message);
  out.text(link.codec);
  out.text(link.data);
  out.text(link.reason);
}

Link read_link(detail::RecordReader& in) {
  Link link;
  link.type_name = in.text();
  link.message = in.text();
  link.codec = in.text();
  link.data = in.text();
  link.reason = in.text();
  return link;
}

/// What travels.
struct Report {
  std::vector<Link> links;  // At least one.
  int pid = 0;
  StackTrace stack;
};

// - Throws: ValueError if the bytes are damaged.
Report read_report(std::string_view bytes) {
  detail::RecordReader in(bytes);
  if (in.text() != mark) {
    throw ValueError("they do not begin as an exception does");
  }
  Report report;
  report.links.push_back(read_link(in));
  for (std::uint64_t left = in.number_up_to(most_links); left > 0; --left) {
    report.links.push_back(read_link(in));
  }
  report.pid =
      static_cast<int>(in.number_up_to(static_cast<unsigned>(std::numeric_limits<int>::max())));
  report.stack = detail::read_stack(in);
  in.expect_end();
  return report;
}

std::exception_ptr remote_error_of(const Link& link, std::string_view reason, bool nests) {
  return detail::exception_of(RemoteError(link.type_name, link.message, reason), nests);
}

std::exception_ptr rebuild(const Link& link, bool nests) {
  const auto codec = link.codec.empty() ? nullptr : detail::codec_named(link.codec);
  if (!codec) {
    return remote_error_of(
        link, link.codec.empty() ? link.reason : "its type is not registered here", nests);
  }
  std::string reason;
  try {
    return codec->rebuild(link.data, nests);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (...) {
    reason = current_message();
  }
  return remote_error_of(link, reason.empty() ? "its from_bytes threw" : reason, nests);
}

// The cause is being handled meanwhile, so that it gets nested: as when a program throws inside of
// `catch`.
std::exception_ptr rebuild_with(const std::exception_ptr& cause, const Link& link) {
  if (!cause) {
    return rebuild(link, false);
  }
  try {
    std::rethrow_exception(cause);
  } catch (...) {
    return rebuild(link, true);
  }
}

std::exception_ptr nest(const std::exception_ptr& cause, RemoteTraceback traceback) {
  if (!cause) {
    return std::make_exception_ptr(std::move(traceback));
  }
  try {
    std::rethrow_exception(cause);
  } catch (...) {
    return detail::exception_of(std::move(traceback), true);
  }
}

std::exception_ptr exception_of(Report report) {
  std::exception_ptr cause;
  for (std::size_t index = report.links.size(); --index > 0;) {
    cause = rebuild_with(cause, report.links[index]);
  }
  const Link& thrown = report.links.front();
  cause =
      nest(cause,
           RemoteTraceback(report.pid, thrown.type_name, thrown.message, std::move(report.stack)));
  return rebuild_with(cause, thrown);
}

// The text of a RemoteTraceback already names the exception.
void append_current(std::string& text, bool is_cause) {
  text += is_cause ? "Caused by " : "";
  try {
    throw;
  } catch (const RemoteTraceback& traceback) {
    text += traceback.what();
  } catch (...) {
    const std::string message = current_message();
    text += current_type_name() + (message.empty() ? "" : ": ") + message;
  }
  text += '\n';
}

}  // namespace

std::optional<Failure> detail::run_and_capture(void (*body)(void*), void* context) {
  platform::RawStack stack;
  std::exception_ptr error = platform::run_recording_stack(body, context, stack);
  if (!error) {
    return std::nullopt;
  }
  return Failure{.error = std::move(error), .stack = portable(stack)};
}

std::string encode_exception(const std::exception_ptr& error, const StackTrace& stack) {
  const std::vector<Link> links = chain_of(error);
  detail::RecordWriter out;
  out.text(mark);
  write_link(out, links.front());
  out.number(links.size() - 1);
  for (std::size_t index = 1; index < links.size(); ++index) {
    write_link(out, links[index]);
  }
  out.number(static_cast<unsigned>(platform::current_pid()));
  detail::write_stack(out, stack);
  return std::move(out).bytes();
}

std::string encode_exception(const Failure& failure) {
  return encode_exception(failure.error, failure.stack);
}

std::exception_ptr decode_exception(std::string_view bytes) {
  std::string reason;
  try {
    return exception_of(read_report(bytes));
  } catch (const ValueError& error) {
    reason = error.what();
  }
  return std::make_exception_ptr(RuntimeError(
      fmt::format("An exception came from another process, but its {} bytes cannot be decoded: {}",
                  bytes.size(),
                  reason)));
}

void rethrow(std::string_view bytes) {
  std::rethrow_exception(decode_exception(bytes));
}

std::optional<RemoteTraceback> remote_traceback(const std::exception& error) {
  const auto* const nesting = dynamic_cast<const std::nested_exception*>(&error);
  if (nesting == nullptr || !nesting->nested_ptr()) {
    return std::nullopt;
  }
  try {
    nesting->rethrow_nested();
  } catch (const RemoteTraceback& traceback) {
    return traceback;
  } catch (...) {
    return std::nullopt;
  }
}

std::optional<RemoteTraceback> remote_traceback(const std::exception_ptr& error) {
  if (!error) {
    return std::nullopt;
  }
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& caught) {
    return remote_traceback(caught);
  } catch (...) {
    return std::nullopt;
  }
}

std::string format_exception(const std::exception_ptr& error, const StackTrace& stack) {
  std::string text;
  if (!stack.empty()) {
    text = "Traceback (most recent call last):\n" + stack.str();
  }
  bool is_cause = false;
  for_each_in_chain(error, [&] { append_current(text, std::exchange(is_cause, true)); });
  return text;
}

std::string format_exception(const Failure& failure) {
  return format_exception(failure.error, failure.stack);
}

}  // namespace progeny::serial
