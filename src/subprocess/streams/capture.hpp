#pragma once

// Where `communicate` puts what it reads: a string of bytes, a string of text, or a callback.

#include "platform/process/transfer.hpp"
#include "subprocess/text/text.hpp"

#include <progeny/subprocess/options.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace progeny::subprocess::detail {

/// Collects one stream of a child.
class Capture : public platform::Sink {
 public:
  /// To be called once at end of file; throws what decoding ran into.
  virtual void finish() = 0;
  /// What there is so far; nothing for a callback.
  [[nodiscard]] virtual std::optional<std::string> so_far() const = 0;
  /// All there was, handed over; nothing for a callback.
  [[nodiscard]] virtual std::optional<std::string> take() = 0;
};

/// A capture for these wishes. `head` is what a stream had read ahead before (decoded, in text
/// mode). `decoder` is the stream's, which may hold half a character; null in binary mode. It must
/// outlive the capture.
[[nodiscard]] std::unique_ptr<Capture> make_capture(std::string head,
                                                    Decoder* decoder,
                                                    const OutputCallback& callback);

}  // namespace progeny::subprocess::detail
