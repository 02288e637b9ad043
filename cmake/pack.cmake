# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
#
# Read by cpack, once for each kind of package. The tarball may be unpacked anywhere, such as in ~/.local.
if(CPACK_GENERATOR STREQUAL "TGZ")
  set(program static)
  set(CPACK_PACKAGING_INSTALL_PREFIX /)
else()
  set(program program)
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
endif()
list(GET CPACK_INSTALL_CMAKE_PROJECTS 0 build)
set(CPACK_INSTALL_CMAKE_PROJECTS ${build} thv ${program} / ${build} thv Unspecified /)
