#include "subprocess/streams/standard_streams.hpp"

#include "platform/io/descriptor.hpp"
#include "platform/io/pipe.hpp"
#include "subprocess/process.hpp"

#include <progeny/base/errors.hpp>

#include <memory>
#include <system_error>
#include <utility>

namespace progeny::subprocess::detail {

namespace {

// This check comes before any pipe is made. A new pipe could get the very number that the caller
// wrongly believes to be open.
void require_open(const Redirect& redirect) {
  if (redirect.kind() == Redirect::Kind::handle && !platform::is_open(redirect.handle())) {
    throw OSError(std::make_error_code(std::errc::bad_file_descriptor), "dup2");
  }
}

// Echo is on only if output is read from the terminal. Unread echo would pile up and stop the
// child.
std::unique_ptr<platform::Terminal> make_terminal(const Redirects& redirects,
                                                  const Options& options) {
  const bool shows = is_terminal(redirects.std_out) || is_terminal(redirects.std_err);
  if (!shows && !is_terminal(redirects.std_in)) {
    return nullptr;
  }
  return std::make_unique<platform::Terminal>(terminal_size(options.pty_size),
                                              options.pty_echo && shows);
}

}  // namespace

StandardStreams::StandardStreams(const Redirects& redirects,
                                 StreamFormat format,
                                 const Options& options)
    : format_(std::move(format)), pipesize_(options.pipesize) {
  require_open(redirects.std_in);
  require_open(redirects.std_out);
  require_open(redirects.std_err);
  terminal_ = make_terminal(redirects, options);
  child_[0] = open(redirects.std_in, StreamCore::Direction::write, std_in);
  child_[1] = open(redirects.std_out, StreamCore::Direction::read, std_out);
  if (redirects.std_err.kind() == Redirect::Kind::std_out) {
    const bool shared = child_[1] == Handle::none();
    child_[2] = shared ? platform::standard_stream(1) : child_[1];
  } else {
    child_[2] = open(redirects.std_err, StreamCore::Direction::read, std_err);
  }
}

native_handle StandardStreams::keep(Handle handle) {
  opened_.push_back(std::move(handle));
  return opened_.back().get();
}

native_handle StandardStreams::null_device() {
  if (null_device_ == Handle::none()) {
    null_device_ = keep(platform::open_null_device());
  }
  return null_device_;
}

native_handle StandardStreams::open_pipe(StreamCore::Direction parent_does, Stream& stream) {
  const bool parent_reads = parent_does == StreamCore::Direction::read;
  platform::Pipe pipe =
      platform::make_pipe(parent_reads ? platform::PipeEnd::read : platform::PipeEnd::write);
  if (pipesize_ > 0) {
    const auto capacity = static_cast<std::size_t>(pipesize_);
    if (const auto error = platform::resize_pipe(pipe.read_end.get(), capacity)) {
      throw OSError(error, "fcntl(F_SETPIPE_SZ)");
    }
  }
  Handle& parents = parent_reads ? pipe.read_end : pipe.write_end;
  stream = Stream(std::make_shared<StreamCore>(std::move(parents), parent_does, format_));
  return keep(std::move(parent_reads ? pipe.write_end : pipe.read_end));
}

native_handle StandardStreams::open_terminal(StreamCore::Direction parent_does, Stream& stream) {
  const bool parent_reads = parent_does == StreamCore::Direction::read;
  Handle parents = parent_reads ? terminal_->take_reader() : terminal_->make_writer();
  if (parents) {
    StreamFormat format = format_;
    format.is_terminal = true;
    stream =
        Stream(std::make_shared<StreamCore>(std::move(parents), parent_does, std::move(format)));
  }
  return terminal_->stream_of_child();
}

native_handle StandardStreams::terminal_of_child() const noexcept {
  return terminal_ ? terminal_->of_launch() : Handle::none();
}

native_handle StandardStreams::open(const Redirect& redirect,
                                    StreamCore::Direction parent_does,
                                    Stream& stream) {
  switch (redirect.kind()) {
    case Redirect::Kind::pipe:
      return open_pipe(parent_does, stream);
    case Redirect::Kind::devnull:
      return null_device();
    case Redirect::Kind::pty:
      return open_terminal(parent_does, stream);
    case Redirect::Kind::handle:
      return redirect.handle();
    case Redirect::Kind::read_file:
      return keep(platform::open_file(redirect.path(), platform::OpenMode::read));
    case Redirect::Kind::write_file:
      return keep(platform::open_file(redirect.path(), platform::OpenMode::write));
    case Redirect::Kind::append_file:
      return keep(platform::open_file(redirect.path(), platform::OpenMode::append));
    case Redirect::Kind::inherit:
    case Redirect::Kind::std_out:
      break;
  }
  return Handle::none();
}

}  // namespace progeny::subprocess::detail
