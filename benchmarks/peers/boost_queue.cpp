// Boost.Interprocess: its message_queue.

#include "peers/crowd.hpp"
#include "peers/posted.hpp"

#include <boost/interprocess/ipc/message_queue.hpp>

#include <string>

namespace bench {

namespace {

namespace ipc = boost::interprocess;

class Boost {
 public:
  explicit Boost(const Post& post)
      : message_(post.bytes, 'x'),
        name_("progeny-bench-" + std::to_string(getpid()) + "-" + std::to_string(++number)),
        queue_(ipc::create_only, name_.c_str(), 64, post.bytes) {
    ipc::message_queue::remove(name_.c_str());
  }
  void put_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      queue_.send(message_.data(), message_.size(), 0);
    }
  }
  void get_batch(std::size_t count) {
    ipc::message_queue::size_type size = 0;
    unsigned priority = 0;
    for (std::size_t i = 0; i < count; ++i) {
      queue_.receive(message_.data(), message_.size(), size, priority);
    }
  }

 private:
  static inline int number = 0;
  std::string message_;
  std::string name_;
  ipc::message_queue queue_;
};

const Announce announce{
    {.name = "boost_message_queue", .post = post_with<Boost>, .crowd = crowd_with<Boost>}};

}  // namespace

}  // namespace bench
