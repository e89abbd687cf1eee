// progeny's shared pipe.

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

const Announce announce{{.name = "progeny_shared_pipe",
                         .post = post_with<SharedPipe>,
                         .disturb = disturb_with<SharedPipe>}};

}  // namespace

}  // namespace bench
