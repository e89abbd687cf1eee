# libdw of elfutils, which reads debug information: the target libdw::libdw. Installed beside the
# package configuration, as who links a static progeny needs it too.

find_path(libdw_INCLUDE_DIR elfutils/libdwfl.h)
find_library(libdw_LIBRARY dw)
find_library(libdw_elf_LIBRARY elf)
mark_as_advanced(libdw_INCLUDE_DIR libdw_LIBRARY libdw_elf_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libdw REQUIRED_VARS libdw_LIBRARY libdw_elf_LIBRARY
                                                      libdw_INCLUDE_DIR)

if(libdw_FOUND AND NOT TARGET libdw::libdw)
  add_library(libdw::libdw INTERFACE IMPORTED)
  set_target_properties(
    libdw::libdw PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${libdw_INCLUDE_DIR}"
                            INTERFACE_LINK_LIBRARIES "${libdw_LIBRARY};${libdw_elf_LIBRARY}")
endif()
