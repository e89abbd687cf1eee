#include "peers/progeny_processes.hpp"

#include <progeny/multiprocessing.hpp>

#include <map>
#include <memory>
#include <tuple>
#include <utility>

namespace bench {

namespace {

namespace mp = progeny::multiprocessing;

// Answers each batch until it is ended.
void answer(mp::Connection& in, mp::Connection& out, std::size_t batch, std::size_t bytes) {
  const std::string reply(bytes, 'x');
  for (;;) {
    for (std::size_t i = 0; i < batch; ++i) {
      static_cast<void>(in.recv_bytes());
    }
    out.send_bytes(reply);
  }
}

void answer_on_one(mp::Connection& both, std::size_t batch, std::size_t bytes) {
  answer(both, both, batch, bytes);
}

/// The other process, and this one's ends of what leads there.
class Partner {
 public:
  explicit Partner(const Talk& talk) : batch_(talk.batch), message_(talk.bytes, 'x') {
    const std::size_t reply = talk.batch == 1 ? talk.bytes : 1;
    const auto context = mp::get_context("fork");
    if (talk.duplex) {
      auto [ours, theirs] = mp::Pipe();
      to_ = std::make_shared<mp::Connection>(std::move(ours));
      from_ = to_;
      process_ =
          context.Process({.daemon = true}, answer_on_one, std::move(theirs), talk.batch, reply);
    } else {
      auto [in, to] = mp::Pipe(false);
      auto [from, out] = mp::Pipe(false);
      to_ = std::make_shared<mp::Connection>(std::move(to));
      from_ = std::make_shared<mp::Connection>(std::move(from));
      process_ = context.Process(
          {.daemon = true}, answer, std::move(in), std::move(out), talk.batch, reply);
    }
    process_.start();
  }

  void talk() {
    for (std::size_t i = 0; i < batch_; ++i) {
      to_->send_bytes(message_);
    }
    static_cast<void>(from_->recv_bytes());
  }

 private:
  std::size_t batch_;
  std::string message_;
  std::shared_ptr<mp::Connection> to_;
  std::shared_ptr<mp::Connection> from_;
  mp::Process process_;
};

void nothing() {}

}  // namespace

void run_process(const std::string& method) {
  auto process = mp::get_context(method).Process(nothing);
  process.start();
  process.join();
  require_success(process.exitcode().value_or(-1));
}

void talk_over_pipe(const Talk& talk) {
  static std::map<std::tuple<bool, std::size_t, std::size_t>, std::unique_ptr<Partner>> partners;
  auto& partner = partners[{talk.duplex, talk.batch, talk.bytes}];
  if (!partner) {
    partner = std::make_unique<Partner>(talk);
  }
  partner->talk();
}

}  // namespace bench
