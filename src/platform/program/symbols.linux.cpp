#include "platform/program/symbols.hpp"

#include "base/made_early.hpp"
#include "platform/process/fork.hpp"
#include "platform/program/libdw.linux.hpp"
#include "platform/program/modules.hpp"
#include "platform/system/library.hpp"
#include "platform/system/type_name.hpp"

#include <progeny/base/errors.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <gelf.h>

namespace progeny::platform {

namespace {

// By build-id alone, which looks into this machine's folders: the other way in libdwfl would also
// ask a server, if the user has one set for the debugger, and a message is no reason to wait for
// it.
Dwfl_Callbacks callbacks(const Libdw& dw) {
  return {.find_elf = dw.dwfl_build_id_find_elf,
          .find_debuginfo = dw.dwfl_build_id_find_debuginfo,
          .section_address = dw.dwfl_offline_section_address,
          .debuginfo_path = nullptr};
}

/// The debug information of one file.
class ModuleSymbols {
 public:
  // The file may have been moved or deleted while the program runs; the system still has it.
  ModuleSymbols(const Libdw& dw, const ModuleName& module)
      : dw_(dw), callbacks_(callbacks(dw)), dwfl_(dw.dwfl_begin(&callbacks_), dw.dwfl_end) {
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
    dw_.dwfl_report_begin(dwfl_.get());
    module_ = dw_.dwfl_report_elf(dwfl_.get(), "module", path.c_str(), -1, 0, true);
    return dw_.dwfl_report_end(dwfl_.get(), nullptr, nullptr) == 0 && module_ != nullptr &&
           has_build_id(module);
  }

  [[nodiscard]] bool has_build_id(const ModuleName& module) const {
    const unsigned char* id = nullptr;
    GElf_Addr address = 0;
    const int size = dw_.dwfl_module_build_id(module_, &id, &address);
    return size > 0 && module.identity == std::string_view(reinterpret_cast<const char*>(id),
                                                           static_cast<std::size_t>(size));
  }

  // The compilation unit. Clang writes no table of addresses, so all units are asked in turn where
  // the table has none.
  Dwarf_Die* unit_at(std::uint64_t offset, Dwarf_Addr* bias) const {
    Dwarf_Die* unit = dw_.dwfl_module_addrdie(module_, offset, bias);
    if (unit != nullptr) {
      return unit;
    }
    while ((unit = dw_.dwfl_module_nextcu(module_, unit, bias)) != nullptr) {
      if (dw_.dwarf_haspc(unit, offset - *bias) == 1) {
        return unit;
      }
    }
    return nullptr;
  }

  // From the table of symbols.
  [[nodiscard]] std::string symbol_at(std::uint64_t offset) const {
    const char* const name = dw_.dwfl_module_addrname(module_, offset);
    return name != nullptr ? demangled(name) : std::string();
  }

  // The linker's name, as it tells of namespaces and arguments. Functions that the linker need not
  // know have none: empty, as then the table of symbols says more than the plain name. Those that
  // were inlined are not in that.
  [[nodiscard]] std::string name_of(Dwarf_Die* function, int tag) const {
    Dwarf_Attribute attribute;
    const char* name =
        dw_.dwarf_formstring(dw_.dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));
    if (name == nullptr && tag == DW_TAG_inlined_subroutine) {
      name = dw_.dwarf_formstring(dw_.dwarf_attr_integrate(function, DW_AT_name, &attribute));
    }
    return name != nullptr ? demangled(name) : std::string();
  }

  // Where an inlined function was called from, in the function around it.
  void move_to_call(Dwarf_Die* unit, Dwarf_Die* inlined, SourcePlace& place) const {
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0;
    Dwarf_Word line = 0;
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    place = {};
    if (dw_.dwarf_formudata(dw_.dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) == 0 &&
        dw_.dwarf_formudata(dw_.dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) == 0 &&
        dw_.dwarf_getsrcfiles(unit, &files, &count) == 0) {
      const char* const name = dw_.dwarf_filesrc(files, file, nullptr, nullptr);
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
    if (Dwarf_Line* const line = dw_.dwarf_getsrc_die(unit, offset - bias); line != nullptr) {
      const char* const file = dw_.dwarf_linesrc(line, nullptr, nullptr);
      place.file = file != nullptr ? file : "";
      static_cast<void>(dw_.dwarf_lineno(line, &place.line));
    }
    Dwarf_Die* found = nullptr;
    const int count = dw_.dwarf_getscopes(unit, offset - bias, &found);
    const std::unique_ptr<Dwarf_Die, decltype(&std::free)> scopes(found, &std::free);
    return functions_in(
        unit, {scopes.get(), static_cast<std::size_t>(count > 0 ? count : 0)}, place);
  }

  // The scopes go from the innermost block outwards to the unit.
  [[nodiscard]] std::vector<SourcePlace> functions_in(Dwarf_Die* unit,
                                                      std::span<Dwarf_Die> scopes,
                                                      SourcePlace place) const {
    std::vector<SourcePlace> functions;
    for (Dwarf_Die& scope : scopes) {
      const int tag = dw_.dwarf_tag(&scope);
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

  const Libdw& dw_;
  const Dwfl_Callbacks callbacks_;
  std::unique_ptr<Dwfl, decltype(Libdw::dwfl_end)> dwfl_;
  Dwfl_Module* module_ = nullptr;
};

std::mutex one_at_a_time;  // libdw shares tables between its users without locks.

std::mutex& mutex_of_symbols() noexcept {
  return one_at_a_time;
}

const detail::MadeEarly early([] { hold_across_forks<mutex_of_symbols>(); });

constinit LoadedOnce<Libdw> libdw;

// Nothing where libdw is not installed: a stack without lines is better than none.
const Libdw* libdw_if_installed() {
  try {
    return &libdw.get();
  } catch (const OSError&) {
    return nullptr;
  }
}

}  // namespace

std::string exported_name_at(const ModulePlace& place) {
  const FoundAddress here = address_of(place, 1, Purpose::code);
  Dl_info info{};
  if (here.result != Lookup::found || ::dladdr(here.address, &info) == 0 ||
      info.dli_sname == nullptr) {
    return {};
  }
  return demangled(info.dli_sname);
}

std::vector<std::vector<SourcePlace>> symbols_of(std::span<const ModulePlace> places) {
  std::vector<std::vector<SourcePlace>> symbols;
  symbols.reserve(places.size());
  const Libdw* const dw = libdw_if_installed();  // Before the lock, see LibraryLock.
  if (dw == nullptr) {
    for (const ModulePlace& place : places) {
      auto& functions = symbols.emplace_back();
      if (std::string name = exported_name_at(place); !name.empty()) {
        functions.push_back({.function = std::move(name), .file = {}});
      }
    }
    return symbols;
  }
  const std::scoped_lock lock(one_at_a_time);
  std::map<std::pair<std::string, std::string>, ModuleSymbols> modules;
  for (const ModulePlace& place : places) {
    const std::pair key(place.module.path, place.module.identity);
    symbols.push_back(modules.try_emplace(key, *dw, place.module).first->second.at(place.offset));
  }
  return symbols;
}

}  // namespace progeny::platform
