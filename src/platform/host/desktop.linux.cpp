#include "platform/host/desktop.hpp"

namespace progeny::platform {

bool open_by_system(const std::string& /*document*/) {
  return false;
}

std::vector<std::string> document_opener() {
  return {"xdg-open"};
}

// The exit codes of xdg-open(1).
std::string document_opener_error(std::int64_t returncode) {
  switch (returncode) {
    case 0:
      return {};
    case 2:
      return "xdg-open: the file does not exist";
    case 3:
      return "xdg-open: a tool that it needs is missing";
    case 4:
      return "xdg-open: no program opened it";
    default:
      return "xdg-open failed";
  }
}

}  // namespace progeny::platform
