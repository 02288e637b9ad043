# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake -DSOURCE=dir -DOUTPUT=file -P commit.cmake: writes a header with the commit of SOURCE and its date. Outside a
# repository they are "unknown". The date is the commit's, not the build's, so that builds stay reproducible.
set(commit "unknown")
set(date "unknown")
find_program(GIT git)
if(GIT)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env TZ=UTC
            ${GIT} -C ${SOURCE} log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ "--format=%H %cd"
    OUTPUT_VARIABLE answer
    RESULT_VARIABLE failure
    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT failure AND answer MATCHES "^([0-9a-f]+) ([-:0-9TZ]+)$")
    set(commit ${CMAKE_MATCH_1})
    set(date ${CMAKE_MATCH_2})
  endif()
endif()
string(CONCAT content "#pragma once\n" "#define THV_COMMIT \"${commit}\"\n" "#define THV_COMMIT_DATE \"${date}\"\n")
set(before "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT before STREQUAL content)
  file(WRITE ${OUTPUT} ${content})
endif()
