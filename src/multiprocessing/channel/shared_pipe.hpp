#pragma once

// The memory of a shared pipe, and the parts of one of its ends.
//
//     offset   what                         written by
//     0        EndUsers                     each end its half
//     1024     State of the ring to end 0   senders: end 1; receivers: end 0
//              State of the ring to end 1   senders: end 0; receivers: end 1
//     4096     bytes of the ring to end 0   end 1
//     + 1 MiB  bytes of the ring to end 1   end 0; not there in a pipe of one direction

#include "multiprocessing/channel/other_end.hpp"
#include "multiprocessing/channel/shared_ring.hpp"
#include "multiprocessing/memory/region.hpp"
#include "multiprocessing/memory/roster.hpp"
#include "platform/io/event.hpp"

#include <progeny/base/handle.hpp>

#include <memory>
#include <utility>

namespace progeny::serial {

class Reader;
class Writer;

}  // namespace progeny::serial

namespace progeny::multiprocessing::detail {

/// One end as a process has it, without its socket.
struct SharedPipeEnd {
  std::shared_ptr<Region> region;
  std::shared_ptr<Roster> roster;
  unsigned number = 0;       ///< 0 or 1.
  platform::Event incoming;  ///< For the bell of what this end receives.
  platform::Event outgoing;  ///< For the bell of what this end sends.

  /// Both ends of a new pipe. Without `duplex` there is no ring to end 1. Throws OSError.
  [[nodiscard]] static std::pair<SharedPipeEnd, SharedPipeEnd> make_pair(bool duplex);

  /// The ring that this end receives from, and the one that it sends to. Their memory may not be
  /// there for a direction that the pipe does not have.
  [[nodiscard]] SharedRing in() const noexcept { return ring_to(number); }
  [[nodiscard]] SharedRing out() const noexcept { return ring_to(1 - number); }
  [[nodiscard]] EndUsers& users() const noexcept { return region->at<EndUsers>(0); }

 private:
  [[nodiscard]] SharedRing ring_to(unsigned end) const noexcept;
};

/// Writes an end into a message to another process. The events lie in bells by then, so their
/// handles are given apart.
void save_pipe_end(serial::Writer& writer,
                   const SharedPipeEnd& end,
                   native_handle incoming,
                   native_handle outgoing);

/// Reads it. Throws DecodeError if it is no end, or if its memory is too small.
[[nodiscard]] SharedPipeEnd load_pipe_end(serial::Reader& reader, bool duplex);

}  // namespace progeny::multiprocessing::detail
