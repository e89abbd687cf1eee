// ZeroMQ: a PUSH and a PULL socket over ipc.

#include "peers/posted.hpp"

#include <stdexcept>
#include <string>

#include <unistd.h>
#include <zmq.h>

namespace bench {

namespace {

class ZeroMq {
 public:
  explicit ZeroMq(const Post& post)
      : message_(post.bytes, 'x'),
        address_("ipc://@progeny-bench-" + std::to_string(getpid()) + "-" +
                 std::to_string(++number)) {}

  void put_batch(std::size_t count) {
    void* const socket = socket_of(ZMQ_PUSH);
    for (std::size_t i = 0; i < count; ++i) {
      require(zmq_send(socket, message_.data(), message_.size(), 0) != -1);
    }
  }
  void get_batch(std::size_t count) {
    void* const socket = socket_of(ZMQ_PULL);
    for (std::size_t i = 0; i < count; ++i) {
      require(zmq_recv(socket, message_.data(), message_.size(), 0) != -1);
    }
  }

 private:
  static void require(bool success) {
    if (!success) {
      throw std::runtime_error(zmq_strerror(zmq_errno()));
    }
  }
  // Made by each process for itself: it has threads, which no fork would have.
  void* socket_of(int type) {
    if (socket_ == nullptr) {
      socket_ = zmq_socket(zmq_ctx_new(), type);
      require(socket_ != nullptr);
      require((type == ZMQ_PUSH ? zmq_bind(socket_, address_.c_str())
                                : zmq_connect(socket_, address_.c_str())) == 0);
    }
    return socket_;
  }

  static inline int number = 0;
  std::string message_;
  std::string address_;
  void* socket_ = nullptr;
};

const Announce announce{{.name = "zeromq", .post = post_with<ZeroMq>}};

}  // namespace

}  // namespace bench
