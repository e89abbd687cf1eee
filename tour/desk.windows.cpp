#include "desk.hpp"

#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <windows.h>

namespace tour {

namespace fs = std::filesystem;

namespace {

using Classes = std::vector<std::wstring_view>;

struct Search {
  const Classes& classes;
  bool found = false;
};

// A click on the cross of the first window of one of the classes.
BOOL CALLBACK close_if_wanted(HWND window, LPARAM parameter) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): EnumWindows passes it on so.
  Search& search = *reinterpret_cast<Search*>(parameter);
  wchar_t name[64] = L"";
  const int size = ::GetClassNameW(window, name, 64);
  for (const std::wstring_view wanted : search.classes) {
    if (::IsWindowVisible(window) != FALSE &&
        wanted == std::wstring_view(name, static_cast<std::size_t>(size))) {
      search.found = true;
      ::PostMessageW(window, WM_CLOSE, 0, 0);
      return FALSE;
    }
  }
  return TRUE;
}

bool close_window(const Classes& classes) {
  Search search{.classes = classes};
  ::EnumWindows(&close_if_wanted, reinterpret_cast<LPARAM>(&search));
  return search.found;
}

// A window that is not ready yet may miss the message. So it is repeated until the thread is asked
// to stop.
std::jthread close_after(std::chrono::milliseconds moment, Classes classes) {
  return std::jthread([moment, classes = std::move(classes)](const std::stop_token& stop) {
    for (auto pause = moment; !stop.stop_requested(); pause = std::chrono::milliseconds(100)) {
      std::this_thread::sleep_for(pause);
      close_window(classes);
    }
  });
}

}  // namespace

Desk::Desk()
    : folder_(
          (fs::temp_directory_path() / ("progeny_tour_" + std::to_string(::GetCurrentProcessId())))
              .string()) {
  fs::create_directory(folder_);
  std::ofstream(document()) << "a document\n";
}

Desk::~Desk() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string Desk::document() const {
  return folder_ + "\\notes.txt";
}

std::string Desk::about_notepad() const {
  return "A thread of the tour closes notepad's window after a moment; the call blocks until then.";
}

std::string Desk::about_explorer() const {
  return "The exit code, which explorer chooses.";
}

std::string Desk::about_documents() const {
  return "A document opens in its program, as by a double click.";
}

std::jthread Desk::close_notepad_after(std::chrono::milliseconds moment) const {
  return close_after(moment, {L"Notepad"});
}

std::jthread Desk::close_explorer_after(std::chrono::milliseconds moment) const {
  return close_after(moment, {L"CabinetWClass", L"ExplorerWClass"});
}

void Desk::close_document() const {
  constexpr auto longest = std::chrono::seconds(20);
  const auto end = std::chrono::steady_clock::now() + longest;
  bool seen = false;
  while (std::chrono::steady_clock::now() < end) {
    const bool open = close_window({L"Notepad"});
    if (seen && !open) {
      return;
    }
    seen = seen || open;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace tour
