#pragma once

#include "page.hpp"

namespace tour {

/// The cells that read the listing of a folder, which each system has a command of its own for.
void listing_cells(Page& page);

}  // namespace tour
