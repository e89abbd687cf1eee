# Does what the README's first screen says: compiles its program by its command line against an
# installed progeny, runs it, and compares what it prints with what the README shows.
# cmake -DROOT=<project> -DBUILD=<its build> -DWORK=<folder> -DCXX=<compiler> -DFLAGS=<flags>
#       -P readme_program.cmake

# Sets `variable` to the first block between `fence` and ``` after the program's mark, and removes
# what was read from `rest`.
macro(take_block fence variable)
  string(FIND "${rest}" "\n```${fence}\n" begin)
  string(LENGTH "\n```${fence}\n" length)
  math(EXPR begin "${begin} + ${length}")
  string(SUBSTRING "${rest}" ${begin} -1 rest)
  string(FIND "${rest}" "```" end)
  string(SUBSTRING "${rest}" 0 ${end} ${variable})
  math(EXPR end "${end} + 3")
  string(SUBSTRING "${rest}" ${end} -1 rest)
endmacro()

file(READ ${ROOT}/README.md rest)
set(mark "<!-- from examples/hello.cpp -->")
string(FIND "${rest}" "${mark}" begin)
if(begin EQUAL -1)
  message(FATAL_ERROR "the README has no ${mark}")
endif()
string(SUBSTRING "${rest}" ${begin} -1 rest)
take_block(cpp program)
take_block(sh command)
take_block("" expected)

string(REGEX MATCHALL "\n" lines "${program}")
list(LENGTH lines count)
if(count GREATER 15)
  message(FATAL_ERROR "the first program has ${count} lines, not 15 at most")
endif()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK}/bin)
file(WRITE ${WORK}/hello.cpp "${program}")
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/stage
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE pc ${WORK}/stage/*/progeny.pc)
get_filename_component(pc_folder ${pc} DIRECTORY)
get_filename_component(libraries ${pc_folder} DIRECTORY)

# The README's `c++` is the compiler of this build, with its flags: sanitizers must agree.
file(WRITE ${WORK}/bin/c++ "#!/bin/sh\nexec ${CXX} ${FLAGS} \"$@\"\n")
file(CHMOD ${WORK}/bin/c++ PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
set(ENV{PATH} "${WORK}/bin:$ENV{PATH}")
set(ENV{PKG_CONFIG_PATH} ${pc_folder})
set(ENV{LD_LIBRARY_PATH} ${libraries})
execute_process(COMMAND sh -ec "${command}" WORKING_DIRECTORY ${WORK}
                OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "the README promises:\n${expected}\nprinted:\n${printed}")
endif()
