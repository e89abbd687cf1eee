# Installing: for CMake (find_package), for pkg-config, and, but for Windows, as Debian packages.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(progeny_cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/progeny)

# Component `runtime` is what a program needs to run, `development` what compiling one needs. A
# static library belongs to the second.
install(
  TARGETS progeny
  EXPORT progeny_targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
if(TARGET progeny_main)
  install(TARGETS progeny_main EXPORT progeny_targets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
endif()
install(
  EXPORT progeny_targets
  FILE progeny-targets.cmake
  NAMESPACE progeny::
  DESTINATION ${progeny_cmake_folder}
  COMPONENT development)

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/progeny-config.cmake.in ${PROJECT_BINARY_DIR}/progeny-config.cmake
  INSTALL_DESTINATION ${progeny_cmake_folder})
# Before version 1.0 a minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/progeny-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(
  FILES ${PROJECT_BINARY_DIR}/progeny-config.cmake
        ${PROJECT_BINARY_DIR}/progeny-config-version.cmake
  DESTINATION ${progeny_cmake_folder}
  COMPONENT development)

# pkg-config resolves paths from where the file lies, so that a moved installation still works.
file(RELATIVE_PATH progeny_prefix_from_pc
     ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
if(NOT BUILD_SHARED_LIBS)
  # Without --static pkg-config leaves out Libs.private, but a static library needs it always.
  # The thread and loader functions are in libraries of their own before glibc 2.34.
  if(NOT WIN32)
    set(progeny_pc_libs " -pthread -ldl")
  endif()
  set(progeny_pc_cflags " -DPROGENY_STATIC_DEFINE")
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/progeny.pc.in ${PROJECT_BINARY_DIR}/progeny.pc @ONLY)
set(progeny_pc_files ${PROJECT_BINARY_DIR}/progeny.pc)
if(TARGET progeny_main)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/progeny-main.pc.in ${PROJECT_BINARY_DIR}/progeny-main.pc @ONLY)
  list(APPEND progeny_pc_files ${PROJECT_BINARY_DIR}/progeny-main.pc)
endif()
install(
  FILES ${progeny_pc_files}
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
  COMPONENT development)
foreach(component runtime development)
  install(
    FILES ${PROJECT_SOURCE_DIR}/LICENSE
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/progeny-${component}
    RENAME copyright
    COMPONENT ${component})
endforeach()

if(WIN32)
  return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_VENDOR "progeny contributors")
set(CPACK_PACKAGE_CONTACT "progeny contributors <progeny@example.org>")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libprogeny${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libprogeny-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
# The Debian package that a file belongs to; names differ between Debian's versions.
function(progeny_package_of file otherwise result)
  set(${result} ${otherwise} PARENT_SCOPE)
  find_program(progeny_dpkg_query dpkg-query)
  mark_as_advanced(progeny_dpkg_query)
  if(NOT progeny_dpkg_query OR NOT EXISTS "${file}")
    return()
  endif()
  file(REAL_PATH "${file}" real)
  # Where /lib is a link to /usr/lib, dpkg may know the file by either name.
  string(REGEX REPLACE "^/usr/lib/" "/lib/" moved "${real}")
  execute_process(COMMAND ${progeny_dpkg_query} -S "${real}" "${moved}" OUTPUT_VARIABLE owner ERROR_QUIET)
  if(owner MATCHES "^([a-z0-9][a-z0-9.+-]*)[:,]")
    set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
  endif()
endfunction()
progeny_package_of("${Boost_DIR}/BoostConfig.cmake" libboost-dev progeny_boost_package)
progeny_package_of("${OPENSSL_CRYPTO_LIBRARY}" libssl3 progeny_crypto_package)
find_library(progeny_libdw_library NAMES dw libdw.so.1)
mark_as_advanced(progeny_libdw_library)
progeny_package_of("${progeny_libdw_library}" libdw1 progeny_libdw_package)

# Loaded when they are needed: libdw for the lines of a stack, libcrypto for connections with a key.
set(progeny_loaded_packages "${progeny_libdw_package}, ${progeny_crypto_package}")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "${progeny_loaded_packages}")
# Each header includes Boost's. The others belong to opt-in headers: serial/cereal.hpp, the two
# format.hpp, spdlog.hpp.
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${progeny_boost_package}")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "libcereal-dev, libfmt-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libspdlog-dev")
if(BUILD_SHARED_LIBS)
  set(CPACK_COMPONENTS_ALL runtime development)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
         ", ${CPACK_DEBIAN_RUNTIME_PACKAGE_NAME} (= ${PROJECT_VERSION})")
else()
  set(CPACK_COMPONENTS_ALL development)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS ", ${progeny_loaded_packages}")
endif()
include(CPack)
