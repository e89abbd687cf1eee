// A value that has a lock does not get another one.

#include <progeny/multiprocessing/sharedctypes.hpp>

namespace mp = progeny::multiprocessing;

void synchronize(const mp::Value<int>& value, const mp::Lock& lock) {
  mp::sharedctypes::synchronized(value, lock);
}
