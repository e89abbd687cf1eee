# The warnings that every program of the project is compiled with. An error only where the project
# is the top level: who builds it as a part must not fail over a newer compiler's opinion.

function(progeny_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  if(PROJECT_IS_TOP_LEVEL)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  # A `// namespace` of designated initialisers names what it sets and leaves the rest at its
  # default, which is the point of them.
  target_compile_options(${target} PRIVATE -Wno-missing-field-initializers)
endfunction()
