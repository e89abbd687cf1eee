#include "multiprocessing/channel/make_channel.hpp"

#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/directions.hpp"
#include "multiprocessing/channel/packet_channel.hpp"
#include "multiprocessing/channel/saved_end.hpp"
#include "multiprocessing/channel/shared_channel.hpp"
#include "multiprocessing/channel/stream_channel.hpp"
#include "platform/ipc/transport.hpp"

#include <progeny/base/handle.hpp>

#include <memory>
#include <utility>

namespace progeny::multiprocessing::detail {

std::unique_ptr<Channel> make_channel(Handle handle, const Directions& directions) {
  const platform::TransportKind kind = platform::transport_kind(handle.get());
  if (kind == platform::TransportKind::packet_socket) {
    return std::make_unique<PacketChannel>(std::move(handle), directions);
  }
  return std::make_unique<StreamChannel>(std::move(handle), kind, directions);
}

std::unique_ptr<Channel> load_channel(serial::Reader& reader) {
  SavedEnd end = load_end(reader);
  switch (end.form) {
    case ChannelForm::wire:
      break;
    case ChannelForm::shared:
      return SharedChannel::load(reader, std::move(end.handle), end.directions);
  }
  return make_channel(std::move(end.handle), end.directions);
}

}  // namespace progeny::multiprocessing::detail
