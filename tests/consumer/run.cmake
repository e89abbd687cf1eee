# Uses the library in one of the ways that the README names, in a folder of its own:
# cmake -DWAY=... -DBUILD=<progeny's build> -DSOURCE=<progeny> -DWORK=<folder> -DCXX=<compiler>
#       -DFLAGS=<flags> -DTYPE=<build type> [-DTOOLCHAIN=<file> -DEMULATOR=<program>] -P run.cmake

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(build_and_run)
  run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR}/${ARGV0} -B ${WORK}/build
      -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_FLAGS=${FLAGS} -DCMAKE_BUILD_TYPE=${TYPE}
      -DCMAKE_TOOLCHAIN_FILE=${TOOLCHAIN} ${ARGN})
  run(${CMAKE_COMMAND} --build ${WORK}/build --target consumer -j 2)
  file(GLOB program ${WORK}/build/consumer ${WORK}/build/consumer.exe)
  run(${EMULATOR} ${program})
endfunction()

# What a program loads before its main: the C and C++ libraries, what instruments it, and progeny. All
# else has to wait until it is needed.
function(require_light_start program)
  execute_process(COMMAND ldd ${program} OUTPUT_VARIABLE loaded COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[a-z_+-]+[0-9.-]*\\.so" libraries "${loaded}")
  list(FILTER libraries EXCLUDE REGEX
       "^(linux-vdso|ld-linux-.*|lib(c|m|dl|rt|pthread|gcc_s|stdc\\+\\+|[a-z]+san|progeny))\\.so$")
  if(libraries)
    message(FATAL_ERROR "loaded before main: ${libraries}\n${loaded}")
  endif()
endfunction()

# `prefix` holds an installation; pkg-config finds it wherever it lies.
function(build_with_pkg_config prefix)
  file(GLOB_RECURSE pc ${prefix}/*/progeny.pc)
  get_filename_component(pc_folder ${pc} DIRECTORY)
  get_filename_component(libraries ${pc_folder} DIRECTORY)
  set(ENV{PKG_CONFIG_PATH} ${pc_folder})
  # A .deb's file says /usr for its prefix only through where it lies.
  execute_process(COMMAND pkg-config --cflags --libs progeny
                  OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  separate_arguments(compiler_flags UNIX_COMMAND "${FLAGS}")
  run(${CXX} -std=c++20 ${compiler_flags} ${CMAKE_CURRENT_LIST_DIR}/consumer.cpp -o ${WORK}/consumer
      ${flags})
  set(ENV{LD_LIBRARY_PATH} ${libraries})
  require_light_start(${WORK}/consumer)
  run(${WORK}/consumer)
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
if(WAY STREQUAL "find_package")
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/stage)
  # By its folder, as a cross compiler looks for packages in its own root alone.
  file(GLOB_RECURSE config ${WORK}/stage/*/progeny-config.cmake)
  get_filename_component(config_folder ${config} DIRECTORY)
  build_and_run(find_package -Dprogeny_DIR=${config_folder})
elseif(WAY STREQUAL "add_subdirectory")
  build_and_run(add_subdirectory -DPROGENY_SOURCE=${SOURCE})
elseif(WAY STREQUAL "pkg_config")
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/stage)
  build_with_pkg_config(${WORK}/stage)
elseif(WAY STREQUAL "deb")
  run(cpack --config ${BUILD}/CPackConfig.cmake -B ${WORK}/packages)
  file(GLOB packages ${WORK}/packages/*.deb)
  if(NOT packages)
    message(FATAL_ERROR "cpack made no package")
  endif()
  foreach(package ${packages})
    run(dpkg-deb --info ${package})
    run(dpkg-deb --extract ${package} ${WORK}/root)
  endforeach()
  build_with_pkg_config(${WORK}/root/usr)
else()
  message(FATAL_ERROR "there is no way called '${WAY}'")
endif()
