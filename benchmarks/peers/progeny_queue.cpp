// progeny's Queue: of arrays for messages of fixed size, of strings for large ones.

#include "peers/crowd.hpp"
#include "peers/disturbance.hpp"
#include "peers/posted.hpp"
#include "peers/progeny_processes.hpp"

#include <progeny/multiprocessing/queues.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

namespace {

namespace mp = progeny::multiprocessing;

// As many as the peers have room for, or as many as there is memory for.
enum class Room : std::uint8_t { is_for_64, is_unbounded };

template <class T, Room room>
mp::Queue<T> make_queue() {
  return mp::Queue<T>(room == Room::is_for_64 ? 64 : 0);
}

template <std::size_t Size, Room room>
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
  mp::Queue<Message> queue_ = make_queue<Message, room>();
};

template <Room room>
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
  mp::Queue<std::string> queue_ = make_queue<std::string, room>();
};

template <Room room>
void post_with_room(const Post& post) {
  switch (post.bytes) {
    case 64:
      return post_with<Fixed<64, room>>(post);
    case 4096:
      return post_with<Fixed<4096, room>>(post);
    default:
      return post_with<Large<room>>(post);
  }
}

const Announce announce{{.name = "progeny_bounded", .post = post_with_room<Room::is_for_64>}};

}  // namespace

void post_by_queue(const Post& post) {
  post_with_room<Room::is_unbounded>(post);
}

void crowd_at_queue(const Post& post) {
  crowd_with<Fixed<64, Room::is_unbounded>>(post);
}

void disturb_by_queue(const Post& post) {
  disturb_with<Fixed<64, Room::is_unbounded>>(post);
}

}  // namespace bench
