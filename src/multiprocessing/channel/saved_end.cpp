#include "multiprocessing/channel/saved_end.hpp"

#include "multiprocessing/channel/directions.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/serial.hpp>  // IWYU pragma: keep: defines Writer::write and Reader::read.

#include <cstdint>

namespace progeny::multiprocessing::detail {

void save_end(serial::Writer& writer,
              ChannelForm form,
              native_handle handle,
              const Directions& directions) {
  writer.write(static_cast<std::uint8_t>(form));
  writer.write(writer.add_handle(handle));
  writer.write(directions.readable);
  writer.write(directions.writable);
}

SavedEnd load_end(serial::Reader& reader) {
  SavedEnd end;
  end.form = static_cast<ChannelForm>(reader.read<std::uint8_t>());
  if (end.form > ChannelForm::shared) {
    reader.fail("a connection of an unknown form");
  }
  end.handle = reader.take_handle(reader.read<std::uint32_t>());
  end.directions.readable = reader.read<bool>();
  end.directions.writable = reader.read<bool>();
  if (!end.handle || (!end.directions.readable && !end.directions.writable)) {
    reader.fail("a connection that goes in no direction");
  }
  return end;
}

}  // namespace progeny::multiprocessing::detail
