#pragma once

#include "page.hpp"

namespace tour {

/// The cells about multiprocessing.
void processes_cells(Page& page);

}  // namespace tour
