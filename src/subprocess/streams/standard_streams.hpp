#pragma once

// From redirections to open handles: what the child gets, and what the parent keeps.

#include "platform/host/terminal.hpp"
#include "subprocess/streams/stream_core.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/stream.hpp>

#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace progeny::subprocess::detail {

struct Redirects;

/// The three streams of a child about to be started.
class StandardStreams {
 public:
  /// Opens what has to be opened. Throws OSError (EBADF without a file name for a handle that is
  /// not open) and then has opened nothing.
  StandardStreams(const Redirects& redirects, StreamFormat format, const Options& options);

  /// The child's handles, 0 to 2; none where it shares the parent's.
  [[nodiscard]] const std::array<native_handle, 3>& of_child() const noexcept { return child_; }

  /// What the child's terminal is for the launch; none where it has none.
  [[nodiscard]] native_handle terminal_of_child() const noexcept;
  /// The terminal, handed over; null where there is none.
  [[nodiscard]] std::unique_ptr<platform::Terminal> take_terminal() noexcept {
    return std::move(terminal_);
  }

  /// The parent's ends. Empty where there is no pipe.
  Stream std_in;   // NOLINT(misc-non-private-member-variables-in-classes): moved on to the Process.
  Stream std_out;  // NOLINT(misc-non-private-member-variables-in-classes): see above.
  Stream std_err;  // NOLINT(misc-non-private-member-variables-in-classes): see above.

 private:
  native_handle open(const Redirect& redirect, StreamCore::Direction parent_does, Stream& stream);
  native_handle open_pipe(StreamCore::Direction parent_does, Stream& stream);
  native_handle open_terminal(StreamCore::Direction parent_does, Stream& stream);
  native_handle keep(Handle handle);
  native_handle null_device();

  StreamFormat format_;
  int pipesize_;
  std::unique_ptr<platform::Terminal> terminal_;
  std::array<native_handle, 3> child_{Handle::none(), Handle::none(), Handle::none()};
  std::vector<Handle> opened_;  // The child's ends of pipes, files; closed with this object.
  native_handle null_device_ = Handle::none();
};

}  // namespace progeny::subprocess::detail
