#include "serial/peer/library.hpp"
#include "support/children/process_copy.posix.hpp"

#include <progeny/multiprocessing/connection.hpp>
#include <progeny/multiprocessing/synchronize/barrier.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>
#include <progeny/subprocess/popen.hpp>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include <dlfcn.h>
#include <unistd.h>

// What a peer that is a Python program can make a process do that decodes its messages. The build
// defines PROGENY_INTEROP, the folder of the scripts, and PROGENY_TEST_PLUGIN, a library that this
// program does not load.

namespace {

using namespace progeny::testing;
namespace mp = progeny::multiprocessing;
namespace serial = progeny::serial;
namespace sp = progeny::subprocess;

bool is_plugin_loaded() {
  void* const loaded = ::dlopen(PROGENY_TEST_PLUGIN, RTLD_NOLOAD | RTLD_LAZY);
  if (loaded != nullptr) {
    ::dlclose(loaded);
  }
  return loaded != nullptr;
}

// A token of a function in the plugin, made in a copy of this process, which loads it.
std::string token_in_plugin() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const int verdict = verdict_of_copy([&] {
    void* const plugin = ::dlopen(PROGENY_TEST_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
      return 1;
    }
    auto* const make =
        reinterpret_cast<decltype(&progeny_test_lambda)>(::dlsym(plugin, "progeny_test_lambda"));
    serial::Function function;
    make(&function);
    const std::string token = serial::to_bytes(serial::token_of(function));
    return ::write(ends[1], token.data(), token.size()) == static_cast<ssize_t>(token.size()) ? 0
                                                                                              : 2;
  });
  EXPECT_EQ(verdict, 0);
  ::close(ends[1]);
  std::string token(4096, '\0');
  const ssize_t size = ::read(ends[0], token.data(), token.size());
  ::close(ends[0]);
  token.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return token;
}

// The beginning of an encoded Barrier, whose action is that function.
std::string barrier_with_action(const std::string& token) {
  const std::uint32_t mark = serial::detail::fingerprint<mp::Barrier>;
  std::string bytes(reinterpret_cast<const char*>(&mark), sizeof mark);
  return bytes + serial::to_bytes(token).substr(sizeof mark);
}

// What `Connection::send` puts before a value without handles.
char first_byte_of_messages() {
  auto [ours, theirs] = mp::Pipe();
  ours.send(1);
  return theirs.recv_bytes().front();
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

// As the script takes it.
std::string name_of(const mp::connection::Address& address) {
  return address.family() == mp::connection::Family::unix_socket
             ? address.path()
             : fmt::format("{}:{}", address.host(), address.port());
}

struct Way {
  mp::connection::Family family;
  std::string key;
};

class Attack : public ::testing::TestWithParam<Way> {};

INSTANTIATE_TEST_SUITE_P(Ways,
                         Attack,
                         ::testing::Values(Way{mp::connection::Family::unix_socket, ""},
                                           Way{mp::connection::Family::unix_socket, "key"},
                                           Way{mp::connection::Family::inet, ""},
                                           Way{mp::connection::Family::inet, "key"}));

// F1
TEST_P(Attack, LoadsNoLibraryThatAPeerNames) {
  const std::string token = token_in_plugin();
  ASSERT_FALSE(token.empty());
  ASSERT_FALSE(is_plugin_loaded());
  const auto& [family, key] = GetParam();
  mp::connection::Listener listener(
      {.family = family, .authkey = key.empty() ? std::nullopt : std::optional(key)});
  sp::Popen attacker({"python3",
                      std::string(PROGENY_INTEROP) + "/attacker.py",
                      name_of(listener.address()),
                      key,
                      hex(first_byte_of_messages() + barrier_with_action(token))});
  {
    auto connection = listener.accept();
    EXPECT_THROW(static_cast<void>(connection.recv<mp::Barrier>()), serial::FunctionNotFound);
  }
  EXPECT_FALSE(is_plugin_loaded());
  EXPECT_EQ(attacker.wait(), 0);
}

// F1. The same bytes from the parent, at which the library would be loaded: the attack is a real
// one.
TEST(StartData, MayLoadALibrary) {
  const std::string bytes = barrier_with_action(token_in_plugin());
  EXPECT_EQ(verdict_of_copy([&] {
              try {
                static_cast<void>(serial::decode<mp::Barrier>(
                    {.bytes = bytes, .handles = {}, .origin = serial::Origin::parent}));
              } catch (const std::exception&) {
                return is_plugin_loaded() ? 0 : 1;
              }
              return 2;
            }),
            0);
}

int twice(int number) {
  return 2 * number;
}

// F2. A function pointer could be that of any function of the C library.
TEST(PlainFunction, OfAPeerMustBeRegistered) {
  const auto function = function_of(&twice);
  const auto token = serial::token_of(function);
  EXPECT_EQ(serial::find(token).callee, function.callee);
  EXPECT_THROW(static_cast<void>(serial::find(token, {.only_registered = true})),
               serial::FunctionNotFound);
  // In a copy, as registering lasts as long as the process.
  EXPECT_EQ(verdict_of_copy([&] {
              serial::register_function("attack_test.twice", function);
              const auto found =
                  serial::find(serial::token_of(function), {.only_registered = true});
              return found.callee == function.callee ? 0 : 1;
            }),
            0);
}

}  // namespace
