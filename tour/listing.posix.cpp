#include "listing.hpp"

#include <progeny/subprocess.hpp>

#include <string>

namespace tour {

namespace sp = progeny::subprocess;

void listing_cells(Page& page) {
  const std::string desktop = PROGENY_TOUR_DESKTOP;
  page.text("Reading what a program prints.");
  page.cell(15);
  sp::Popen p({"ls", "-l", desktop}, {.std_out = sp::PIPE});

  page.cell(16);
  page.out(p.std_out().readlines());

  p.wait();
}

}  // namespace tour
