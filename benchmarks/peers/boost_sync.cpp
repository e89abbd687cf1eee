// Boost.Interprocess: its mutex, which is not robust, and its semaphore.

#include "peers/sync_pair.hpp"

#include <boost/interprocess/sync/interprocess_mutex.hpp>
#include <boost/interprocess/sync/interprocess_semaphore.hpp>

namespace bench {

namespace {

class Boost {
 public:
  void pair() {
    mutex_.lock();
    mutex_.unlock();
  }
  void there() {
    to_.post();
    from_.wait();
  }
  void back() {
    to_.wait();
    from_.post();
  }

 private:
  boost::interprocess::interprocess_mutex mutex_;
  boost::interprocess::interprocess_semaphore to_{0};
  boost::interprocess::interprocess_semaphore from_{0};
};

const Announce announce{
    {.name = "boost_interprocess", .sync = sync_with<Boost>, .wake = sync_with<Boost>}};

}  // namespace

}  // namespace bench
