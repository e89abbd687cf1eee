#include "platform/host/terminal.hpp"

#include "platform/io/descriptor.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace progeny::platform {

namespace {

void set_size(native_handle terminal, TerminalSize size) noexcept {
  const winsize window{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
  ::ioctl(terminal, TIOCSWINSZ, &window);
}

void turn_echo_off(native_handle terminal) {
  termios mode{};
  checked(::tcgetattr(terminal, &mode), "tcgetattr");
  mode.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
  checked(::tcsetattr(terminal, TCSANOW, &mode), "tcsetattr");
}

}  // namespace

struct Terminal::System {
  Handle master;
  Handle slave;
};

// TIOCGPTPEER (Linux 4.13) opens the slave by way of the master. Its name could mean another
// terminal, if this process sees another /dev/pts. Without O_NOCTTY the slave could become the
// host's controlling terminal.
Terminal::Terminal(TerminalSize size, bool echo) : system_(std::make_unique<System>()) {
  const ErrnoKeeper keeper;
  constexpr int flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  Handle& master = system_->master;
  master = new_handle(::posix_openpt(flags | O_NONBLOCK), "posix_openpt");
  checked(::unlockpt(master.get()), "unlockpt");
  system_->slave = new_handle(::ioctl(master.get(), TIOCGPTPEER, flags), "ioctl(TIOCGPTPEER)");
  set_size(master.get(), size);
  if (!echo) {
    turn_echo_off(system_->slave.get());
  }
}

Terminal::~Terminal() = default;

Handle Terminal::take_reader() noexcept {
  return std::move(system_->master);
}

Handle Terminal::make_writer() {
  return Handle(checked(::fcntl(system_->master.get(), F_DUPFD_CLOEXEC, first_free_number),
                        "fcntl(F_DUPFD_CLOEXEC)"));
}

native_handle Terminal::stream_of_child() const noexcept {
  return system_->slave.get();
}

native_handle Terminal::of_launch() const noexcept {
  return system_->slave.get();
}

void Terminal::launched(native_handle /*process*/) {
  system_->slave.reset();
}

void Terminal::resize(native_handle ours, TerminalSize size) noexcept {
  const ErrnoKeeper keeper;
  set_size(system_->master ? system_->master.get() : ours, size);
}

// VEOF twice: after a half-typed line the first only sends the line, and the second ends the input
// (termios(3)). Left unread, it does no harm. Outside of canonical mode it would be a key like any
// other.
std::string end_of_typing(native_handle writer) noexcept {
  const ErrnoKeeper keeper;
  termios mode{};
  if (::tcgetattr(writer, &mode) == -1 || (mode.c_lflag & ICANON) == 0) {
    return {};
  }
  const auto end = static_cast<char>(mode.c_cc[VEOF]);
  return {end, end};
}

}  // namespace progeny::platform
