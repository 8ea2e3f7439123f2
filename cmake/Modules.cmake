# tw_library(name SOURCES … DEPENDS … [PRIVATE …])   static library tw_<name>, alias tidewaiter::<name>
# tw_program(name SOURCES … DEPENDS …)               executable in bin/
# tw_test(name SOURCES … DEPENDS … [LABELS …])       GoogleTest program, registered with ctest
# tw_fuzz(name SOURCES … DEPENDS …)                  libFuzzer program bin/fuzz_<name>, with TW_FUZZ only; seeds in
#                                                    tests/fuzz/corpus/<name>/
# DEPENDS takes module names (base, codec …) and imported targets (ZLIB::ZLIB …).

function(tw_link target visibility)
  foreach(item IN LISTS ARGN)
    if(TARGET tw_${item} OR NOT item MATCHES "::|^Threads")
      target_link_libraries(${target} ${visibility} tw_${item})
    else()
      target_link_libraries(${target} ${visibility} ${item})
    endif()
  endforeach()
endfunction()

function(tw_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(tw_${name} STATIC ${ARG_SOURCES})
  add_library(tidewaiter::${name} ALIAS tw_${name})
  target_link_libraries(tw_${name} PUBLIC tw_options)
  tw_link(tw_${name} PUBLIC ${ARG_DEPENDS})
  tw_link(tw_${name} PRIVATE ${ARG_PRIVATE})
endfunction()

# Everything a port runs: built by `cmake --build --target programs`.
add_custom_target(programs)

function(tw_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tw_options)
  target_compile_options(${name} PRIVATE -fPIE)
  target_link_options(${name} PRIVATE -pie)
  tw_link(${name} PRIVATE ${ARG_DEPENDS})
  add_dependencies(programs ${name})
endfunction()

function(tw_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE tw_options GTest::gmock_main)
  tw_link(${name} PRIVATE ${ARG_DEPENDS})
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 4
                                           RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE TW_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TW_BINARY_DIR="${CMAKE_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  if(ARG_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
  endif()
  set_property(GLOBAL APPEND PROPERTY TW_TEST_TARGETS ${name})
endfunction()

function(tw_fuzz name)
  if(NOT TW_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE tw_options)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  tw_link(fuzz_${name} PRIVATE ${ARG_DEPENDS})
  # The seeds alone, once: whoever breaks one hears of it without fuzzing.
  add_test(NAME fuzz_${name}_corpus COMMAND fuzz_${name} -runs=0 ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  set_tests_properties(fuzz_${name}_corpus PROPERTIES LABELS fuzz)
endfunction()
