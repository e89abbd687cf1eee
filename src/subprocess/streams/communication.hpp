#pragma once

// The exchange of communicate(): what is still to be sent, and what has come.

#include "base/deadline.hpp"
#include "platform/process/transfer.hpp"
#include "subprocess/streams/capture.hpp"
#include "subprocess/streams/stream_core.hpp"

#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/popen.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>

namespace progeny::subprocess::detail {

/// One exchange with a child, which may take several calls (time-outs). A core that is null is a
/// stream that is no pipe.
class Communication {
 public:
  struct Streams {
    std::shared_ptr<StreamCore> std_in;
    std::shared_ptr<StreamCore> std_out;
    std::shared_ptr<StreamCore> std_err;
  };

  /// Takes over what the streams have buffered, and `input`, which must stay valid until `run`
  /// returns or `keep_input` was called.
  Communication(Streams streams,
                std::string_view input,
                const OutputCallback& on_std_out,
                const OutputCallback& on_std_err);

  /// Goes on until all is sent and read, or time or patience ends.
  platform::TransferEnd run(const progeny::detail::Deadline& deadline,
                            const platform::Event* cancel);

  /// Copies what is left of the input, for a later call.
  void keep_input();

  /// When all is read: decodes the rest. Throws what decoding ran into, each time.
  void finish();

  /// Whether `finish` has been called.
  [[nodiscard]] bool is_finished() const noexcept { return is_finished_; }

  /// What has been captured so far. A stream that has given nothing is nothing.
  [[nodiscard]] Output so_far() const;
  /// All that was captured, copied.
  [[nodiscard]] Output output() const;
  /// All that was captured, handed over.
  [[nodiscard]] Output take_output();

 private:
  void prepare_input(StreamCore& core, std::string_view input);
  [[nodiscard]] static std::unique_ptr<Capture> capture_of(StreamCore* core,
                                                           const OutputCallback& callback);

  Streams streams_;
  std::string owned_input_;
  platform::Feed feed_;
  std::unique_ptr<Capture> out_;  // Null: no pipe.
  std::unique_ptr<Capture> err_;
  bool is_finished_ = false;
  std::exception_ptr error_;  // What decoding ran into.
};

}  // namespace progeny::subprocess::detail
