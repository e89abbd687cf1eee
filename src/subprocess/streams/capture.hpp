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
  /// To be called once, at end of file. Throws the first decoding error.
  virtual void finish() = 0;
  /// The output so far. Empty for a callback.
  [[nodiscard]] virtual std::optional<std::string> so_far() const = 0;
  /// Gives away all output. Empty for a callback.
  [[nodiscard]] virtual std::optional<std::string> take() = 0;
};

/// Makes a capture. `head` holds bytes that a stream had read ahead (decoded, in text mode).
/// `decoder` is that of the stream, which may hold half a character; it is null in binary mode and
/// must outlive the capture.
[[nodiscard]] std::unique_ptr<Capture> make_capture(std::string head,
                                                    Decoder* decoder,
                                                    const OutputCallback& callback);

}  // namespace progeny::subprocess::detail
