#pragma once

// A page of a notebook: the cells that were typed, and what each showed.

#include <progeny/subprocess.hpp>

#include <cstdint>
#include <exception>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tour {

/// Prints the cells of the program that calls it. The text of a cell comes from the source.
///
/// A cell begins after `page.cell(n);` and ends at the next empty line or the end of the block. In
/// it `page.out(x);` is shown as `x`, because in a notebook the last value is the result of the
/// cell.
class Page {
 public:
  Page(std::ostream& out, std::string_view source, bool coloured);

  /// Prints a line that stands out.
  void title(std::string_view sentence);
  /// Prints a sentence about what happens next.
  void text(std::string_view sentence);
  /// Prints the lines of cell `number` as they were compiled.
  void cell(int number);
  /// Prints, as cell `number`, the line of the source that includes `header`.
  void include(int number, std::string_view header);

  /// Prints a value as the result of the current cell.
  void out(std::int64_t value) { result(std::to_string(value)); }
  void out(int value) { result(std::to_string(value)); }
  void out(const progeny::subprocess::Popen& popen) { result(popen.repr()); }
  void out(const std::vector<progeny::subprocess::Popen>& popens);
  void out(const std::vector<std::string>& lines);
  void out(const std::vector<int>& numbers);
  /// Anything else that can be printed.
  template <class T>
  void out(const T& value) {
    std::ostringstream text;
    text << value;
    result(text.str());
  }
  /// Prints a text under the current cell, as `help` does.
  void help(std::string_view text);
  /// Prints how an exception ended the current cell: the last line of Python's traceback.
  void raised(std::string_view type, const std::exception& error);

 private:
  void result(std::string_view text);
  [[nodiscard]] std::string text_of_label(std::string_view name) const;
  void coloured(std::string_view text, int colour);
  void label(std::string_view name, int colour);

  std::ostream& out_;
  std::string_view source_;
  bool coloured_;
  int number_ = 0;
};

}  // namespace tour
