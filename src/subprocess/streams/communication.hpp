#pragma once

// One run of communicate(): the input that is still to be sent, and the output that has come.

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

/// One exchange with a child. It may take several calls, because of time-outs. A null core stands
/// for a stream that is no pipe.
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

  /// Goes on until everything is sent and read, the deadline passes, or a stop is requested.
  platform::TransferEnd run(const progeny::detail::Deadline& deadline,
                            const platform::Event* cancel);

  /// Copies what is left of the input, for a later call.
  void keep_input();

  /// To be called when everything is read. Decodes the rest. Throws the first decoding error, at
  /// each call.
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
