#pragma once

// How a stack gets from the unwinder into a StackTrace, and from there to another process.

#include "platform/program/stack_trace.hpp"
#include "serial/record.hpp"

#include <progeny/serial/stack_trace.hpp>

namespace progeny::serial::detail {

/// The stack in words that another process understands.
[[nodiscard]] StackTrace portable(const platform::RawStack& raw);

void write_stack(RecordWriter& out, const StackTrace& stack);
/// - Throws: ValueError if `write_stack` did not write the bytes.
[[nodiscard]] StackTrace read_stack(RecordReader& in);

}  // namespace progeny::serial::detail
