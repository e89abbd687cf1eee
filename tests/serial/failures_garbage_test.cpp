// Bytes that no encoder made: every one changed, every end cut off.

#include <progeny/base/errors.hpp>
#include <progeny/serial/exceptions.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/subprocess/errors.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace serial = progeny::serial;

// One bit, all bits, and the values at the edges of a length.
constexpr unsigned changes[] = {0x01, 0x80, 0x7f, 0xff};

void for_each_change(const std::string& bytes,
                     const std::function<void(const std::string&)>& test) {
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    for (const unsigned change : changes) {
      std::string changed = bytes;
      changed[index] = static_cast<char>(static_cast<unsigned char>(changed[index]) ^ change);
      test(changed);
    }
  }
}

std::vector<std::string> encoded_exceptions() {
  const auto code = std::make_error_code(std::errc::file_exists);
  const std::exception_ptr errors[] = {
      std::make_exception_ptr(std::out_of_range("far")),
      std::make_exception_ptr(std::filesystem::filesystem_error("copy", "/a", "/b", code)),
      std::make_exception_ptr(progeny::OSError(code, "open", "/a")),
      std::make_exception_ptr(progeny::UnicodeDecodeError("utf-8", "\x80", 3, "why")),
      std::make_exception_ptr(progeny::subprocess::CalledProcessError(1, {"a", "b"}, "out")),
      std::make_exception_ptr(7),
  };
  std::vector<std::string> encoded;
  const serial::StackTrace stack({{.module = "/no/such", .build_id = "id", .offset = 300}}, 2);
  for (const auto& error : errors) {
    encoded.push_back(serial::encode_exception(error, stack));
    // With a traceback among its causes.
    encoded.push_back(serial::encode_exception(serial::decode_exception(encoded.back()), stack));
  }
  return encoded;
}

TEST(GarbledException, IsAnExceptionAllTheSame) {
  for (const std::string& bytes : encoded_exceptions()) {
    for_each_change(bytes, [](const std::string& changed) {
      EXPECT_NE(serial::format_exception(serial::decode_exception(changed)), "");
    });
  }
}

TEST(TruncatedException, SaysThatItCannotBeDecoded) {
  for (const std::string& bytes : encoded_exceptions()) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto error = serial::decode_exception(std::string_view(bytes).substr(0, size));
      const std::string text = serial::format_exception(error);
      ASSERT_NE(text.find("cannot be decoded"), std::string::npos) << size << ": " << text;
    }
  }
}

TEST(TruncatedException, IsARuntimeError) {
  EXPECT_THROW(serial::rethrow("nonsense"), progeny::RuntimeError);
}

struct Run {
  static int call(serial::CodeAddress callee, int value) {
    return serial::callable_from<int (*)(int)>(callee)(value);
  }
};
int twice(int value) {
  return 2 * value;
}

serial::FunctionToken token() {
  return serial::token_of(
      {.descriptor = &serial::descriptor_of<Run>(), .callee = serial::callee_of(&twice)});
}

TEST(GarbledFunction, IsRefused) {
  for_each_change(serial::to_bytes(token()), [](const std::string& changed) {
    EXPECT_THROW(static_cast<void>(serial::token_from_bytes(changed)), serial::FunctionNotFound);
  });
}

TEST(TruncatedFunction, IsRefused) {
  const std::string bytes = serial::to_bytes(token());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(static_cast<void>(serial::token_from_bytes(bytes.substr(0, size))),
                 serial::FunctionNotFound);
  }
}

// As from a program that computes the right hash over the wrong bytes.
void expect_refused(const std::function<void(serial::FunctionToken&)>& change) {
  serial::FunctionToken changed = token();
  change(changed);
  EXPECT_THROW(static_cast<void>(serial::find(changed)), serial::FunctionNotFound);
}

TEST(WrongFunction, AtAnyOtherOffsetIsRefused) {
  const std::uint64_t offset = token().descriptor.offset;
  for (std::uint64_t distance = 1; distance < 4096; ++distance) {
    expect_refused([&](auto& changed) { changed.descriptor.offset = offset + distance; });
    expect_refused([&](auto& changed) { changed.descriptor.offset = offset - distance; });
  }
  for (unsigned bit = 12; bit < 64; ++bit) {
    expect_refused([&](auto& changed) { changed.descriptor.offset ^= std::uint64_t{1} << bit; });
  }
}

TEST(WrongFunction, OfAnotherTypeIsRefused) {
  expect_refused([](auto& changed) { ++changed.type_hash; });
}

TEST(WrongFunction, OfAnotherBuildIsRefused) {
  expect_refused([](auto& changed) { changed.descriptor.identity += 'x'; });
  expect_refused([](auto& changed) { changed.callee->identity += 'x'; });
  expect_refused([](auto& changed) { changed.descriptor.is_program = false; });
}

TEST(WrongFunction, WhoseCalleeIsNoCodeIsRefused) {
  const std::uint64_t data = token().descriptor.offset;
  expect_refused([&](auto& changed) { changed.callee->offset = data; });
  expect_refused([](auto& changed) { changed.callee->offset = ~std::uint64_t{0}; });
}

TEST(WrongFunction, WhoseCalleeIsTheMiddleOfAFunctionIsRefused) {
  expect_refused([](auto& changed) { ++changed.callee->offset; });
}

}  // namespace
