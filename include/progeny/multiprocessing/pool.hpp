#pragma once

// Pools of workers: Python's `multiprocessing.pool`.

// IWYU pragma: begin_exports
#include <progeny/multiprocessing/pool/async_result.hpp>
#include <progeny/multiprocessing/pool/errors.hpp>
#include <progeny/multiprocessing/pool/imap.hpp>
#include <progeny/multiprocessing/pool/options.hpp>
#include <progeny/multiprocessing/pool/pool.hpp>
// IWYU pragma: end_exports
