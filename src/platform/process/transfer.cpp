#include "platform/process/transfer.hpp"

#include "platform/host/terminal.hpp"

namespace progeny::platform {

void end_feed(Feed& feed) noexcept {
  if (feed.is_terminal && feed.ending.empty()) {
    feed.ending = end_of_typing(feed.pipe->get());
    feed.bytes = feed.ending;
  }
  if (feed.bytes.empty()) {
    feed.pipe->reset();
  }
}

}  // namespace progeny::platform
