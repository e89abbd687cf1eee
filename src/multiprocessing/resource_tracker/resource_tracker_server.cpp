// The tracker itself. It is this program, started again, with a mark as its only argument. It runs
// and ends in the initialiser of a static object, so it needs no `freeze_support` and `main` never
// runs.
//
//     process             starter                       tracker
//       | launch ---------> | is there a reader? ends     .
//       | waits             | becomes the reader          .
//       |                   | fork(2) ------------------> | reads the line
//       | <---------------- | ends                        |

#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/memory/named_memory.hpp"
#include "platform/process/process_end.hpp"
#include "platform/program/program.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>

#include <fmt/core.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

constexpr std::string_view mark = "--multiprocessing-resource-tracker=";

// Python has the same codes.
enum ExitCode : std::uint8_t { nothing_left = 0, leaks_removed = 1, leaks_left = 2, garbled = 3 };

std::optional<long long> number_in_mark() {
  const auto& arguments = platform::program_arguments();
  if (arguments.size() != 2 || !arguments.back().starts_with(mark) ||
      platform::program_is_privileged()) {
    return std::nullopt;
  }
  const auto text = std::string_view(arguments.back()).substr(mark.size());
  long long number = -1;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = result.ec == std::errc{} && result.ptr == text.data() + text.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

// The next record. Nothing when the family has ended.
std::optional<TrackerRecord> read_record(native_handle line) {
  TrackerRecord record;
  const std::span space(reinterpret_cast<char*>(&record), sizeof record);
  for (std::size_t done = 0; done != space.size();) {
    const auto read = platform::read_some(line, space.subspan(done));
    if (read.error) {
      throw OSError(read.error, "read");
    }
    if (read.count == 0) {
      return std::nullopt;
    }
    done += read.count;
  }
  return record;
}

class Tracker {
 public:
  explicit Tracker(native_handle line) : line_(line) {}

  /// Returns the exit code.
  int run() {
    while (const auto record = read_record(line_)) {
      note(*record);
    }
    remove_the_rest();
    if (is_garbled_) {
      return garbled;
    }
    return left_ != 0 ? leaks_left : removed_.empty() ? nothing_left : leaks_removed;
  }

 private:
  void note(const TrackerRecord& record) {
    if (record.size > record.name.size()) {
      is_garbled_ = true;
      return;
    }
    TrackedName name{.name = std::string(record.name.data(), record.size),
                     .memory = {record.device, record.inode}};
    if (record.operation == TrackerRecord::Operation::add) {
      names_.insert(std::move(name));
    } else if (record.operation == TrackerRecord::Operation::remove) {
      names_.erase(name);
    } else {
      is_garbled_ = true;
    }
  }

  void remove_the_rest() {
    for (const auto& [name, memory] : names_) {
      const auto removal = platform::remove_name_of(name, memory);
      if (removal == platform::Removal::removed) {
        removed_ += fmt::format(" '{}'", name);
        ++count_;
      } else if (removal == platform::Removal::failed) {
        ++left_;
        std::fprintf(stderr, "resource_tracker: '%s' could not be removed\n", name.c_str());
      }
    }
    if (count_ != 0) {
      std::fprintf(stderr,
                   "resource_tracker: %d leaked shared_memory object%s removed:%s\n",
                   count_,
                   count_ == 1 ? " was" : "s were",
                   removed_.c_str());
    }
  }

  native_handle line_;
  std::set<TrackedName> names_;
  std::string removed_;
  int count_ = 0;
  int left_ = 0;
  bool is_garbled_ = false;
};

// Two processes may start a tracker at the same time. The second one ends at once.
int run(long long number) {
  const Handle line = platform::become_reader(platform::take_inherited(number).get());
  if (!line) {
    return 0;
  }
  platform::detach_from_parent();
  return Tracker(line.get()).run();
}

bool enter_if_tracker() noexcept {
  try {
    if (const auto number = number_in_mark()) {
      platform::leave(run(*number));
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "resource_tracker: %s\n", error.what());
    platform::leave(leaks_left);
  }
  return false;
}

const bool is_tracker = enter_if_tracker();

}  // namespace

std::vector<std::string> tracker_arguments(native_handle read_end) {
  const auto& own = platform::program_arguments();
  return {own.empty() ? std::string("progeny") : own.front(),
          fmt::format("{}{}", mark, platform::number_of(read_end))};
}

const void* place_of_tracker() noexcept {
  return &is_tracker;
}

}  // namespace progeny::multiprocessing::detail
