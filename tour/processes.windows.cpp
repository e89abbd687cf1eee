#include "processes.hpp"

namespace tour {

void processes_cells(Page& page) {
  page.text("multiprocessing is not on Windows yet.");
}

}  // namespace tour
