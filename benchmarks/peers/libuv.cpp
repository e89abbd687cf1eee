// libuv: an event loop for each thread, kept. It does not close the other descriptors.

#include "peers/peer.hpp"

#include <uv.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

struct Loop {
  Loop() { uv_loop_init(&handle); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() { uv_loop_close(&handle); }

  uv_loop_t handle;
};

uv_loop_t* loop() {
  thread_local Loop kept;
  return &kept.handle;
}

void require(int result) {
  if (result < 0) {
    throw std::runtime_error(uv_strerror(result));
  }
}

void close_handle(uv_handle_t* handle) {
  uv_close(handle, nullptr);
}

// A child's stdout, and what came from it.
struct Output {
  Output() { require(uv_pipe_init(loop(), &pipe, 0)); }

  uv_pipe_t pipe;
  std::vector<char> block;
  std::string* text = nullptr;
  std::size_t seen = 0;
};

void give_block(uv_handle_t* handle, std::size_t suggested, uv_buf_t* buffer) {
  auto& output = *static_cast<Output*>(handle->data);
  output.block.resize(suggested);
  *buffer = uv_buf_init(output.block.data(), static_cast<unsigned>(suggested));
}

void take_block(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
  auto& output = *static_cast<Output*>(stream->data);
  if (count < 0) {
    close_handle(reinterpret_cast<uv_handle_t*>(stream));
    return;
  }
  output.seen += static_cast<std::size_t>(count);
  if (output.text != nullptr) {
    output.text->append(buffer->base, static_cast<std::size_t>(count));
  }
}

// Runs a program; its stdout goes to `output` if there is one.
void run(std::vector<std::string> command, Output* output) {
  std::vector<char*> arguments;
  for (std::string& argument : command) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);

  uv_stdio_container_t streams[3] = {};
  streams[0].flags = streams[1].flags = streams[2].flags = UV_INHERIT_FD;
  streams[1].data.fd = 1;
  streams[2].data.fd = 2;
  if (output != nullptr) {
    streams[1].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
    streams[1].data.stream = reinterpret_cast<uv_stream_t*>(&output->pipe);
  }

  std::int64_t status = -1;
  uv_process_t process{};
  process.data = &status;
  uv_process_options_t options{};
  options.file = arguments[0];
  options.args = arguments.data();
  options.stdio = streams;
  options.stdio_count = 3;
  options.exit_cb = [](uv_process_t* ended, std::int64_t exit_status, int) {
    *static_cast<std::int64_t*>(ended->data) = exit_status;
    close_handle(reinterpret_cast<uv_handle_t*>(ended));
  };
  require(uv_spawn(loop(), &process, &options));
  if (output != nullptr) {
    output->pipe.data = output;
    require(uv_read_start(reinterpret_cast<uv_stream_t*>(&output->pipe), give_block, take_block));
  }
  uv_run(loop(), UV_RUN_DEFAULT);
  require_success(static_cast<int>(status));
}

void launch(const std::string& program) {
  run({program}, nullptr);
}

std::string echo() {
  std::string text;
  Output output;
  output.text = &text;
  run({"/bin/echo", "hi"}, &output);
  return text;
}

std::size_t capture(const Flood& flood) {
  std::string text;
  Output output;
  output.text = &text;
  run({flood.program, std::to_string(flood.bytes)}, &output);
  return text.size();
}

std::size_t stream(const Flood& flood) {
  Output output;
  run({flood.program, std::to_string(flood.bytes)}, &output);
  return output.seen;
}

const Announce announce{
    {.name = "libuv", .launch = launch, .echo = echo, .capture = capture, .stream = stream}};

}  // namespace

}  // namespace bench
