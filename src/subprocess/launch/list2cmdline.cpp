#include <progeny/subprocess/list2cmdline.hpp>

#include "base/command_line.hpp"

namespace progeny::subprocess {

std::string list2cmdline(const Args& args) {
  return progeny::detail::join_arguments(args.items());
}

}  // namespace progeny::subprocess
