#include "platform/program/symbols.hpp"

namespace progeny::platform {

// libdw reads no PE files, and DbgHelp no DWARF.
std::vector<std::vector<SourcePlace>> symbols_of(std::span<const ModulePlace> places) {
  return std::vector<std::vector<SourcePlace>>(places.size());
}

std::string exported_name_at(const ModulePlace& /*place*/) {
  return {};
}

}  // namespace progeny::platform
