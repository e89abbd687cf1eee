# The warnings that every program of the project is compiled with. An error only where the project
# is the top level: a program that builds it as a part must not fail over a newer compiler's opinion.

function(progeny_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  # Designated initialisers name what they set and leave the rest at its default: their point.
  target_compile_options(${target} PRIVATE -Wno-missing-field-initializers)
  # Optimising, GCC 12 sees std::string copy onto itself where it does not, and with the checks of a
  # sanitizer in between, objects of the standard library used before their constructors.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION MATCHES "^12\\.")
    target_compile_options(${target} PRIVATE -Wno-restrict)
    if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=")
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
endfunction()
