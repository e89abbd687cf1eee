// How exceptions of the standard library travel.

#include "serial/error_code.hpp"
#include "serial/exception_registry.hpp"
#include "serial/record.hpp"

#include <any>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <utility>
#include <variant>

namespace progeny::serial::detail {

/// A standard exception whose constructor takes no message.
template <class Error>
class Reworded : public Error {
 public:
  template <class... Arguments>
  explicit Reworded(std::string_view message, Arguments... arguments)
      : Error(arguments...), message_(std::make_shared<const std::string>(message)) {}

  [[nodiscard]] const char* what() const noexcept override { return message_->c_str(); }

 private:
  std::shared_ptr<const std::string> message_;  // Shared: exceptions are copied without throwing.
};

namespace {

// A type whose constructor takes no message travels with the words of the sender's library.
template <class Error>
ExceptionCodec fixed_codec(std::string_view name) {
  return {.name = std::string(name),
          .type = &typeid(Error),
          .encode_current =
              [] {
                return encode_current<Error>(
                    [](const Error& error) { return std::string(error.what()); });
              },
          .rebuild =
              [](std::string_view message, bool nests) {
                return message == Error().what() ? exception_of(Error(), nests)
                                                 : exception_of(Reworded<Error>(message), nests);
              }};
}

// The text that a system_error was constructed with; `what()` is that and the message of the code.
std::optional<std::string> prefix_of(std::string_view what, const std::error_code& code) {
  const std::string message = code.message();
  if (what == message) {
    return std::nullopt;
  }
  const std::string end = ": " + message;
  return std::string(what.substr(0, what.ends_with(end) ? what.size() - end.size() : what.size()));
}

std::string system_error_data(const std::system_error& error) {
  RecordWriter out;
  write_code(out, error.code());
  out.optional_text(prefix_of(error.what(), error.code()));
  return std::move(out).bytes();
}

std::system_error system_error_of(std::string_view data) {
  RecordReader in(data);
  const std::error_code code = read_code(in);
  const std::optional<std::string> prefix = in.optional_text();
  in.expect_end();
  return prefix ? std::system_error(code, *prefix) : std::system_error(code);
}

// Unlike a system_error, it always has a text.
std::ios_base::failure failure_of(std::string_view data) {
  RecordReader in(data);
  const std::error_code code = read_code(in);
  const std::optional<std::string> prefix = in.optional_text();
  in.expect_end();
  return std::ios_base::failure(prefix.value_or(""), code);
}

// Its `what()` holds the paths too; that of its base is the text and the code's message.
std::string filesystem_error_data(const std::filesystem::filesystem_error& error) {
  RecordWriter out;
  write_code(out, error.code());
  out.text(prefix_of(error.std::system_error::what(), error.code()).value_or(""));
  out.text(error.path1().string());
  out.text(error.path2().string());
  return std::move(out).bytes();
}

std::filesystem::filesystem_error filesystem_error_of(std::string_view data) {
  RecordReader in(data);
  const std::error_code code = read_code(in);
  const std::string text(in.text());
  const std::filesystem::path first(in.text());
  const std::filesystem::path second(in.text());
  in.expect_end();
  if (!second.empty()) {
    return {text, first, second, code};
  }
  return first.empty() ? std::filesystem::filesystem_error(text, code)
                       : std::filesystem::filesystem_error(text, first, code);
}

std::string future_error_data(const std::future_error& error) {
  RecordWriter out;
  write_code(out, error.code());
  return std::move(out).bytes();
}

std::future_error future_error_of(std::string_view data) {
  RecordReader in(data);
  const std::error_code code = read_code(in);
  in.expect_end();
  return std::future_error(static_cast<std::future_errc>(code.value()));
}

std::string regex_error_data(const std::regex_error& error) {
  RecordWriter out;
  out.number(static_cast<std::uint64_t>(error.code()));
  out.text(error.what());
  return std::move(out).bytes();
}

Reworded<std::regex_error> regex_error_of(std::string_view data) {
  RecordReader in(data);
  const auto code = in.number_up_to(std::regex_constants::error_stack);
  const std::string_view message = in.text();
  in.expect_end();
  return Reworded<std::regex_error>(message, static_cast<std::regex_constants::error_type>(code));
}

void add_by_message(std::vector<ExceptionCodec>& codecs) {
  codecs.push_back(codec_by_message<std::logic_error>("std::logic_error"));
  codecs.push_back(codec_by_message<std::invalid_argument>("std::invalid_argument"));
  codecs.push_back(codec_by_message<std::domain_error>("std::domain_error"));
  codecs.push_back(codec_by_message<std::length_error>("std::length_error"));
  codecs.push_back(codec_by_message<std::out_of_range>("std::out_of_range"));
  codecs.push_back(codec_by_message<std::runtime_error>("std::runtime_error"));
  codecs.push_back(codec_by_message<std::range_error>("std::range_error"));
  codecs.push_back(codec_by_message<std::overflow_error>("std::overflow_error"));
  codecs.push_back(codec_by_message<std::underflow_error>("std::underflow_error"));
}

void add_fixed(std::vector<ExceptionCodec>& codecs) {
  codecs.push_back(fixed_codec<std::exception>("std::exception"));
  codecs.push_back(fixed_codec<std::bad_exception>("std::bad_exception"));
  codecs.push_back(fixed_codec<std::bad_alloc>("std::bad_alloc"));
  codecs.push_back(fixed_codec<std::bad_array_new_length>("std::bad_array_new_length"));
  codecs.push_back(fixed_codec<std::bad_cast>("std::bad_cast"));
  codecs.push_back(fixed_codec<std::bad_any_cast>("std::bad_any_cast"));
  codecs.push_back(fixed_codec<std::bad_typeid>("std::bad_typeid"));
  codecs.push_back(fixed_codec<std::bad_optional_access>("std::bad_optional_access"));
  codecs.push_back(fixed_codec<std::bad_variant_access>("std::bad_variant_access"));
  codecs.push_back(fixed_codec<std::bad_function_call>("std::bad_function_call"));
  codecs.push_back(fixed_codec<std::bad_weak_ptr>("std::bad_weak_ptr"));
}

}  // namespace

void add_standard_exceptions(std::vector<ExceptionCodec>& codecs) {
  add_by_message(codecs);
  add_fixed(codecs);
  codecs.push_back(
      codec_for<std::system_error>("std::system_error", &system_error_data, &system_error_of));
  codecs.push_back(
      codec_for<std::ios_base::failure>("std::ios_base::failure", &system_error_data, &failure_of));
  codecs.push_back(codec_for<std::filesystem::filesystem_error>(
      "std::filesystem::filesystem_error", &filesystem_error_data, &filesystem_error_of));
  codecs.push_back(
      codec_for<std::future_error>("std::future_error", &future_error_data, &future_error_of));
  ExceptionCodec regex =
      codec_for<Reworded<std::regex_error>>("std::regex_error", &regex_error_data, &regex_error_of);
  regex.type = &typeid(std::regex_error);
  regex.encode_current = [] { return encode_current<std::regex_error>(&regex_error_data); };
  codecs.push_back(std::move(regex));
}

}  // namespace progeny::serial::detail
