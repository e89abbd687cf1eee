#include "subprocess/streams/communication.hpp"

#include <progeny/base/errors.hpp>

#include <array>
#include <optional>
#include <utility>

namespace progeny::subprocess::detail {

namespace {

std::optional<std::string> unless_silent(const std::unique_ptr<Capture>& capture) {
  auto text = capture ? capture->so_far() : std::nullopt;
  return text && text->empty() ? std::nullopt : std::move(text);
}

platform::Drain drain_of(StreamCore* core, Capture* capture) {
  return {.pipe = core != nullptr ? &core->pipe() : nullptr,
          .sink = capture,
          .may_grow = core != nullptr && !core->format().fixed_capacity};
}

}  // namespace

Communication::Communication(Streams streams,
                             std::string_view input,
                             const OutputCallback& on_std_out,
                             const OutputCallback& on_std_err)
    : streams_(std::move(streams)) {
  if (streams_.std_in != nullptr) {
    prepare_input(*streams_.std_in, input);
  }
  out_ = capture_of(streams_.std_out.get(), on_std_out);
  err_ = capture_of(streams_.std_err.get(), on_std_err);
}

// Binary input is sent from the caller's memory, because copying a gigabyte is expensive.
void Communication::prepare_input(StreamCore& core, std::string_view input) {
  feed_.pipe = &core.pipe();
  feed_.is_terminal = core.format().is_terminal;
  feed_.may_grow = !core.format().fixed_capacity;
  std::string encoded;
  Encoder* const encoder = core.encoder();
  const bool as_it_is = encoder == nullptr || encoder->is_passthrough(input);
  if (!as_it_is) {
    encoder->encode_whole(input, encoded);
  }
  owned_input_ = core.take(core.buffered().size());
  if (as_it_is && owned_input_.empty()) {
    feed_.bytes = input;
  } else {
    owned_input_.append(as_it_is ? input : std::string_view(encoded));
    feed_.bytes = owned_input_;
  }
}

std::unique_ptr<Capture> Communication::capture_of(StreamCore* core,
                                                   const OutputCallback& callback) {
  if (core == nullptr) {
    return nullptr;
  }
  return make_capture(core->take(core->buffered().size()), core->decoder(), callback);
}

platform::TransferEnd Communication::run(const progeny::detail::Deadline& deadline,
                                         const platform::Event* cancel) {
  std::array drains{drain_of(streams_.std_out.get(), out_.get()),
                    drain_of(streams_.std_err.get(), err_.get())};
  const platform::TransferEnd end = platform::transfer(feed_, drains, deadline, cancel);
  if (feed_.error) {
    throw OSError(std::exchange(feed_.error, {}), "write");
  }
  return end;
}

void Communication::keep_input() {
  if (feed_.bytes.data() != owned_input_.data()) {
    owned_input_ = std::string(feed_.bytes);
    feed_.bytes = owned_input_;
  }
}

void Communication::finish() {
  if (!is_finished_) {
    is_finished_ = true;
    for (Capture* capture : {out_.get(), err_.get()}) {
      try {
        if (capture != nullptr) {
          capture->finish();
        }
      } catch (...) {
        error_ = error_ ? error_ : std::current_exception();
      }
    }
  }
  if (error_) {
    std::rethrow_exception(error_);
  }
}

Output Communication::so_far() const {
  return {.std_out = unless_silent(out_), .std_err = unless_silent(err_)};
}

Output Communication::output() const {
  return {.std_out = out_ ? out_->so_far() : std::nullopt,
          .std_err = err_ ? err_->so_far() : std::nullopt};
}

Output Communication::take_output() {
  return {.std_out = out_ ? out_->take() : std::nullopt,
          .std_err = err_ ? err_->take() : std::nullopt};
}

}  // namespace progeny::subprocess::detail
