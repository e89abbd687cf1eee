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

# Whether what links the library looks for Boost by itself.
set(PROGENY_NEEDS_BOOST ON)
if(WIN32 AND CMAKE_CROSSCOMPILING)
  set(PROGENY_NEEDS_BOOST OFF)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/headers)
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers fmt FMT_HEADER_ONLY)
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers boost "")
  add_library(Boost::headers ALIAS boost::boost)
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers cereal "")
  progeny_use_headers(${PROJECT_BINARY_DIR}/headers spdlog SPDLOG_FMT_EXTERNAL)
else()
  find_package(fmt REQUIRED)
  # The first with PFR. CONFIG: the module that CMake had for it is gone (CMP0167).
  find_package(Boost 1.75 REQUIRED CONFIG)
  if(PROGENY_BUILD_TESTS)
    find_package(cereal REQUIRED)  # The library alone does not need it.
    find_package(spdlog REQUIRED)  # A host's log.
  endif()
endif()
if(NOT WIN32)
  find_package(Iconv REQUIRED)
  # Headers alone: the library loads libcrypto when a connection has a key.
  find_package(OpenSSL REQUIRED COMPONENTS Crypto)
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  find_package(libdw REQUIRED)
endif()

# {fmt} becomes a part of the library, of which nothing is seen outside: each source is compiled
# with its declarations in a namespace of their own, and base/fmt.cpp has the body. That file knows
# version 9. Of others every source takes the body along, which takes seconds for each.
function(progeny_take_in_fmt target)
  target_include_directories(
    ${target} SYSTEM PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
  target_compile_definitions(
    ${target} PRIVATE "FMT_BEGIN_NAMESPACE=namespace fmt { inline namespace progeny_fmt {"
                      "FMT_END_NAMESPACE=} }")
  if(fmt_VERSION VERSION_GREATER_EQUAL 9 AND fmt_VERSION VERSION_LESS 10)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src/base/fmt.cpp)
  else()
    target_compile_definitions(${target} PRIVATE FMT_HEADER_ONLY)
  endif()
endfunction()
