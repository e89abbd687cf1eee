#pragma once

#include "page.hpp"

namespace tour {

/// The cells about multiprocessing.
void processes_cells(Page& page);

/// The cells about queues.
void queue_cells(Page& page);

/// Past the notebook: values, arrays and locks that processes share.
void sharing_cells(Page& page);

/// Past the notebook: a pool, and the death of one of its workers.
void pool_cells(Page& page);

}  // namespace tour
