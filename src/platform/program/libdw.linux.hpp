#pragma once

// libdw of elfutils, which reads debug information. It brings libelf, zlib, lzma and bzip2 along,
// so it is loaded only when a stack gets its names and lines.

#include "platform/system/library.hpp"

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

namespace progeny::platform {

/// The functions of libdw that are used here. The constructor throws OSError if one is missing.
struct Libdw {
  // The name with the number of its interface, as the file without it is for linking alone.
  Library library{"libdw.so.1"};

  decltype(&::dwarf_attr) dwarf_attr = library["dwarf_attr"];
  decltype(&::dwarf_attr_integrate) dwarf_attr_integrate = library["dwarf_attr_integrate"];
  decltype(&::dwarf_filesrc) dwarf_filesrc = library["dwarf_filesrc"];
  decltype(&::dwarf_formstring) dwarf_formstring = library["dwarf_formstring"];
  decltype(&::dwarf_formudata) dwarf_formudata = library["dwarf_formudata"];
  decltype(&::dwarf_getscopes) dwarf_getscopes = library["dwarf_getscopes"];
  decltype(&::dwarf_getsrc_die) dwarf_getsrc_die = library["dwarf_getsrc_die"];
  decltype(&::dwarf_getsrcfiles) dwarf_getsrcfiles = library["dwarf_getsrcfiles"];
  decltype(&::dwarf_haspc) dwarf_haspc = library["dwarf_haspc"];
  decltype(&::dwarf_lineno) dwarf_lineno = library["dwarf_lineno"];
  decltype(&::dwarf_linesrc) dwarf_linesrc = library["dwarf_linesrc"];
  decltype(&::dwarf_tag) dwarf_tag = library["dwarf_tag"];
  decltype(&::dwfl_begin) dwfl_begin = library["dwfl_begin"];
  decltype(&::dwfl_build_id_find_debuginfo) dwfl_build_id_find_debuginfo =
      library["dwfl_build_id_find_debuginfo"];
  decltype(&::dwfl_build_id_find_elf) dwfl_build_id_find_elf = library["dwfl_build_id_find_elf"];
  decltype(&::dwfl_end) dwfl_end = library["dwfl_end"];
  decltype(&::dwfl_module_addrdie) dwfl_module_addrdie = library["dwfl_module_addrdie"];
  decltype(&::dwfl_module_addrname) dwfl_module_addrname = library["dwfl_module_addrname"];
  decltype(&::dwfl_module_build_id) dwfl_module_build_id = library["dwfl_module_build_id"];
  decltype(&::dwfl_module_nextcu) dwfl_module_nextcu = library["dwfl_module_nextcu"];
  decltype(&::dwfl_offline_section_address) dwfl_offline_section_address =
      library["dwfl_offline_section_address"];
  decltype(&::dwfl_report_begin) dwfl_report_begin = library["dwfl_report_begin"];
  decltype(&::dwfl_report_elf) dwfl_report_elf = library["dwfl_report_elf"];
  decltype(&::dwfl_report_end) dwfl_report_end = library["dwfl_report_end"];
};

}  // namespace progeny::platform
