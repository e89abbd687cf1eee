#pragma once

// Two processes that put and two that get, at one queue: what all contestants in C++ share.

#include "peers/partner.hpp"
#include "peers/peer.hpp"

#include <map>
#include <memory>
#include <utility>

namespace bench {

/// `Queue` is as for a PostPartner, and any process may put and get.
template <class Queue>
class Crowd {
 public:
  explicit Crowd(const Post& post)
      : batch_(post.batch), there_(post), put_(word_), get_(word_), back_(word_) {
    start_partner(false, [this] {
      put_.get_batch(1);
      there_.put_batch(batch_);
    });
    for (int getter = 0; getter < 2; ++getter) {
      start_partner(false, [this] {
        get_.get_batch(1);
        there_.get_batch(batch_);
        back_.put_batch(1);
      });
    }
  }
  void once() {
    get_.put_batch(2);
    put_.put_batch(1);
    there_.put_batch(batch_);
    back_.get_batch(2);
  }

 private:
  static constexpr Post word_{.bytes = 8};

  std::size_t batch_;
  Queue there_;
  // They tell a process to put, tell one to get, and report that one has got its part.
  Queue put_;
  Queue get_;
  Queue back_;
};

template <class Queue>
void crowd_with(const Post& post) {
  static std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Crowd<Queue>>> crowds;
  auto& crowd = crowds[{post.batch, post.bytes}];
  if (!crowd) {
    crowd = std::make_unique<Crowd<Queue>>(post);
  }
  crowd->once();
}

}  // namespace bench
