#include "processes.hpp"

namespace tour {

void processes_cells(Page& page) {
  page.text("multiprocessing is not on Windows yet.");
}

void queue_cells(Page& /*page*/) {}

void sharing_cells(Page& /*page*/) {}

void pool_cells(Page& /*page*/) {}

}  // namespace tour
