#include "desk.hpp"

#include <progeny/os.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

namespace tour {

namespace fs = std::filesystem;

namespace {

void write_program(const fs::path& path, const std::string& script) {
  std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
  fs::permissions(path, fs::perms::owner_all);
}

std::string new_folder() {
  std::string name =
      (fs::temp_directory_path() / "progeny_tour_XXXXXX").string();  // For mkdtemp(3).
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  }
  return name;
}

// An open window keeps a file named by its pid. A killed one leaves the file behind, and another
// process may have the pid by now.
std::optional<pid_t> open_notepad(const fs::path& folder) {
  for (const auto& note : fs::directory_iterator(folder / "windows")) {
    const std::string pid = note.path().filename().string();
    std::error_code error;
    if (fs::read_symlink("/proc/" + pid + "/exe", error).filename() == "notepad.exe") {
      return static_cast<pid_t>(std::stoi(pid));
    }
  }
  return std::nullopt;
}

}  // namespace

Desk::Desk() : folder_(new_folder()) {
  fs::create_directory(folder_ + "/windows");
  std::ofstream(document()) << "a document\n";
  write_program(folder_ + "/explorer.exe", "exit 1");
  write_program(folder_ + "/xdg-open", "exit 0");
  const std::string path = folder_ + ":" PROGENY_TOUR_DESKTOP ":" +
                           progeny::os::environment().get("PATH").value_or("/usr/bin:/bin");
  // No other thread runs yet.
  ::setenv("PATH", path.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): see above.
  const std::string windows = folder_ + "/windows";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): see above.
  ::setenv("PROGENY_TOUR_WINDOWS", windows.c_str(), 1);
}

std::string Desk::about_notepad() const {
  return "A small program plays notepad. A thread of the tour closes its window after a moment;\n"
         "the call blocks until then.";
}

std::string Desk::about_explorer() const {
  return "The wait status of the system: 256 stands for exit code 1, which explorer returns.";
}

std::string Desk::about_documents() const {
  return "A document opens in its program. (Here xdg-open is a stand-in, and no office starts.)";
}

std::string Desk::document() const {
  return folder_ + "/slides.pptx";
}

Desk::~Desk() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::jthread Desk::close_notepad_after(std::chrono::milliseconds moment) const {
  return std::jthread([this, moment](const std::stop_token& stop) {
    std::this_thread::sleep_for(moment);
    while (!stop.stop_requested()) {
      if (const auto pid = open_notepad(folder_)) {
        ::kill(*pid, SIGTERM);
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
}

// The stand-ins have no windows.
std::jthread Desk::close_explorer_after(std::chrono::milliseconds /*moment*/) const {
  return {};
}

void Desk::close_document() const {}

}  // namespace tour
