#pragma once

// progeny's multiprocessing, as its documentation says to use it.

#include "peers/peer.hpp"

#include <string>

namespace bench {

void run_process(const std::string& method);
void talk_over_pipe(const Talk& talk);
void synchronize(const Sync& sync);
void post_by_queue(const Post& post);
void crowd_at_queue(const Post& post);
void disturb_by_queue(const Post& post);

}  // namespace bench
