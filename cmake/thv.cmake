# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
#
# The three kinds of target this project has, and the options that all of them share.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
# A target with the property THV_WHOLLY_STATIC needs no library of the system at all.
set(wholly_static $<BOOL:$<TARGET_PROPERTY:THV_WHOLLY_STATIC>>)
include(cmake/foreign.cmake)
include(cmake/precompile.cmake)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(thv_options INTERFACE)
target_include_directories(thv_options INTERFACE ${PROJECT_SOURCE_DIR}/lib)
# Asio and Beast are compiled once (lib/io/asio.cpp, lib/http/beast.cpp) instead of in every file that uses them.
target_compile_definitions(thv_options INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                                                 BOOST_BEAST_SEPARATE_COMPILATION THV_VERSION="${PROJECT_VERSION}")
target_compile_options(thv_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
                                             $<$<BOOL:${THV_WERROR}>:-Werror> -fno-omit-frame-pointer)
# Start-up is mostly dynamic linking, so the fewer shared libraries the better.
if(NOT THV_SANITIZE)
  target_link_options(thv_options INTERFACE
                      $<IF:${wholly_static},-static-pie,-static-libstdc++$<SEMICOLON>-static-libgcc>)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(thv_options INTERFACE -fuse-ld=lld)
endif()
target_link_options(thv_options INTERFACE -Wl,--as-needed $<$<CONFIG:Release>:-Wl,--gc-sections>)
target_compile_options(thv_options INTERFACE $<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>)
# What a position independent program corrects at its start, in a hundredth of the space; equal functions once, except
# those whose addresses are compared; and what runs at the start in one place, so that few pages are read for it.
target_link_options(thv_options INTERFACE $<$<CONFIG:Release>:-Wl,-z,pack-relative-relocs>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(thv_options INTERFACE $<$<CONFIG:Release>:-Wl,--icf=safe,-z,keep-text-section-prefix>)
endif()
if(THV_SANITIZE)
  target_compile_options(thv_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_link_options(thv_options INTERFACE -fsanitize=address,undefined)
endif()
if(THV_COVERAGE)
  target_compile_options(thv_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(thv_options INTERFACE -fprofile-instr-generate)
endif()
# A header-only fmt is half of what a file takes to compile, the library a part of what a start takes.
target_link_libraries(thv_options INTERFACE Boost::headers Threads::Threads
                                            $<IF:$<BOOL:${THV_SHARED_LIBRARIES}>,fmt::fmt,fmt::fmt-header-only>)

# Tests are compiled in half the time without optimization, and wait more than they compute.
add_library(thv_test_options INTERFACE)
target_compile_options(thv_test_options INTERFACE $<$<CONFIG:Debug>:-O0>)

# thv_library(NAME <name> SOURCES <files…> DEPS <thv libraries…> [USES <foreign targets…>])
# tests/lint/layers.py reads DEPS and fails on an include of any other library of ours.
function(thv_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;USES" ${ARGN})
  add_library(thv_${ARG_NAME} STATIC ${ARG_SOURCES})
  add_library(thv::${ARG_NAME} ALIAS thv_${ARG_NAME})
  list(TRANSFORM ARG_DEPS PREPEND thv::)
  target_link_libraries(thv_${ARG_NAME} PUBLIC thv_options ${ARG_DEPS} ${ARG_USES})
  thv_precompile(thv_${ARG_NAME} libraries)
endfunction()

# thv_compiled_as_test(<target>): what programs of tests have in common, whoever starts them.
function(thv_compiled_as_test target)
  target_link_libraries(${target} PRIVATE thv_options thv_test_options)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  thv_precompile(${target} tests)
endfunction()

# thv_test(NAME <name> SOURCES <files…> DEPS <thv libraries…> [LABELS <labels…>]): one Catch2 program, one ctest entry.
function(thv_test)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(test_${ARG_NAME} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPS PREPEND thv::)
  thv_compiled_as_test(test_${ARG_NAME})
  target_link_libraries(test_${ARG_NAME} PRIVATE ${ARG_DEPS} thv_catch)
  add_test(NAME ${ARG_NAME} COMMAND test_${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT 300)
endfunction()
