// GLib: g_spawn_sync(), with its default of closing the other descriptors and without, and
// GSubprocess for talking in both directions.

#include <glib.h>

#include "peers/peer.hpp"

#include <gio/gio.h>

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

namespace {

struct Free {
  void operator()(char* text) const { g_free(text); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GSubprocess* child) const { g_object_unref(child); }
  void operator()(GBytes* bytes) const { g_bytes_unref(bytes); }
};

template <class T>
using Owned = std::unique_ptr<T, Free>;

void require(bool success, GError* error) {
  if (!success) {
    const Owned<GError> owned(error);
    throw std::runtime_error(owned->message);
  }
}

// Runs a program; with `output` captures its stdout there.
void run(std::initializer_list<const char*> command, int flags, std::string* output) {
  std::vector<char*> arguments;
  for (const char* argument : command) {
    arguments.push_back(const_cast<char*>(argument));
  }
  arguments.push_back(nullptr);
  char* text = nullptr;
  GError* error = nullptr;
  int status = -1;
  require(g_spawn_sync(nullptr,
                       arguments.data(),
                       nullptr,
                       static_cast<GSpawnFlags>(flags),
                       nullptr,
                       nullptr,
                       output != nullptr ? &text : nullptr,
                       nullptr,
                       &status,
                       &error),
          error);
  const Owned<char> owned(text);
  require_success(status);
  if (output != nullptr) {
    *output = text;
  }
}

void launch(const std::string& program) {
  run({program.c_str()}, G_SPAWN_CHILD_INHERITS_STDIN, nullptr);
}

void launch_keeping(const std::string& program) {
  run({program.c_str()}, G_SPAWN_CHILD_INHERITS_STDIN | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, nullptr);
}

std::string echo() {
  std::string output;
  run({"/bin/echo", "hi"}, G_SPAWN_CHILD_INHERITS_STDIN, &output);
  return output;
}

// Feeds the child and returns how many bytes it answered.
std::size_t communicate(const char* const* arguments, GSubprocessFlags flags, GBytes* input) {
  GError* error = nullptr;
  const Owned<GSubprocess> child(g_subprocess_newv(arguments, flags, &error));
  require(child != nullptr, error);
  GBytes* output = nullptr;
  require(g_subprocess_communicate(child.get(), input, nullptr, &output, nullptr, &error), error);
  const Owned<GBytes> owned(output);
  require_success(g_subprocess_get_exit_status(child.get()));
  return g_bytes_get_size(output);
}

std::size_t capture(const Flood& flood) {
  const std::string bytes = std::to_string(flood.bytes);
  const char* const arguments[] = {flood.program.c_str(), bytes.c_str(), nullptr};
  return communicate(arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE, nullptr);
}

std::size_t cat(std::string_view input) {
  const char* const arguments[] = {"/bin/cat", nullptr};
  const Owned<GBytes> bytes(g_bytes_new_static(input.data(), input.size()));
  const int flags = G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE;
  return communicate(arguments, static_cast<GSubprocessFlags>(flags), bytes.get());
}

const Announce announce{
    {.name = "glib", .launch = launch, .echo = echo, .capture = capture, .cat = cat}};
const Announce announce_keeping{{.name = "glib-not-closing", .launch = launch_keeping}};

}  // namespace

}  // namespace bench
