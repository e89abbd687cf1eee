#pragma once

// What every channel hands over first when it travels to another process. Packed and unpacked here
// alone, so that the order of the parts is known in one place.

#include "multiprocessing/channel/directions.hpp"

#include <progeny/base/handle.hpp>

#include <cstdint>

namespace progeny::serial {

class Reader;
class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

/// What the receiver makes. A new transport gets a number of its own.
enum class ChannelForm : std::uint8_t {
  wire,    ///< A channel over the handle: `make_channel`.
  shared,  ///< A SharedChannel, whose other parts follow.
};

/// The end as it arrived.
struct SavedEnd {
  ChannelForm form = ChannelForm::wire;
  Handle handle;
  Directions directions;
};

/// Writes an end. `handle` stays the caller's.
void save_end(serial::Writer& writer,
              ChannelForm form,
              native_handle handle,
              const Directions& directions);

/// Reads it. Throws DecodeError if the form is
/// unknown, or if there is no handle or no direction.
[[nodiscard]] SavedEnd load_end(serial::Reader& reader);

}  // namespace progeny::multiprocessing::detail
