#pragma once

// The person in front of the screen, who closes windows, and the programs on the desk.

#include <chrono>
#include <string>
#include <thread>

namespace tour {

/// Has notepad, explorer and a program for documents. On Windows they are the system's, elsewhere
/// stand-ins in a folder on the PATH.
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

  /// Closes the next notepad that opens (or is open) as a click on its cross would, from another
  /// thread and after a moment.
  [[nodiscard]] std::jthread close_notepad_after(std::chrono::milliseconds moment) const;
  /// The same for the window of explorer.
  [[nodiscard]] std::jthread close_explorer_after(std::chrono::milliseconds moment) const;
  /// Waits for the window in which the document opens, and closes it.
  void close_document() const;

 private:
  std::string folder_;
};

}  // namespace tour
