// progeny's Queue.

#include "peers/posted.hpp"
#include "peers/progeny_processes.hpp"

#include <progeny/multiprocessing/queues.hpp>

#include <string>
#include <vector>

namespace bench {

namespace {

class Progeny {
 public:
  explicit Progeny(const Post& post)
      : many_(post.many),
        message_(post.bytes, 'x'),
        messages_(post.many ? post.batch : 0, message_) {}

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
      } else if (message_.size() > largest_copied) {
        got += queue_.get_view().bytes().empty() ? 0 : 1;
      } else {
        got += queue_.get().empty() ? 0 : 1;
      }
    }
  }

 private:
  static constexpr std::size_t largest_copied = std::size_t{32} << 10;

  bool many_;
  std::string message_;
  std::vector<std::string> messages_;
  progeny::multiprocessing::Queue<std::string> queue_;
};

}  // namespace

void post_by_queue(const Post& post) {
  post_with<Progeny>(post);
}

}  // namespace bench
