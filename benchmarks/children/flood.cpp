// Writes as many bytes as its argument says to stdout, as fast as it can: the source for the
// benchmarks of capturing. Linked statically, so that its start does not count.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace {

constexpr std::size_t block_size = 1024 * 1024;
char block[block_size];

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  // Pages that were never written are all one page of zeroes, which stays in the fastest cache
  // and makes the source faster than any real one.
  std::memset(block, 'x', block_size);
  std::size_t left = std::strtoull(argv[1], nullptr, 10);
  while (left > 0) {
    const ssize_t written = write(STDOUT_FILENO, block, std::min(left, block_size));
    if (written < 0 && errno != EINTR) {
      return 1;
    }
    left -= written < 0 ? 0 : static_cast<std::size_t>(written);
  }
  return 0;
}
