#include "platform/host/terminal.hpp"

#include "platform/io/pipe.hpp"
#include "platform/system/win32.windows.hpp"

#include <progeny/base/errors.hpp>

#include <mutex>
#include <system_error>
#include <utility>

namespace progeny::platform {

namespace {

using Console = void*;  // HPCON, which headers of mingw-w64 may lack.

// The calls exist since Windows 10.0.17763. They are looked up at run time, as a program linked
// against them would not start on older systems.
struct Calls {
  HRESULT(WINAPI* create)(COORD, HANDLE, HANDLE, DWORD, Console*);
  HRESULT(WINAPI* resize)(Console, COORD);
  void(WINAPI* close)(Console);
};

template <class Function>
void find(Function& function, const char* name) noexcept {
  // GetProcAddress has one type for all functions. GCC warns about a direct cast from it.
  function = reinterpret_cast<Function>(
      // NOLINTNEXTLINE(bugprone-casting-through-void): see above.
      reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleW(L"kernel32.dll"), name)));
}

const Calls& calls() noexcept {
  static const Calls found = [] {
    Calls calls{};
    find(calls.create, "CreatePseudoConsole");
    find(calls.resize, "ResizePseudoConsole");
    find(calls.close, "ClosePseudoConsole");
    return calls;
  }();
  return found;
}

COORD coordinates(TerminalSize size) noexcept {
  return {.X = static_cast<SHORT>(size.columns), .Y = static_cast<SHORT>(size.rows)};
}

}  // namespace

// A console outlives its programs, so its output would never end. A thread of the system's pool
// closes it when the child has ended. That blocks until all output is read.
struct Terminal::System {
  Handle reader;
  Handle writer;
  std::mutex mutex;           // Guards what follows.
  Console console = nullptr;  // Null when it has been closed.
  HANDLE watch = nullptr;

  void close() noexcept {
    const std::unique_lock lock(mutex);
    if (Console closed = std::exchange(console, nullptr)) {
      calls().close(closed);
    }
  }
};

Terminal::Terminal(TerminalSize size, bool /*echo*/) : system_(std::make_unique<System>()) {
  if (calls().create == nullptr) {
    throw OSError(std::make_error_code(std::errc::function_not_supported), "CreatePseudoConsole");
  }
  Pipe input = make_pipe(PipeEnd::write);
  Pipe output = make_pipe(PipeEnd::read);
  const HRESULT result = calls().create(
      coordinates(size), input.read_end.get(), output.write_end.get(), 0, &system_->console);
  if (FAILED(result)) {
    throw OSError(std::error_code(HRESULT_CODE(result), std::system_category()),
                  "CreatePseudoConsole");
  }
  system_->reader = std::move(output.read_end);
  system_->writer = std::move(input.write_end);
}

// First our ends of the pipes: closing the console blocks while it has output for a pipe that is
// open but is not read.
Terminal::~Terminal() {
  system_->reader.reset();
  system_->writer.reset();
  if (system_->watch != nullptr) {
    ::UnregisterWaitEx(system_->watch, INVALID_HANDLE_VALUE);  // Waits for the thread.
  }
  system_->close();
}

Handle Terminal::take_reader() noexcept {
  return std::move(system_->reader);
}

// A duplicate, so that one end stays here: a console whose input pipe is closed may end its
// programs.
Handle Terminal::make_writer() {
  HANDLE self = ::GetCurrentProcess();
  HANDLE duplicate = nullptr;
  if (::DuplicateHandle(
          self, system_->writer.get(), self, &duplicate, 0, FALSE, DUPLICATE_SAME_ACCESS) ==
      FALSE) {
    throw OSError(last_error(), "DuplicateHandle");
  }
  return Handle(duplicate);
}

native_handle Terminal::stream_of_child() const noexcept {
  return Handle::none();
}

native_handle Terminal::of_launch() const noexcept {
  return system_->console;
}

void Terminal::launched(native_handle process) {
  const auto close = [](void* system, BOOLEAN) { static_cast<System*>(system)->close(); };
  if (::RegisterWaitForSingleObject(&system_->watch,
                                    process,
                                    close,
                                    system_.get(),
                                    INFINITE,
                                    WT_EXECUTEONLYONCE | WT_EXECUTELONGFUNCTION) == FALSE) {
    throw OSError(last_error(), "RegisterWaitForSingleObject");
  }
}

void Terminal::resize(native_handle /*ours*/, TerminalSize size) noexcept {
  const std::unique_lock lock(system_->mutex, std::try_to_lock);  // Held while it is closed.
  if (lock && system_->console != nullptr) {
    calls().resize(system_->console, coordinates(size));
  }
}

// Ctrl-Z at the beginning of a line, then Enter.
std::string end_of_typing(native_handle /*writer*/) noexcept {
  return "\x1a\r";
}

}  // namespace progeny::platform
