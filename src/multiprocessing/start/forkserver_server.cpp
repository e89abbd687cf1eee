#include "multiprocessing/start/forkserver_server.hpp"

#include "base/deadline.hpp"
#include "multiprocessing/process/logging.hpp"
#include "multiprocessing/start/bootstrap.hpp"
#include "multiprocessing/start/forkserver_protocol.hpp"
#include "platform/io/readable.hpp"
#include "platform/process/child.hpp"
#include "platform/process/fork.hpp"
#include "platform/process/process_end.hpp"
#include "platform/process/sentinel.hpp"
#include "platform/system/signals.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/multiprocessing/detail/task.hpp>
#include <progeny/multiprocessing/forkserver.hpp>
#include <progeny/serial.hpp>

#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::multiprocessing::detail {

namespace {

struct RunningChild {
  ChildLabel label = 0;
  std::unique_ptr<platform::Child> child;
  Handle answers;
};

// One loop waits for a request or the end of a child, whichever comes first.
class Server {
 public:
  Server(Handle requests, BecomeChild become_child)
      : requests_(std::move(requests)), become_child_(become_child) {}

  /// Returns when no process is left that could ask, and no child whose end is to be reported.
  void run() {
    while (is_needed()) {
      const auto ready = platform::wait_readable(watched(), progeny::detail::Deadline());
      if (ready == 0U) {
        receive();
      }
      report_ended();
    }
  }

 private:
  [[nodiscard]] bool is_needed() const { return requests_ || !children_.empty(); }

  [[nodiscard]] std::vector<native_handle> watched() const {
    std::vector handles{requests_.get()};
    for (const RunningChild& running : children_) {
      handles.push_back(running.child->exit_handle());
    }
    return handles;
  }

  void receive() {
    try {
      auto message = receive_request(requests_.get());
      if (!message) {
        requests_.reset();
        return;
      }
      Request request = read_request(std::move(*message));
      if (auto* const start = std::get_if<StartRequest<Handle>>(&request)) {
        start_child(std::move(*start));
      } else if (const auto* const signal = std::get_if<SignalRequest<Handle>>(&request)) {
        signal_child(*signal);
      }
    } catch (const OSError& error) {
      // The descriptor table is full. The client sees its socket for the answers closed.
      std::fprintf(stderr, "progeny forkserver: %s\n", error.what());
    }
  }

  void start_child(StartRequest<Handle> request) {
    Handle answers = std::move(request.answers);
    platform::Copy copy;
    try {
      copy = platform::fork_process();
    } catch (const OSError& error) {
      static_cast<void>(
          send_notice(answers.get(), {.error = error.code().value()}, Handle::none()));
      return;
    }
    if (copy.pid == 0) {
      enter_child(std::move(request), std::move(answers));
    }
    auto child = std::make_unique<platform::Child>(copy.pid, std::move(copy.process));
    children_.push_back(
        {.label = request.label, .child = std::move(child), .answers = std::move(answers)});
  }

  // Gives up what belongs to the server: an end of these sockets in a child would hide from the
  // clients that the server or another child has ended. Its own socket stays open.
  [[noreturn]] void enter_child(StartRequest<Handle> request, Handle answers) noexcept {
    requests_.reset();
    children_.clear();
    const Handle self = platform::own_process_handle();
    if (!send_notice(answers.get(), {.pid = platform::current_pid()}, self.get())) {
      platform::leave(1);
    }
    platform::hold_until_end(std::move(answers));
    become_child_(std::move(request));
    platform::leave(1);  // It does not return.
  }

  // A child that is not there any more has ended, and its client is about to learn of it.
  void signal_child(const SignalRequest<Handle>& request) {
    std::error_code error;
    for (const RunningChild& running : children_) {
      if (running.label == request.label && running.child->pid() == request.pid) {
        error = running.child->send_signal(request.signal);
      }
    }
    send_signal_result(request.answer.get(), error);
  }

  // Looks at every child: the handle that was ready may be that of any, and several may have ended.
  void report_ended() {
    std::erase_if(children_, [](const RunningChild& running) {
      const auto status = running.child->poll();
      if (status) {
        send_status(running.answers.get(), *status);
      }
      return status.has_value();
    });
  }

  Handle requests_;  // None once no process is left that could ask.
  BecomeChild become_child_;
  std::vector<RunningChild> children_;
};

// Python imports modules here. A function is found by its token, as a target is. Returns whether
// the server may go on.
bool preload(const std::string& token, PreloadError on_error) {
  const std::string no_arguments = serial::to_bytes(std::tuple<>());
  try {
    run_token(token, {.bytes = no_arguments, .handles = {}, .origin = serial::Origin::parent});
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

void serve(const ServerData& data, Handle requests, BecomeChild become_child) noexcept {
  platform::ignore_interrupt();  // Ctrl-C is for the clients and their children.
  platform::empty_standard_input();
  apply(data.log);
  for (const auto& token : data.preload) {
    if (!preload(token, static_cast<PreloadError>(data.on_preload_error))) {
      end_process(1);
    }
  }
  platform::keep_ended_children();  // Last: a preload function may have chosen otherwise.
  platform::flush_streams();        // Else each child would write the text of the preload functions
                                    // again.
  try {
    Server(std::move(requests), become_child).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "progeny forkserver: %s\n", error.what());
    end_process(1);
  }
  end_process(0);
}

}  // namespace progeny::multiprocessing::detail
