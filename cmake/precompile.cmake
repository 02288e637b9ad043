# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
#
# With THV_PRECOMPILE, headers from outside that most files include are parsed once for the libraries and once for the
# tests, for builds from nothing. Files must include what they use all the same, for builds without it.

set(common_headers <algorithm> <array> <charconv> <chrono> <filesystem> <functional> <map> <memory> <optional> <string>
                   <string_view> <utility> <vector> <fmt/format.h> <fmt/ranges.h> <nlohmann/json.hpp>)

# thv_precompile(<target> libraries|tests): the target's files start from the headers of that kind.
function(thv_precompile target kind)
  if(NOT THV_PRECOMPILE)
    return()
  endif()
  set(owner thv_precompiled_${kind})
  if(NOT TARGET ${owner})
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${owner}.cpp CONTENT "")
    add_library(${owner} OBJECT ${CMAKE_BINARY_DIR}/${owner}.cpp)
    target_link_libraries(${owner} PRIVATE thv_options nlohmann_json::nlohmann_json)
    set(headers ${common_headers})
    if(kind STREQUAL tests)
      target_link_libraries(${owner} PRIVATE thv_test_options)
      list(APPEND headers <${THV_CATCH_HEADER}>)
    endif()
    target_precompile_headers(${owner} PRIVATE ${headers})
    # What the compiler cache may keep must not hold the time at which it was made.
    target_compile_options(${owner} PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
