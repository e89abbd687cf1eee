# libdw of elfutils, which reads debug information: libdw_INCLUDE_DIR. The library itself is loaded
# when a stack trace is made, so that no program links it.

find_path(libdw_INCLUDE_DIR elfutils/libdwfl.h)
mark_as_advanced(libdw_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libdw REQUIRED_VARS libdw_INCLUDE_DIR)
