// The limits for moving bulk data: bare read(2) and poll(2) on pipes of 1 MiB. Where the bytes go
// decides more than how they are read, so there is one contestant for each kind of memory.

#include "peers/peer.hpp"
#include "peers/raw_child.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

namespace bench {

namespace {

constexpr std::size_t block_size = 256 * 1024;
constexpr std::size_t huge_page_size = 2 * 1024 * 1024;

// Starts the flood, hands its output to `consume(descriptor)`, and waits.
template <class Consume>
std::size_t with_flood(const Flood& flood, Consume consume) {
  RawPipe pipe;
  pipe.enlarge();
  const std::string bytes = std::to_string(flood.bytes);
  const char* const arguments[] = {flood.program.c_str(), bytes.c_str(), nullptr};
  const RawChild child = start_clone3(arguments, {.out = pipe.write_end});
  pipe.close_write_end();
  const std::size_t got = consume(pipe.read_end);
  wait_clone3(child);
  return got;
}

std::size_t read_into(int descriptor, char* memory, std::size_t size) {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t count = read(descriptor, memory + got, size - got);
    if (count <= 0) {
      break;
    }
    got += static_cast<std::size_t>(count);
  }
  return got;
}

std::size_t capture_kept(const Flood& flood) {
  static std::vector<char> kept;
  kept.resize(flood.bytes);
  return with_flood(flood, [&](int source) { return read_into(source, kept.data(), kept.size()); });
}

// realloc() of so large a block moves page tables, not bytes (mremap(2)).
std::size_t capture_grown(const Flood& flood) {
  return with_flood(flood, [](int source) {
    std::size_t capacity = 1024 * 1024;
    std::size_t got = 0;
    auto* memory = static_cast<char*>(std::malloc(capacity));
    for (;;) {
      const std::size_t count = read_into(source, memory + got, capacity - got);
      got += count;
      if (got < capacity) {
        break;
      }
      capacity *= 2;
      memory = static_cast<char*>(std::realloc(memory, capacity));
    }
    std::free(memory);
    return got;
  });
}

std::size_t capture_huge(const Flood& flood) {
  const std::size_t size = (flood.bytes / huge_page_size + 1) * huge_page_size;
  void* const memory = std::aligned_alloc(huge_page_size, size);
  madvise(memory, size, MADV_HUGEPAGE);
  const std::size_t got = with_flood(
      flood, [&](int source) { return read_into(source, static_cast<char*>(memory), size); });
  std::free(memory);
  return got;
}

std::size_t stream_reused(const Flood& flood) {
  static std::vector<char> block(block_size);
  return with_flood(flood, [](int source) {
    std::size_t got = 0;
    for (ssize_t count = 0; (count = read(source, block.data(), block.size())) > 0;) {
      got += static_cast<std::size_t>(count);
    }
    return got;
  });
}

// One end of `cat`: what is left to send, or what has come.
struct Transfer {
  char* memory;
  std::size_t size;
  std::size_t done = 0;
};

bool send_some(int descriptor, Transfer& transfer) {
  const ssize_t count =
      write(descriptor, transfer.memory + transfer.done, transfer.size - transfer.done);
  transfer.done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  return transfer.done < transfer.size;
}

bool receive_some(int descriptor, Transfer& transfer) {
  const ssize_t count =
      read(descriptor, transfer.memory + transfer.done, transfer.size - transfer.done);
  transfer.done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  return count != 0 && transfer.done < transfer.size;
}

std::size_t cat_into(char* output, std::string_view input) {
  RawPipe to_child;
  RawPipe from_child;
  to_child.enlarge();
  from_child.enlarge();
  const char* const arguments[] = {"/bin/cat", nullptr};
  const RawChild child =
      start_clone3(arguments, {.in = to_child.read_end, .out = from_child.write_end});
  to_child.close_read_end();
  from_child.close_write_end();
  fcntl(to_child.write_end, F_SETFL, O_NONBLOCK);
  fcntl(from_child.read_end, F_SETFL, O_NONBLOCK);
  Transfer sent{.memory = const_cast<char*>(input.data()), .size = input.size()};
  Transfer received{.memory = output, .size = input.size()};
  for (bool more = true; more;) {
    pollfd ready[] = {{.fd = from_child.read_end, .events = POLLIN, .revents = 0},
                      {.fd = to_child.write_end, .events = POLLOUT, .revents = 0}};
    poll(ready, 2, -1);
    if (ready[1].revents != 0 && !send_some(to_child.write_end, sent)) {
      to_child.close_write_end();
    }
    if (ready[0].revents != 0) {
      more = receive_some(from_child.read_end, received);
    }
  }
  to_child.close_write_end();
  wait_clone3(child);
  return received.done;
}

std::size_t cat_kept(std::string_view input) {
  static std::vector<char> output;
  output.resize(input.size());
  return cat_into(output.data(), input);
}

// A library that hands its output over cannot keep the memory for the next one.
std::size_t cat_fresh(std::string_view input) {
  auto* const output = static_cast<char*>(std::malloc(input.size()));
  const std::size_t got = cat_into(output, input);
  std::free(output);
  return got;
}

const Announce announce_kept{{.name = "raw-kept-block", .capture = capture_kept}};
const Announce announce_grown{{.name = "raw-realloc", .capture = capture_grown}};
const Announce announce_huge{{.name = "raw-huge-pages", .capture = capture_huge}};
const Announce announce_reused{{.name = "raw-reused-block", .stream = stream_reused}};
const Announce announce_cat{{.name = "raw-poll-loop", .cat = cat_kept}};
const Announce announce_fresh{{.name = "raw-poll-fresh", .cat = cat_fresh}};

}  // namespace

}  // namespace bench
