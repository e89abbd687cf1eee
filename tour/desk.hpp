#pragma once

// The person in front of the screen, who closes windows, and the programs on the desk.

#include <chrono>
#include <string>
#include <thread>

namespace tour {

/// A folder on the PATH with programs that stand in for notepad, explorer and xdg-open.
class Desk {
 public:
  /// Puts the programs first on this process's PATH.
  Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk();

  /// A document on it.
  [[nodiscard]] std::string slides() const { return folder_ + "/slides.pptx"; }

  /// Closes the next notepad that opens (or is open) as a click on its cross would, from another
  /// thread and after a moment.
  [[nodiscard]] std::jthread close_notepad_after(std::chrono::milliseconds moment) const;

 private:
  std::string folder_;
};

}  // namespace tour
