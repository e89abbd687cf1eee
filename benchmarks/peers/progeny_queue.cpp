// progeny's Queue: of arrays for messages of fixed size, of strings for large ones.

#include "peers/crowd.hpp"
#include "peers/disturbance.hpp"
#include "peers/posted.hpp"
#include "peers/progeny_processes.hpp"

#include <progeny/multiprocessing/queues.hpp>

#include <array>
#include <string>
#include <vector>

namespace bench {

namespace {

namespace mp = progeny::multiprocessing;

template <std::size_t Size>
class Fixed {
 public:
  explicit Fixed(const Post& post)
      : many_(post.many), messages_(post.many ? post.batch : 0, message_) {}

  void put_batch(std::size_t count) {
    if (many_) {
      queue_.put_many(messages_);
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      queue_.put(message_);
    }
  }
  void get_batch(std::size_t count) {
    for (std::size_t got = 0; got < count;) {
      if (many_) {
        got += queue_.get_many(count - got).size();
      } else {
        message_ = queue_.get();
        ++got;
      }
    }
  }

 private:
  using Message = std::array<char, Size>;

  bool many_;
  Message message_{};
  std::vector<Message> messages_;
  mp::Queue<Message> queue_;
};

class Large {
 public:
  explicit Large(const Post& post) : message_(post.bytes, 'x') {}

  void put_batch(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      queue_.put(message_);
    }
  }
  void get_batch(std::size_t count) {
    for (std::size_t got = 0; got < count; ++got) {
      static_cast<void>(queue_.get_view());
    }
  }

 private:
  std::string message_;
  mp::Queue<std::string> queue_;
};

}  // namespace

void post_by_queue(const Post& post) {
  switch (post.bytes) {
    case 64:
      return post_with<Fixed<64>>(post);
    case 4096:
      return post_with<Fixed<4096>>(post);
    default:
      return post_with<Large>(post);
  }
}

void crowd_at_queue(const Post& post) {
  crowd_with<Fixed<64>>(post);
}

void disturb_by_queue(const Post& post) {
  disturb_with<Fixed<64>>(post);
}

}  // namespace bench
