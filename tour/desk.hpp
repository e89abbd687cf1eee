#pragma once

// The programs on the desk, and the person at the screen, who closes their windows.

#include <chrono>
#include <string>
#include <thread>

namespace tour {

/// Has notepad, explorer and a program for documents. On Windows they are those of the system,
/// elsewhere stand-ins in a folder on the PATH.
class Desk {
 public:
  /// Puts the programs first on this process's PATH, where they are stand-ins.
  Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk();

  /// A document on it.
  [[nodiscard]] std::string document() const;

  /// Sentences about what plays the programs here.
  [[nodiscard]] std::string about_notepad() const;
  [[nodiscard]] std::string about_explorer() const;
  [[nodiscard]] std::string about_documents() const;

  /// After a moment, and from another thread, closes the notepad that is open or opens next, as a
  /// click on its cross would.
  [[nodiscard]] std::jthread close_notepad_after(std::chrono::milliseconds moment) const;
  /// The same for the window of explorer.
  [[nodiscard]] std::jthread close_explorer_after(std::chrono::milliseconds moment) const;
  /// Waits for the window in which the document opens, and closes it.
  void close_document() const;

 private:
  std::string folder_;
};

}  // namespace tour
