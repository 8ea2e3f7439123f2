# Compiler settings every target of ours shares, through the interface target tw_options.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
                                  ${CCACHE_PROGRAM})
endif()

add_library(tw_options INTERFACE)
target_include_directories(tw_options INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_definitions(tw_options INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(tw_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Woverloaded-virtual
  -Wnon-virtual-dtor -Wimplicit-fallthrough -Wno-missing-field-initializers -Werror
  -fstack-protector-strong -fstack-clash-protection
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_link_options(tw_options INTERFACE -Wl,-z,relro,-z,now)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64")
  target_compile_options(tw_options INTERFACE -fcf-protection)
endif()

set(TW_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")
if(TW_SANITIZE)
  target_compile_options(tw_options INTERFACE -fsanitize=${TW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  string(REPLACE "fuzzer-no-link," "" TW_SANITIZE_LINK "${TW_SANITIZE}")
  target_link_options(tw_options INTERFACE -fsanitize=${TW_SANITIZE_LINK})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(tw_options INTERFACE _FORTIFY_SOURCE=3)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives from inlined standard-library code at -O2.
  target_compile_options(tw_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
  if(TW_SANITIZE MATCHES "thread")
    target_compile_options(tw_options INTERFACE -Wno-tsan)
  endif()
endif()

find_package(Threads REQUIRED)
