#include "platform/program/symbols.hpp"

#include "base/made_early.hpp"
#include "platform/process/fork.hpp"
#include "platform/system/type_name.hpp"

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <unistd.h>

namespace progeny::platform {

namespace {

// By build-id alone, which looks into this machine's folders: the other way in libdwfl would also
// ask a server, if the user has one set for the debugger, and a message is no reason to wait for
// it.
Dwfl_Callbacks callbacks() {
  return {.find_elf = &::dwfl_build_id_find_elf,
          .find_debuginfo = &::dwfl_build_id_find_debuginfo,
          .section_address = &::dwfl_offline_section_address,
          .debuginfo_path = nullptr};
}

/// The debug information of one file.
class ModuleSymbols {
 public:
  // The file may have been moved or deleted while the program runs; the system still has it.
  explicit ModuleSymbols(const ModuleName& module) : dwfl_(::dwfl_begin(&callbacks_), &::dwfl_end) {
    if (!opens(module.path, module) && !(module.is_program && opens("/proc/self/exe", module))) {
      module_ = nullptr;
    }
  }

  [[nodiscard]] std::vector<SourcePlace> at(std::uint64_t offset) const {
    if (module_ == nullptr) {
      return {};
    }
    std::vector<SourcePlace> places = from_debug_information(offset);
    if (places.back().function.empty()) {
      places.back().function = symbol_at(offset);
    }
    const bool nothing_known = places.back().function.empty() && places.back().file.empty();
    return nothing_known ? std::vector<SourcePlace>() : places;
  }

 private:
  // The path came from another process: opening a pipe would wait for its writer.
  bool opens(const std::string& path, const ModuleName& module) {
    std::error_code ignored;
    if (!dwfl_ || !module.has_build_id || !std::filesystem::is_regular_file(path, ignored)) {
      return false;
    }
    ::dwfl_report_begin(dwfl_.get());
    module_ = ::dwfl_report_elf(dwfl_.get(), "module", path.c_str(), -1, 0, true);
    return ::dwfl_report_end(dwfl_.get(), nullptr, nullptr) == 0 && module_ != nullptr &&
           has_build_id(module);
  }

  [[nodiscard]] bool has_build_id(const ModuleName& module) const {
    const unsigned char* id = nullptr;
    GElf_Addr address = 0;
    const int size = ::dwfl_module_build_id(module_, &id, &address);
    return size > 0 && module.identity == std::string_view(reinterpret_cast<const char*>(id),
                                                           static_cast<std::size_t>(size));
  }

  // The compilation unit. Clang writes no table of addresses, so all units are asked in turn where
  // the table has none.
  Dwarf_Die* unit_at(std::uint64_t offset, Dwarf_Addr* bias) const {
    Dwarf_Die* unit = ::dwfl_module_addrdie(module_, offset, bias);
    if (unit != nullptr) {
      return unit;
    }
    while ((unit = ::dwfl_module_nextcu(module_, unit, bias)) != nullptr) {
      if (::dwarf_haspc(unit, offset - *bias) == 1) {
        return unit;
      }
    }
    return nullptr;
  }

  // From the table of symbols.
  [[nodiscard]] std::string symbol_at(std::uint64_t offset) const {
    const char* const name = ::dwfl_module_addrname(module_, offset);
    return name != nullptr ? demangled(name) : std::string();
  }

  // The linker's name, as it tells of namespaces and arguments. Functions that the linker need not
  // know have none: empty, as then the table of symbols says more than the plain name. Those that
  // were inlined are not in that.
  static std::string name_of(Dwarf_Die* function, int tag) {
    Dwarf_Attribute attribute;
    const char* name =
        ::dwarf_formstring(::dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));
    if (name == nullptr && tag == DW_TAG_inlined_subroutine) {
      name = ::dwarf_formstring(::dwarf_attr_integrate(function, DW_AT_name, &attribute));
    }
    return name != nullptr ? demangled(name) : std::string();
  }

  // Where an inlined function was called from, in the function around it.
  static void move_to_call(Dwarf_Die* unit, Dwarf_Die* inlined, SourcePlace& place) {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0;
    Dwarf_Word line = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    place = {};
    if (::dwarf_formudata(::dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) == 0 &&
        ::dwarf_formudata(::dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) == 0 &&
        ::dwarf_getsrcfiles(unit, &files, &count) == 0) {
      const char* const name = ::dwarf_filesrc(files, file, nullptr, nullptr);
      place.file = name != nullptr ? name : "";
      place.line = static_cast<int>(line);
    }
  }

  // At least one, which may be empty.
  [[nodiscard]] std::vector<SourcePlace> from_debug_information(std::uint64_t offset) const {
    Dwarf_Addr bias = 0;
    Dwarf_Die* const unit = unit_at(offset, &bias);
    SourcePlace place;
    if (unit == nullptr) {
      return {place};
    }
    if (Dwarf_Line* const line = ::dwarf_getsrc_die(unit, offset - bias); line != nullptr) {
      const char* const file = ::dwarf_linesrc(line, nullptr, nullptr);
      place.file = file != nullptr ? file : "";
      static_cast<void>(::dwarf_lineno(line, &place.line));
    }
    Dwarf_Die* found = nullptr;
    const int count = ::dwarf_getscopes(unit, offset - bias, &found);
    const std::unique_ptr<Dwarf_Die, decltype(&std::free)> scopes(found, &std::free);
    return functions_in(
        unit, {scopes.get(), static_cast<std::size_t>(count > 0 ? count : 0)}, place);
  }

  // The scopes go from the innermost block outwards to the unit.
  static std::vector<SourcePlace> functions_in(Dwarf_Die* unit,
                                               std::span<Dwarf_Die> scopes,
                                               SourcePlace place) {
    std::vector<SourcePlace> functions;
    for (Dwarf_Die& scope : scopes) {
      const int tag = ::dwarf_tag(&scope);
      if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) {
        continue;
      }
      place.function = name_of(&scope, tag);
      functions.push_back(place);
      if (tag == DW_TAG_subprogram) {
        return functions;
      }
      move_to_call(unit, &scope, place);
    }
    // Lambdas are described inside of what they are written in, where no address leads to them.
    functions.push_back(place);
    return functions;
  }

  const Dwfl_Callbacks callbacks_ = callbacks();
  std::unique_ptr<Dwfl, decltype(&::dwfl_end)> dwfl_;
  Dwfl_Module* module_ = nullptr;
};

std::mutex one_at_a_time;  // libdw shares tables between its users without locks.

std::mutex& mutex_of_symbols() noexcept {
  return one_at_a_time;
}

const detail::MadeEarly early([] { hold_across_forks<mutex_of_symbols>(); });

}  // namespace

std::vector<std::vector<SourcePlace>> symbols_of(std::span<const ModulePlace> places) {
  const std::scoped_lock lock(one_at_a_time);
  std::map<std::pair<std::string, std::string>, ModuleSymbols> modules;
  std::vector<std::vector<SourcePlace>> symbols;
  symbols.reserve(places.size());
  for (const ModulePlace& place : places) {
    const std::pair key(place.module.path, place.module.identity);
    symbols.push_back(modules.try_emplace(key, place.module).first->second.at(place.offset));
  }
  return symbols;
}

}  // namespace progeny::platform
