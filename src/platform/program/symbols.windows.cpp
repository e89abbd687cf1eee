#include "platform/program/symbols.hpp"

namespace progeny::platform {

// libdw reads no PE files, and DbgHelp no DWARF.
std::vector<std::vector<SourcePlace>> symbols_of(std::span<const ModulePlace> places) {
  return std::vector<std::vector<SourcePlace>>(places.size());
}

}  // namespace progeny::platform
