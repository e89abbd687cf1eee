#include "fuzz_case.hpp"
#include "subprocess/streams/stream_core.hpp"
#include "subprocess/text/text.hpp"

#include <progeny/subprocess.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace progeny::testing {

namespace {

namespace sp = progeny::subprocess;
using sp::detail::StreamCore;

constexpr int large_pipe = 1 << 20;

sp::detail::StreamFormat format_of(const FuzzCase& fuzz_case) {
  sp::detail::StreamFormat format{.bufsize = std::stoi(fuzz_case.get("bufsize", "-1"))};
  if (is_text(fuzz_case)) {
    format.text =
        sp::detail::text_format(optional(fuzz_case, "encoding"), optional(fuzz_case, "errors"));
  }
  return format;
}

struct Ends {
  Handle read;
  Handle write;
};

// A pipe that takes all of a case at once.
Ends make_pipe(int flags) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | flags) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  ::fcntl(ends[1], F_SETPIPE_SZ, large_pipe);
  return {Handle(ends[0]), Handle(ends[1])};
}

void put(const Handle& pipe, std::string_view bytes) {
  if (::write(pipe.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "write");
  }
}

std::string take_all(const Handle& pipe) {
  std::string bytes(static_cast<std::size_t>(large_pipe), '\0');
  std::size_t size = 0;
  for (ssize_t count = 1; count > 0;) {
    count = ::read(pipe.get(), bytes.data() + size, bytes.size() - size);
    size += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  bytes.resize(size);
  return bytes;
}

// With `chunks` each read(2) gets just one of them.
Ends filled_pipe(const FuzzCase& fuzz_case) {
  const std::string data = expand(fuzz_case.get("data"));
  const auto cuts = split(fuzz_case.get("chunks"), ',');
  Ends ends = make_pipe(cuts.empty() ? 0 : O_DIRECT);
  std::string_view rest = data;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::size_t size = cuts.empty() ? rest.size() : std::stoul(cuts[i % cuts.size()]);
    put(ends.write, rest.substr(0, size));
    rest.remove_prefix(std::min(size, rest.size()));
  }
  ends.write.reset();
  return ends;
}

template <class Lines>
std::string lines_shown(const Lines& lines) {
  std::string joined;
  std::size_t count = 0;
  for (const std::string& line : lines) {
    joined += (count++ == 0 ? "" : "|") + line;
  }
  return std::to_string(count) + ' ' + shown(joined);
}

std::string read_step(sp::Stream& stream, const std::string& step) {
  const std::size_t colon = step.find(':');
  const std::string name = step.substr(0, colon);
  const std::size_t limit = colon == std::string::npos ? static_cast<std::size_t>(-1)
                                                       : std::stoul(step.substr(colon + 1));
  if (name == "readlines") {
    return lines_shown(stream.readlines());
  }
  if (name == "list") {
    std::vector<std::string> lines;
    for (const std::string& line : stream) {
      lines.push_back(line);
    }
    return lines_shown(lines);
  }
  if (name == "next" || name == "readline") {
    return shown(stream.readline(limit));
  }
  return shown(colon == std::string::npos ? stream.read() : stream.read(limit));
}

std::string read(const FuzzCase& fuzz_case) {
  Ends ends = filled_pipe(fuzz_case);
  sp::Stream stream(std::make_shared<StreamCore>(
      std::move(ends.read), StreamCore::Direction::read, format_of(fuzz_case)));
  std::string answer;
  for (const std::string& step : split(fuzz_case.get("steps"), ',')) {
    answer += (answer.empty() ? "" : " | ") + read_step(stream, step);
  }
  return answer;
}

std::string error_text(const UnicodeDecodeError& error, const FuzzCase& fuzz_case) {
  if (fuzz_case.get("errors") == "xmlcharrefreplace") {
    return "UnicodeDecodeError";
  }
  return fmt::format(
      "UnicodeDecodeError {} {} {}", error.encoding(), shown(error.object()), error.reason());
}

std::string error_text(const UnicodeEncodeError& error, const FuzzCase& fuzz_case) {
  if (fuzz_case.get("errors") == "surrogateescape") {
    return fmt::format("UnicodeEncodeError {} {}", error.encoding(), error.reason());
  }
  return fmt::format(
      "UnicodeEncodeError {} {} {}", error.encoding(), shown(error.object()), error.reason());
}

std::string write_step(sp::Stream& stream, std::string step, const FuzzCase& fuzz_case) {
  if (step == "flush") {
    stream.flush();
    return "flushed";
  }
  std::ranges::replace(step, '+', ',');
  try {
    return std::to_string(stream.write(expand(step)));
  } catch (const UnicodeEncodeError& error) {
    return error_text(error, fuzz_case);
  }
}

std::string write(const FuzzCase& fuzz_case) {
  Ends ends = make_pipe(0);
  sp::Stream stream(std::make_shared<StreamCore>(
      std::move(ends.write), StreamCore::Direction::write, format_of(fuzz_case)));
  std::string answer;
  for (const std::string& step : split(fuzz_case.get("steps"), ',')) {
    answer += write_step(stream, step, fuzz_case) + " | ";
    if (fuzz_case.has("visible")) {
      int count = 0;
      ::ioctl(ends.read.get(), FIONREAD, &count);
      answer += std::to_string(count) + " visible | ";
    }
  }
  stream.close();
  return answer + shown(take_all(ends.read));
}

std::string convert(const FuzzCase& fuzz_case) {
  namespace detail = sp::detail;
  const std::string encoding = fuzz_case.get("encoding");
  const auto decode = [&](std::string_view bytes, const std::string& errors) {
    std::string text;
    detail::Decoder decoder(detail::text_format(encoding, errors));
    decoder.decode(bytes, true, text);
    return shown(text);
  };
  if (fuzz_case.has("data")) {
    return decode(expand(fuzz_case.get("data")), "replace");
  }
  std::string bytes;
  detail::Encoder(detail::text_format(encoding, "strict"), "\n")
      .encode(expand(fuzz_case.get("letter")), bytes);
  return shown(bytes) + decode(bytes, "strict");
}

std::string answer_of(const FuzzCase& fuzz_case) {
  const std::map<std::string, std::string (*)(const FuzzCase&)> kinds = {
      {"read", read},
      {"write", write},
      {"communicate", communicate_answer},
      {"start", start_answer},
      {"convert", convert},
  };
  return kinds.at(fuzz_case.kind)(fuzz_case);
}

}  // namespace

std::string fuzz_answer(const FuzzCase& fuzz_case) {
  try {
    return answer_of(fuzz_case);
  } catch (const UnicodeDecodeError& error) {
    return error_text(error, fuzz_case);
  } catch (const UnicodeEncodeError& error) {
    return error_text(error, fuzz_case);
  } catch (const LookupError&) {
    return "LookupError";
  } catch (const ValueError&) {
    return "ValueError";
  } catch (const OSError& error) {
    return "OSError " + error.code().message();
  }
}

}  // namespace progeny::testing
