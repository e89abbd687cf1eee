#pragma once

// Two processes and two queues: what all contestants in C++ share.

#include "peers/partner.hpp"
#include "peers/peer.hpp"
#include "peers/processor.hpp"

#include <map>
#include <memory>
#include <tuple>
#include <utility>

namespace bench {

/// `Queue(post)` is made before the partner is forked; `put_batch(count)` and `get_batch(count)`
/// move that many messages.
template <class Queue>
class PostPartner {
 public:
  explicit PostPartner(const Post& post) : post_(post), there_(post), back_(Post{.bytes = 8}) {
    start_partner(post.pinned, [this] {
      there_.get_batch(post_.batch);
      back_.put_batch(1);
    });
  }
  void post() {
    there_.put_batch(post_.batch);
    back_.get_batch(1);
  }

 private:
  Post post_;
  Queue there_;
  Queue back_;
};

inline bool& pinning_of_this_process() {
  static bool is_pinned = false;
  return is_pinned;
}

template <class Queue>
void post_with(const Post& post) {
  static std::map<std::tuple<std::size_t, std::size_t, bool, bool>,
                  std::unique_ptr<PostPartner<Queue>>>
      partners;
  auto& partner = partners[{post.batch, post.bytes, post.many, post.pinned}];
  if (!partner) {
    partner = std::make_unique<PostPartner<Queue>>(post);
  }
  static bool& is_pinned = pinning_of_this_process();
  if (std::exchange(is_pinned, post.pinned) != post.pinned) {
    bind_to_processor(post.pinned);
  }
  partner->post();
}

}  // namespace bench
