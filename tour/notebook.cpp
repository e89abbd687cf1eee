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
  page.text("Starting programs. (A small program plays notepad; somebody closes its window.)");

  page.cell(1);
  // #include <progeny/os.hpp>

  const auto closing = desk.close_notepad_after(300ms);
  page.cell(2);
  page.out(os::system("notepad"));

  page.text("The wait status as the system has it: 256 is exit code 1, as explorer gives.");
  page.cell(3);
  page.out(os::system("explorer /usr"));

  const std::string slides = desk.slides();
  page.cell(4);
  os::startfile(slides);
}

void one_popen(Page& page, const Desk& desk) {
  page.cell(5);
  // #include <progeny/subprocess.hpp>

  page.cell(6);
  page.help(help_on_popen());

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
  for (int i = 0; i < 10; ++i) {
    p.push_back(sp::Popen("notepad"));
  }

  page.cell(11);
  for (sp::Popen& proc : p) {
    proc.kill();
  }

  page.cell(12);
  page.out(p);

  for (sp::Popen& proc : p) {
    proc.wait();
  }
  p.clear();
  p.emplace_back("notepad");
  page.text("One more notepad, p[0], stays open: ten seconds are not enough.");
  page.cell(13);
  try {
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
    tour::system_cells(page, desk);
    tour::one_popen(page, desk);
    tour::ten_popens(page, desk);
    tour::captured_output(page);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "the tour failed: " << error.what() << '\n';
    return 1;
  }
}
