// What progeny does with real children.

#include "fuzz_case.hpp"
#include "support/children/test_child.hpp"
#include "support/system/memory_file.hpp"

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): declared by GNU headers only.

namespace progeny::testing {

namespace {

namespace sp = progeny::subprocess;

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    table.at(byte) = crc;
  }
  return table;
}

// As zlib counts it.
std::uint32_t crc32(std::string_view bytes) {
  static constexpr auto table = crc_table();
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char byte : bytes) {
    crc = (crc >> 8U) ^ table.at((crc ^ static_cast<unsigned char>(byte)) & 0xffU);
  }
  return ~crc;
}

std::string shown_or_none(const std::optional<std::string>& data) {
  return data ? shown(*data) : "none";
}

sp::Redirect redirect_of(const std::string& name) {
  if (name == "STDOUT") {
    return sp::STDOUT;
  }
  return name == "PIPE" ? sp::PIPE : sp::DEVNULL;
}

std::string environ_seen(const FuzzCase& fuzz_case) {
  std::vector<std::string> entries;
  for (const std::string& entry : split(fuzz_case.get("environ"), ',')) {
    entries.push_back(from_hex(entry));
  }
  std::vector<char*> table;
  for (std::string& entry : entries) {
    table.push_back(entry.data());
  }
  table.push_back(nullptr);
  char** const before = std::exchange(environ, table.data());
  const Environment seen = os::environment();
  environ = before;
  std::string answer;
  for (const auto& [name, value] : seen) {
    answer += (answer.empty() ? "" : ",") + to_hex(name) + ':' + to_hex(value);
  }
  return answer;
}

}  // namespace

std::string shown(std::string_view data) {
  constexpr std::size_t most = 256;
  constexpr std::size_t end = 24;
  if (data.size() <= most) {
    return "'" + to_hex(data) + "'";
  }
  return fmt::format("'{}..{}' {} bytes crc {:08x}",
                     to_hex(data.substr(0, end)),
                     to_hex(data.substr(data.size() - end)),
                     data.size(),
                     crc32(data));
}

bool is_text(const FuzzCase& fuzz_case) {
  return fuzz_case.has("text") || fuzz_case.has("encoding") || fuzz_case.has("errors");
}

std::optional<std::string> optional(const FuzzCase& fuzz_case, const std::string& name) {
  return fuzz_case.has(name) ? std::optional(fuzz_case.get(name)) : std::nullopt;
}

std::string communicate_answer(const FuzzCase& fuzz_case) {
  sp::Options options{.bufsize = std::stoi(fuzz_case.get("bufsize", "-1")),
                      .encoding = optional(fuzz_case, "encoding"),
                      .errors = optional(fuzz_case, "errors")};
  if (is_text(fuzz_case)) {
    options.universal_newlines = true;
  }
  options.std_out =
      fuzz_case.has("std_out") ? redirect_of(fuzz_case.get("std_out")) : sp::Redirect();
  options.std_err =
      fuzz_case.has("std_err") ? redirect_of(fuzz_case.get("std_err")) : sp::Redirect();
  const std::string data = expand(fuzz_case.get("data"));
  const MemoryFile file(data);
  const sp::Args args({test_child(), fuzz_case.get("command")});
  const bool by_file = fuzz_case.has("file");
  if (by_file) {
    options.std_in = file.handle();
  }
  if (fuzz_case.get("function") == "run") {
    if (!by_file) {
      options.input = data;
    }
    const auto done = sp::run(args, options);
    return fmt::format(
        "{} {} {}", done.returncode, shown_or_none(done.std_out), shown_or_none(done.std_err));
  }
  if (!by_file) {
    options.std_in = sp::PIPE;
  }
  options.at_scope_exit = sp::AtScopeExit::wait;
  sp::Popen child(args, options);
  const sp::Output output = by_file ? child.communicate() : child.communicate(data);
  return fmt::format("{} {} {}",
                     child.returncode().value_or(-1),
                     shown_or_none(output.std_out),
                     shown_or_none(output.std_err));
}

std::string start_answer(const FuzzCase& fuzz_case) {
  if (fuzz_case.has("environ")) {
    return environ_seen(fuzz_case);
  }
  std::vector<std::string> args{test_child(), fuzz_case.get("command")};
  for (const std::string& word : split(fuzz_case.get("args"), ',')) {
    args.push_back(from_hex(word));
  }
  sp::Options options{.std_out = sp::PIPE};
  if (fuzz_case.has("env")) {
    options.env = {};
    for (const std::string& pair : split(fuzz_case.get("env"), ',')) {
      const std::size_t colon = pair.find(':');
      options.env.set(from_hex(pair.substr(0, colon)), from_hex(pair.substr(colon + 1)));
    }
  }
  const auto done = sp::run(args, options);
  return fmt::format("{} {}", done.returncode, shown_or_none(done.std_out));
}

}  // namespace progeny::testing
