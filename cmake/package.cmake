# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
#
# `cpack --config build/package/CPackConfig.cmake` makes a deb of what `cmake --install` installs, and a tarball with the
# static program in place of the other.
set(CPACK_GENERATOR DEB)
if(THV_STATIC)
  list(APPEND CPACK_GENERATOR TGZ)
endif()
set(CPACK_PACKAGE_NAME thv)
set(CPACK_PACKAGE_VENDOR "The thv authors")
set(CPACK_PACKAGE_CONTACT "The thv authors <maintainers@thv.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "run and manage MCP servers in containers")
set(CPACK_PACKAGE_DESCRIPTION
    "thv puts servers of the Model Context Protocol into locked-down containers\n\
and gives clients one stable HTTP endpoint for each. It works the same way on\n\
Docker, on Podman and on a Kubernetes cluster.")
set(CPACK_PACKAGE_FILE_NAME "thv_${PROJECT_VERSION}_${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# The prefix, and which of the two programs, differ.
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/pack.cmake)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "podman | docker.io")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libsecret-1-0")
# Folders as Debian wants them, whatever the umask of who builds is.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
include(CPack)

# What Debian wants compressed, it wants compressed without a time stamp.
find_program(GZIP gzip REQUIRED)
function(thv_install_compressed source name destination)
  set(compressed ${PROJECT_BINARY_DIR}/compressed/${destination}/${name}.gz)
  cmake_path(GET compressed PARENT_PATH folder)
  add_custom_command(
    OUTPUT ${compressed}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
    COMMAND ${GZIP} -9 --no-name --stdout ${source} > ${compressed}
    DEPENDS ${source}
    VERBATIM)
  set_property(GLOBAL APPEND PROPERTY thv_compressed ${compressed})
  install(FILES ${compressed} DESTINATION ${destination})
endfunction()

foreach(section 1 5 7)
  file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/man/*.${section})
  foreach(page IN LISTS pages)
    cmake_path(GET page FILENAME name)
    thv_install_compressed(${page} ${name} ${CMAKE_INSTALL_MANDIR}/man${section})
  endforeach()
endforeach()
set(documents ${CMAKE_INSTALL_DATADIR}/doc/thv)
thv_install_compressed(${PROJECT_SOURCE_DIR}/packaging/changelog changelog ${documents})
thv_install_compressed(${PROJECT_SOURCE_DIR}/CHANGELOG.md NEWS ${documents})
install(FILES ${PROJECT_SOURCE_DIR}/packaging/copyright DESTINATION ${documents})
file(GLOB schemas CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/schemas/*.schema.json)
install(FILES ${schemas} DESTINATION ${CMAKE_INSTALL_DATADIR}/thv/schemas)
install(FILES ${PROJECT_SOURCE_DIR}/packaging/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
        RENAME thv)
get_property(compressed GLOBAL PROPERTY thv_compressed)
add_custom_target(thv_compressed ALL DEPENDS ${compressed})
