// How exceptions of progeny's base and of this folder travel. Higher floors register their own.

#include "serial/error_code.hpp"
#include "serial/exception_registry.hpp"
#include "serial/record.hpp"
#include "serial/stack_trace.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/function.hpp>

#include <limits>
#include <string>
#include <utility>

namespace progeny::serial::detail {

namespace {

std::string os_error_data(const OSError& error) {
  RecordWriter out;
  write_code(out, error.code());
  out.text(error.call());
  out.optional_text(error.filename());
  return std::move(out).bytes();
}

OSError os_error_of(std::string_view data) {
  RecordReader in(data);
  const std::error_code code = read_code(in);
  const std::string_view call = in.text();
  const std::optional<std::string> filename = in.optional_text();
  in.expect_end();
  return filename ? OSError(code, call, *filename) : OSError(code, call);
}

std::string unicode_error_data(const UnicodeError& error) {
  RecordWriter out;
  out.text(error.encoding());
  out.text(error.object());
  out.number(error.start());
  out.text(error.reason());
  return std::move(out).bytes();
}

template <class Error>
Error unicode_error_of(std::string_view data) {
  RecordReader in(data);
  const std::string_view encoding = in.text();
  const std::string_view object = in.text();
  const std::uint64_t start = in.number_up_to(std::numeric_limits<std::size_t>::max());
  const std::string_view reason = in.text();
  in.expect_end();
  return Error(encoding, object, static_cast<std::size_t>(start), reason);
}

std::string remote_error_data(const RemoteError& error) {
  RecordWriter out;
  out.text(error.type_name());
  out.text(error.message());
  out.text(error.reason());
  return std::move(out).bytes();
}

RemoteError remote_error_of(std::string_view data) {
  RecordReader in(data);
  const std::string_view type_name = in.text();
  const std::string_view message = in.text();
  const std::string_view reason = in.text();
  in.expect_end();
  return {type_name, message, reason};
}

std::string traceback_data(const RemoteTraceback& traceback) {
  RecordWriter out;
  out.number(static_cast<std::uint32_t>(traceback.pid()));
  out.text(traceback.type_name());
  out.text(traceback.message());
  write_stack(out, traceback.stack());
  return std::move(out).bytes();
}

RemoteTraceback traceback_of(std::string_view data) {
  RecordReader in(data);
  const auto pid = in.number_up_to(std::numeric_limits<std::uint32_t>::max());
  const std::string_view type_name = in.text();
  const std::string_view message = in.text();
  StackTrace stack = read_stack(in);
  in.expect_end();
  return {static_cast<int>(pid), type_name, message, std::move(stack)};
}

}  // namespace

void add_own_exceptions(std::vector<ExceptionCodec>& codecs) {
  codecs.push_back(codec_by_message<ValueError>("progeny::ValueError"));
  codecs.push_back(codec_by_message<UsageError>("progeny::UsageError"));
  codecs.push_back(codec_by_message<RuntimeError>("progeny::RuntimeError"));
  codecs.push_back(codec_by_message<LookupError>("progeny::LookupError"));
  codecs.push_back(codec_by_message<EOFError>("progeny::EOFError"));
  codecs.push_back(codec_for<OSError>("progeny::OSError", &os_error_data, &os_error_of));
  codecs.push_back(codec_for<UnicodeDecodeError>(
      "progeny::UnicodeDecodeError", &unicode_error_data, &unicode_error_of<UnicodeDecodeError>));
  codecs.push_back(codec_for<UnicodeEncodeError>(
      "progeny::UnicodeEncodeError", &unicode_error_data, &unicode_error_of<UnicodeEncodeError>));
  codecs.push_back(
      codec_for<RemoteError>("progeny::serial::RemoteError", &remote_error_data, &remote_error_of));
  codecs.push_back(codec_for<RemoteTraceback>(
      "progeny::serial::RemoteTraceback", &traceback_data, &traceback_of));
  codecs.push_back(codec_by_message<FunctionNotFound>("progeny::serial::FunctionNotFound"));
}

}  // namespace progeny::serial::detail
