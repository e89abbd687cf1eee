#include "fuzz_case.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace progeny::testing {

namespace {

const std::vector<std::string> policies{"strict",
                                        "ignore",
                                        "replace",
                                        "backslashreplace",
                                        "surrogateescape",
                                        "surrogatepass",
                                        "xmlcharrefreplace"};
const std::vector<std::string> sizes{"-1", "-1", "0", "1", "2", "7", "512", "4096", "8192"};

bool has_states(const std::string& encoding) {
  return encoding.starts_with("iso2022") || encoding == "utf_7" || encoding == "hz";
}

}  // namespace

FuzzGenerator::FuzzGenerator(std::uint64_t seed, std::vector<FuzzEncoding> encodings)
    : random_(seed), encodings_(std::move(encodings)) {}

std::size_t FuzzGenerator::below(std::size_t limit) {
  return static_cast<std::size_t>(random_() % limit);
}

// UTF-8 is what most streams carry.
const FuzzEncoding& FuzzGenerator::any_encoding() {
  if (one_in(6)) {
    const auto found = std::ranges::find(encodings_, "utf_8", &FuzzEncoding::name);
    if (found != encodings_.end()) {
      return *found;
    }
  }
  return encodings_[below(encodings_.size())];
}

const FuzzEncoding& FuzzGenerator::choose_text_mode(FuzzCase& fuzz_case) {
  const FuzzEncoding& encoding = any_encoding();
  if (one_in(8)) {
    return encoding;  // Binary.
  }
  fuzz_case.fields["text"] = "1";
  if (encoding.name != "utf_8" || !one_in(3)) {
    fuzz_case.fields["encoding"] = encoding.name;
  }
  if (!one_in(4)) {
    fuzz_case.fields["errors"] = any(policies);
  }
  // Python writes a backslash of full width there.
  if (fuzz_case.get("errors") == "backslashreplace" && encoding.name.starts_with("shift_jis") &&
      encoding.name != "shift_jis") {
    fuzz_case.fields["errors"] = "replace";
  }
  return encoding;
}

// Up to a few bytes before or behind the end of a block that one side or the other reads.
std::string FuzzGenerator::padding(const std::string& unit) {
  static constexpr std::array<std::size_t, 4> blocks{4096, 8192, 32768, 65536};
  const std::size_t block = blocks.at(below(blocks.size()));
  const std::size_t count = ((block / unit.size()) + 4) - below(9);
  return to_hex(unit) + '*' + std::to_string(count);
}

// Python's streams insist on a byte order mark where there may be one; its `communicate` does not.
std::string FuzzGenerator::encoded(const FuzzEncoding& encoding) {
  static const std::map<std::string, std::vector<std::string>> marks{
      {"utf_16", {"fffe", "feff"}}, {"utf_32", {"fffe0000", "0000feff"}}};
  std::string parts;
  if (const auto found = marks.find(encoding.name); found != marks.end()) {
    parts = any(found->second);
  }
  const auto add = [&parts](const std::string& part) {
    parts += (parts.empty() ? "" : ",") + part;
  };
  const std::size_t count = below(14);
  const std::size_t padded = one_in(5) ? below(count + 1) : count + 1;
  for (std::size_t i = 0; i < count; ++i) {
    const Letter& letter = encoding.letters[below(encoding.letters.size())];
    if (i == padded) {
      const bool is_wide = encoding.name.find("16") != std::string::npos ||
                           encoding.name.find("32") != std::string::npos;
      add(padding(is_wide || letter.bytes.empty() || one_in(2) ? "a" : letter.bytes));
    }
    if (!letter.bytes.empty()) {
      add(to_hex(letter.bytes));
    }
    if (one_in(5)) {
      static const std::vector<std::string> ends{"0a", "0d", "0d0a", "0d0d0a", "0a0d"};
      add(any(ends));
    }
  }
  return parts;
}

std::string FuzzGenerator::text(const FuzzEncoding& encoding) {
  std::string parts;
  const auto add = [&parts](const std::string& part) {
    parts += (parts.empty() ? "" : "+") + part;
  };
  for (std::size_t left = below(8); left > 0; --left) {
    const Letter& letter = encoding.letters[below(encoding.letters.size())];
    if (!letter.text.empty()) {
      add(to_hex(letter.text) + (one_in(8) ? '*' + std::to_string(1 + below(3000)) : ""));
    }
    if (one_in(4)) {
      static const std::vector<std::string> plain{"0a", "0d", "0d0a", "61", "7a20", "80", "ff"};
      add(any(plain));
    }
  }
  return parts.empty() ? "78" : parts;
}

// Sizes in which the data arrives at progeny, again and again. Nothing: all at once.
std::string FuzzGenerator::chunks() {
  static const std::vector<std::string> cuts{"1", "2", "3", "1,4", "7,1", "5,2,1"};
  return any(cuts);
}

std::string FuzzGenerator::reading_steps() {
  static const std::vector<std::string> ways{"read",
                                             "readline",
                                             "readlines",
                                             "list",
                                             "next",
                                             "readline",
                                             "read:N",
                                             "read:N",
                                             "readline:N",
                                             "readline:N"};
  static constexpr std::array<std::size_t, 12> counts{
      0, 1, 1, 2, 3, 5, 17, 100, 4095, 4096, 8193, 65537};
  std::string steps;
  for (std::size_t left = below(7); left > 0; --left) {
    std::string step = any(ways);
    if (step.ends_with('N')) {
      step.back() = ':';
      step.pop_back();
      step += std::to_string(counts.at(below(counts.size())));
    }
    steps += step + ',';
  }
  return steps + "read";
}

FuzzCase FuzzGenerator::read_case() {
  FuzzCase result{.kind = "read", .fields = {}};
  const FuzzEncoding& encoding = choose_text_mode(result);
  result.fields["data"] = encoded(encoding);
  result.fields["steps"] = reading_steps();
  result.fields["bufsize"] = any(sizes);
  // Without a buffer each read takes as much as it is asked for, which a cut would change.
  if (expand(result.fields["data"]).size() < 200 && result.has("text") && one_in(2)) {
    result.fields["chunks"] = chunks();
  }
  return result;
}

FuzzCase FuzzGenerator::write_case() {
  FuzzCase result{.kind = "write", .fields = {}};
  const FuzzEncoding& encoding = choose_text_mode(result);
  // Python leaves the state of one write to the next, and never returns to the initial one.
  if (has_states(encoding.name)) {
    return write_case();
  }
  std::string steps = text(encoding);
  for (std::size_t left = below(5); left > 0; --left) {
    steps += ',' + (one_in(4) ? std::string("flush") : text(encoding));
  }
  std::size_t size = 0;
  for (const std::string& step : split(steps, ',')) {
    std::string parts = step;
    std::ranges::replace(parts, '+', ',');
    size += step == "flush" ? 0 : expand(parts).size();
  }
  result.fields["steps"] = steps;
  static const std::vector<std::string> few{"-1", "0", "1"};
  result.fields["bufsize"] = any(few);
  // How much a full buffer lets through is nobody's business.
  if (size < 100) {
    result.fields["visible"] = "1";
  }
  return result;
}

FuzzCase FuzzGenerator::communicate_case() {
  static const std::vector<std::string> functions{"run", "communicate"};
  static const std::vector<std::string> commands{"echo_stdin", "echo_to_both"};
  static const std::vector<std::string> outputs{"PIPE", "PIPE", "PIPE", "DEVNULL"};
  static const std::vector<std::string> errors{"PIPE", "STDOUT", "DEVNULL"};
  FuzzCase result{.kind = "communicate", .fields = {}};
  const FuzzEncoding& encoding = choose_text_mode(result);
  result.fields["function"] = any(functions);
  result.fields["command"] = any(commands);
  result.fields["std_out"] = any(outputs);
  result.fields["bufsize"] = any(sizes);
  // Without a redirection it would be the test's own stderr.
  if (result.get("command") == "echo_to_both" || one_in(3)) {
    result.fields["std_err"] = any(errors);
  }
  if (one_in(2)) {
    result.fields["file"] = "1";
    result.fields["data"] = encoded(encoding);
  } else {
    std::string data = text(encoding);
    std::ranges::replace(data, '+', ',');
    result.fields["data"] = data;
  }
  return result;
}

std::string FuzzGenerator::odd_bytes(std::size_t most) {
  static const std::string odd = "= \t\n\"'\\$*:;|~\x01\x7f\x80\xc3\xa9\xff-";
  std::string bytes;
  for (std::size_t left = below(most + 1); left > 0; --left) {
    bytes += one_in(2) ? odd[below(odd.size())] : static_cast<char>('A' + below(4));
  }
  return bytes;
}

FuzzCase FuzzGenerator::start_case() {
  FuzzCase result{.kind = "start", .fields = {}};
  std::string list;
  if (one_in(6)) {
    for (std::size_t left = below(8); left > 0; --left) {
      list += to_hex(odd_bytes(4) + (one_in(5) ? "" : "=") + odd_bytes(4)) + ',';
    }
    result.fields["environ"] = list + to_hex("Z=1");
  } else if (one_in(2)) {
    for (std::size_t left = below(6); left > 0; --left) {
      list += to_hex(odd_bytes(one_in(9) ? 30000 : 5)) + ',';
    }
    result.fields["command"] = "print_args_hex";
    result.fields["args"] = list;
  } else {
    for (std::size_t left = below(8); left > 0; --left) {
      std::string name = odd_bytes(3);
      if (!one_in(8)) {
        std::erase(name, '=');
      }
      name += one_in(2) ? 'A' : 'B';
      list += to_hex(name) + ':' + to_hex(odd_bytes(one_in(9) ? 30000 : 5)) + (left > 1 ? "," : "");
    }
    result.fields["command"] = "print_environment";
    result.fields["env"] = list;
  }
  return result;
}

FuzzCase FuzzGenerator::next() {
  const std::size_t which = below(100);
  if (which < 55) {
    return read_case();
  }
  if (which < 82) {
    return write_case();
  }
  return which < 92 ? communicate_case() : start_case();
}

}  // namespace progeny::testing
