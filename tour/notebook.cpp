// The notebook, cell by cell, in C++ and on real processes. The text that a cell shows is taken
// from this very file.

#include "desk.hpp"
#include "help.hpp"
#include "listing.hpp"
#include "page.hpp"
#include "processes.hpp"

#include <progeny/os.hpp>
#include <progeny/subprocess.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace tour {

extern const std::string_view notebook;
extern const std::string_view listing;
extern const std::string_view processes;

namespace {

namespace os = progeny::os;
namespace sp = progeny::subprocess;
using namespace std::chrono_literals;

void system_cells(Page& page, const Desk& desk) {
  page.include(1, "progeny/os.hpp");

  page.text(desk.about_notepad());
  auto closing = desk.close_notepad_after(300ms);
  page.cell(2);
  page.out(os::system("notepad.exe"));

  page.text(desk.about_explorer());
  closing = desk.close_explorer_after(300ms);
  // NOLINTBEGIN(modernize-raw-string-literal): as it stands in the notebook.
  page.cell(3);
  page.out(os::system("explorer.exe c:\\windows"));

  // NOLINTEND(modernize-raw-string-literal)

  page.text(desk.about_documents());
  const std::string slides = desk.document();
  page.cell(4);
  os::startfile(slides);

  desk.close_document();
}

void one_popen(Page& page, const Desk& desk) {
  page.include(5, "progeny/subprocess.hpp");

  page.cell(6);
  page.help(help_on_popen());

  page.text("This one returns at once, and notepad is open.");
  page.cell(7);
  sp::Popen p("notepad.exe");

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
    p.emplace_back("notepad.exe");
  }

  page.cell(11);
  for (sp::Popen& proc : p) {
    proc.kill();
  }

  page.text("All ten are dead. Their return codes are unknown until wait() or poll() asks.");
  page.cell(12);
  page.out(p);

  for (sp::Popen& proc : p) {
    proc.wait();
  }
  p.clear();
  p.emplace_back("notepad.exe");
  page.text("Another notepad, now p[0], stays open: ten seconds are not enough.");
  try {
    page.cell(13);
    page.out(p[0].wait(10s));
  } catch (const sp::TimeoutExpired& error) {
    page.raised("TimeoutExpired", error);
  }

  page.text("Now a person closes its window.");
  const auto closing = desk.close_notepad_after(300ms);
  page.cell(14);
  page.out(p[0].wait(10s));
}

}  // namespace

}  // namespace tour

int main() {
  try {
    const tour::Desk desk;
    const std::string source =
        std::string(tour::notebook).append(tour::listing).append(tour::processes);
    tour::Page page(std::cout, source, ::isatty(1) == 1);
    page.title("A Python notebook on starting processes, in C++ and on real ones");
    tour::system_cells(page, desk);
    tour::one_popen(page, desk);
    tour::ten_popens(page, desk);
    tour::listing_cells(page);
    tour::processes_cells(page);
    tour::queue_cells(page);
    tour::sharing_cells(page);
    tour::pool_cells(page);
    page.text("The end. The same and more, a program for each idea: examples/");
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "the tour failed: " << error.what() << '\n';
    return 1;
  }
}
