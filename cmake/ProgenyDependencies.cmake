# The libraries that progeny is made with, as targets with the same names on each system.

find_package(Threads REQUIRED)

# Debian has none of these libraries for Windows, but all can be used as headers alone, and headers
# are the same for every system. They are reached through a folder that holds nothing else:
# /usr/include itself would shadow the headers of the target.
function(progeny_use_headers folder name definitions)
  find_path(
    progeny_${name}_folder ${name}
    PATHS /usr/include /usr/local/include
    NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
  file(CREATE_LINK ${progeny_${name}_folder}/${name} ${folder}/${name} SYMBOLIC)
  add_library(${name}::${name} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${name}::${name} SYSTEM INTERFACE ${folder})
  target_compile_definitions(${name}::${name} INTERFACE ${definitions})
endfunction()

# What is compiled in as headers alone is no need of those who link the library.
set(PROGENY_NEEDS_LIBRARIES ON)
if(WIN32 AND CMAKE_CROSSCOMPILING)
  set(PROGENY_NEEDS_LIBRARIES OFF)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/headers)
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers fmt FMT_HEADER_ONLY)
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers spdlog SPDLOG_FMT_EXTERNAL)
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers boost "")
  add_library(Boost::headers ALIAS boost::boost)
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers cereal "")
else()
  find_package(fmt REQUIRED)
  find_package(spdlog REQUIRED)
  find_package(Boost 1.75 REQUIRED)  # The first with PFR.
  if(PROGENY_BUILD_TESTS)
    find_package(cereal REQUIRED)  # Who builds the library alone need not have it.
  endif()
endif()
if(NOT WIN32)
  find_package(Iconv REQUIRED)
  # Its libcrypto alone, for keyed digests.
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  find_package(libdw REQUIRED)
endif()
