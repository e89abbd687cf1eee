// The forkserver itself: one thread that sleeps until a request comes or a child ends.

#include "multiprocessing/start/forkserver.hpp"

#include "multiprocessing/resource_tracker/resource_tracker.hpp"
#include "multiprocessing/start/bootstrap.hpp"
#include "platform/io/descriptor.hpp"
#include "platform/io/readable.hpp"
#include "platform/ipc/message_socket.hpp"
#include "platform/memory/memory_file.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/process_end.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/serial.hpp>
#include <progeny/serial/function.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace progeny::multiprocessing::detail {

namespace {

struct Served {
  std::unique_ptr<platform::Child> child;
  Handle answers;
};

template <class Record>
std::string_view bytes_of(const Record& record) noexcept {
  return {reinterpret_cast<const char*>(&record), sizeof record};
}

class Server {
 public:
  explicit Server(Handle requests) : requests_(std::move(requests)) {}

  /// Returns when nobody is left who could ask, and no child is left to tell of.
  void run() {
    while (is_needed()) {
      const auto ready = platform::wait_readable(watched(), progeny::detail::Deadline());
      if (ready == 0U) {
        hear();
      }
      tell_of_ended();
    }
  }

 private:
  [[nodiscard]] bool is_needed() const { return requests_ || !children_.empty(); }

  [[nodiscard]] std::vector<native_handle> watched() const {
    std::vector handles{requests_.get()};
    for (const Served& served : children_) {
      handles.push_back(served.child->exit_handle());
    }
    return handles;
  }

  // A message that is no request is dropped, with the handles that came with it.
  void hear() {
    try {
      auto message = platform::receive_message(requests_.get(), sizeof request_word);
      if (!message) {
        requests_.reset();
      } else if (message->bytes == bytes_of(request_word) &&
                 message->handles.size() >= own_handles_of_request) {
        bear(std::move(message->handles));
      }
    } catch (const OSError& error) {
      // The descriptor table is full, or the message was too long: who asked sees its end.
      std::fprintf(stderr, "progeny forkserver: %s\n", error.what());
    }
  }

  void bear(std::vector<Handle> handles) {
    Handle answers = std::move(handles.front());
    BirthNotice notice;
    platform::Copy copy;
    try {
      copy = platform::fork_process();
    } catch (const OSError& error) {
      notice.error = error.code().value();
      static_cast<void>(platform::send_message(answers.get(), bytes_of(notice)));
      return;
    }
    if (copy.pid == 0) {
      requests_.reset();
      children_.clear();
      answers.reset();
      live_as_served(std::move(handles));
    }
    notice.pid = copy.pid;
    const native_handle process = copy.process.get();
    static_cast<void>(
        platform::send_message(answers.get(),
                               bytes_of(notice),
                               {&process, copy.process ? std::size_t{1} : std::size_t{0}}));
    auto child = std::make_unique<platform::Child>(copy.pid, std::move(copy.process));
    children_.push_back({.child = std::move(child), .answers = std::move(answers)});
  }

  [[noreturn]] static void live_as_served(std::vector<Handle> handles) noexcept {
    try {
      auto data = serial::from_bytes<StartData>(platform::content_of(handles[1].get()));
      const native_handle lifeline = handles[2].release();
      take_over_forkserver(std::move(handles[place_of_request_end]));
      take_over_tracker_line(std::move(handles[4]), std::move(handles[5]));
      handles.erase(handles.begin(), handles.begin() + own_handles_of_request);
      platform::accept_interrupt();
      std::error_code ignored;  // A folder that is gone was the parent's to notice.
      std::filesystem::current_path(data.folder, ignored);
      live_by(std::move(data), std::move(handles), lifeline, after_fork_hooks());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "progeny: a child of the forkserver cannot start: %s\n", error.what());
      platform::leave(1);
    }
  }

  void tell_of_ended() {
    std::erase_if(children_, [](const Served& served) {
      const auto status = served.child->poll();
      if (status) {
        static_cast<void>(platform::send_message(served.answers.get(), bytes_of(*status)));
      }
      return status.has_value();
    });
  }

  Handle requests_;
  std::vector<Served> children_;
};

// Returns whether the server may go on.
bool preload(const std::string& token, PreloadError on_error) {
  const std::string no_arguments = serial::to_bytes(std::tuple<>());
  try {
    run_token(token, {.bytes = no_arguments, .handles = {}});
    return true;
  } catch (const std::exception& error) {
    if (on_error == PreloadError::ignore) {
      return true;
    }
    std::fprintf(stderr, "progeny forkserver: preload failed: %s\n", error.what());
    return on_error != PreloadError::fail;
  }
}

}  // namespace

void serve(const ServerData& data, std::vector<Handle> handles) noexcept {
  platform::ignore_interrupt();
  platform::empty_standard_input();
  apply(data.log);
  for (const auto& token : data.preload) {
    if (!preload(token, static_cast<PreloadError>(data.on_preload_error))) {
      end_process(1);
    }
  }
  platform::flush_streams();
  try {
    Server(std::move(handles.front())).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "progeny forkserver: %s\n", error.what());
    end_process(1);
  }
  end_process(0);
}

}  // namespace progeny::multiprocessing::detail
