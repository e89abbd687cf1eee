#include "listing.hpp"

#include <progeny/subprocess.hpp>

namespace tour {

namespace sp = progeny::subprocess;

void listing_cells(Page& page) {
  page.text("Reading what a program prints: bytes, with the line ends of Windows.");
  page.cell(15);
  sp::Popen p("cmd /c dir", {.std_out = sp::PIPE});

  page.cell(16);
  page.out(p.std_out().readlines());

  p.wait();
}

}  // namespace tour
