#pragma once

// What the test child needs of the system, in the words of its commands.

#include "commands.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace progeny::testing {

/// The words that this program was started with, its name first.
[[nodiscard]] Words command_line(int argc, char** argv);
/// The first of them.
[[nodiscard]] std::string program_name();
/// Lets every byte pass the standard streams unaltered.
void make_streams_binary();

/// Writes everything with as few system calls as the descriptor allows; ends the child if it
/// cannot.
void write_all(int descriptor, std::string_view bytes);
/// What stdin has, at most `limit` bytes, waiting only if there is nothing; empty at its end.
[[nodiscard]] std::string read_some(std::size_t limit = 65536);
/// Closes a standard stream.
void close_stream(int descriptor);

/// The value of an environment variable.
[[nodiscard]] std::optional<std::string> variable(const std::string& name);
/// All variables as they are: `NAME=value`.
[[nodiscard]] Words environment();
/// The working folder.
[[nodiscard]] std::string working_folder();
/// Creates a file.
[[nodiscard]] bool create(const std::string& path);
/// The number of this process.
[[nodiscard]] long process_id();

/// Ends this process if it is still there after ten minutes: a child that a failing test forgets
/// must not stay for ever.
void limit_life();
/// Stays until it is killed, for ten minutes at the most.
[[noreturn]] void stay();

/// Starts a process that shares the streams and runs this command; returns its number.
long start_command(const Words& words);

/// The word to go on, which a test gives with `send_go`: SIGUSR1 on POSIX, on Windows the event
/// `progeny-test-go-PID`.
class Go {
 public:
  /// From here on the word is not lost.
  Go();
  /// Waits until the word is given. Words of which none was waited for are one.
  void await();

 private:
  void* event_ = nullptr;
};

}  // namespace progeny::testing
