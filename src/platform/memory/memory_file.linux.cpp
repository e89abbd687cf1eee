#include "platform/memory/memory_file.hpp"

#include "platform/io/descriptor.hpp"
#include "platform/io/held_back_signal.posix.hpp"
#include "platform/memory/unnamed_file.posix.hpp"
#include "platform/system/errno.posix.hpp"

#include <progeny/base/errors.hpp>

#include <csignal>
#include <cstddef>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace progeny::platform {

Handle make_memory_file(const char* name, std::string_view content) {
  Handle file = make_unnamed_file(name).file;
  HeldBackSignal sigxfsz(SIGXFSZ);
  while (!content.empty()) {
    const IoResult written = write_some(file.get(), content);
    if (written.error) {
      sigxfsz.take();
      throw OSError(written.error, "write");
    }
    content.remove_prefix(written.count);
  }
  return file;
}

std::string content_of(native_handle file) {
  struct stat facts{};
  checked(::fstat(file, &facts), "fstat");
  std::string content(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t done = 0;
  while (done < content.size()) {
    const auto count =
        checked(retry_interrupted([&] {
                  return ::pread(
                      file, content.data() + done, content.size() - done, static_cast<off_t>(done));
                }),
                "pread");
    if (count == 0) {
      break;
    }
    done += static_cast<std::size_t>(count);
  }
  content.resize(done);
  return content;
}

}  // namespace progeny::platform
