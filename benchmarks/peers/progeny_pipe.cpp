// progeny's shared pipe, with bytes and with values.

#include "peers/disturbance.hpp"
#include "peers/posted.hpp"

#include <progeny/multiprocessing/connection.hpp>

#include <string>
#include <utility>

namespace bench {

namespace {

namespace mp = progeny::multiprocessing;

class SharedPipe {
 public:
  explicit SharedPipe(const Post& post) : message_(post.bytes, 'x') {}

  void put_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ends_.second.send_bytes(message_);
    }
  }
  void get_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ends_.first.recv_bytes_into(message_);
    }
  }

 private:
  std::string message_;
  std::pair<mp::Connection, mp::Connection> ends_ = mp::Pipe({.duplex = false, .shared = true});
};

// A string is encoded on the way.
class PipeOfValues {
 public:
  explicit PipeOfValues(const Post& post) : value_(post.bytes, 'x') {}

  void put_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ends_.second.send(value_);
    }
  }
  void get_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      ends_.first.recv_into(value_);
    }
  }

 private:
  std::string value_;
  std::pair<mp::Connection, mp::Connection> ends_ = mp::Pipe({.duplex = false, .shared = true});
};

const Announce announce_values{{.name = "progeny_pipe_values", .post = post_with<PipeOfValues>}};
const Announce announce{{.name = "progeny_shared_pipe",
                         .post = post_with<SharedPipe>,
                         .disturb = disturb_with<SharedPipe>}};

}  // namespace

}  // namespace bench
