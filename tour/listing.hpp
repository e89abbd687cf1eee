#pragma once

#include "page.hpp"

namespace tour {

/// The cells that list a folder. Each system has its own command for that.
void listing_cells(Page& page);

}  // namespace tour
