// The notebook, cell by cell, in C++ and on real processes. What a cell shows as typed is taken
// from this very file.

#include "desk.hpp"
#include "help.hpp"
#include "page.hpp"

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <chrono>
#include <iostream>
#include <vector>

#include <unistd.h>

namespace tour {

extern const std::string_view notebook;

namespace {

namespace os = progeny::os;
namespace sp = progeny::subprocess;
using namespace std::chrono_literals;

void system_cells(Page& page, const Desk& desk) {
  page.include(1, "progeny/os.hpp");

  page.text(
      "A small program plays notepad, and a thread of the tour the person who closes its\n"
      "window after a moment: the call blocks until then.");
  const auto closing = desk.close_notepad_after(300ms);
  page.cell(2);
  page.out(os::system("notepad"));

  page.text("The wait status as the system has it: 256 is exit code 1, as explorer gives.");
  page.cell(3);
  page.out(os::system("explorer /usr"));

  page.text(
      "A document opens in its program. (Here xdg-open is a stand-in, too: no office starts.)");
  const std::string slides = desk.slides();
  page.cell(4);
  os::startfile(slides);
}

void one_popen(Page& page, const Desk& desk) {
  page.include(5, "progeny/subprocess.hpp");

  page.cell(6);
  page.help(help_on_popen());

  page.text("This one returns at once, and notepad is open.");
  page.cell(7);
  sp::Popen p("notepad");

  page.cell(8);
  page.out(p);

  const auto closing = desk.close_notepad_after(300ms);
  page.cell(9);
  page.out(p.wait());
}

void ten_popens(Page& page, const Desk& desk) {
  page.cell(10);
  std::vector<sp::Popen> p;
  p.reserve(10);
  for (int i = 0; i < 10; ++i) {
    p.emplace_back("notepad");
  }

  page.cell(11);
  for (sp::Popen& proc : p) {
    proc.kill();
  }

  page.text("They are dead; but a return code is what wait() or poll() has learned.");
  page.cell(12);
  page.out(p);

  for (sp::Popen& proc : p) {
    proc.wait();
  }
  p.clear();
  p.emplace_back("notepad");
  page.text("Another notepad, now p[0], stays open: ten seconds are not enough.");
  try {
    page.cell(13);
    page.out(p[0].wait(10s));
  } catch (const sp::TimeoutExpired& error) {
    page.raised("TimeoutExpired", error);
  }

  page.text("Now somebody closes it.");
  const auto closing = desk.close_notepad_after(300ms);
  page.cell(14);
  page.out(p[0].wait(10s));
}

void captured_output(Page& page) {
  const std::string desktop = PROGENY_TOUR_DESKTOP;
  page.text("Reading what a program prints.");
  page.cell(15);
  sp::Popen p({"ls", "-l", desktop}, {.std_out = sp::PIPE});

  page.cell(16);
  page.out(p.std_out().readlines());

  p.wait();
}

}  // namespace

}  // namespace tour

int main() {
  try {
    const tour::Desk desk;
    tour::Page page(std::cout, tour::notebook, ::isatty(1) == 1);
    page.title("A Python notebook on starting processes, in C++ and on real ones");
    tour::system_cells(page, desk);
    tour::one_popen(page, desk);
    tour::ten_popens(page, desk);
    tour::captured_output(page);
    page.text("The end. The same and more, a program for each idea: examples/");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "the tour failed: " << error.what() << '\n';
    return 1;
  }
}
