# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
#
# thv::openssl, thv::yaml-cpp and thv::utf8proc.

# OpenSSL is the system's, so that its fixes come with the system's, but for a target with THV_WHOLLY_STATIC.
find_package(OpenSSL 3.0 REQUIRED)
add_library(thv_openssl INTERFACE)
add_library(thv::openssl ALIAS thv_openssl)
target_include_directories(thv_openssl INTERFACE ${OPENSSL_INCLUDE_DIR})
target_link_libraries(thv_openssl INTERFACE $<$<NOT:${wholly_static}>:OpenSSL::SSL>
                                            $<$<NOT:${wholly_static}>:OpenSSL::Crypto>)
if(THV_STATIC)
  include(CheckCXXSourceCompiles)
  find_library(THV_SSL_ARCHIVE NAMES libssl.a REQUIRED)
  find_library(THV_CRYPTO_ARCHIVE NAMES libcrypto.a REQUIRED)
  set(archives ${THV_SSL_ARCHIVE} ${THV_CRYPTO_ARCHIVE})
  # Some builds of the archive need compression libraries that it cannot name.
  set(probe "#include <openssl/ssl.h>\nint main() { return SSL_CTX_new(TLS_client_method()) == nullptr; }")
  set(CMAKE_REQUIRED_INCLUDES ${OPENSSL_INCLUDE_DIR})
  set(CMAKE_REQUIRED_LIBRARIES ${archives})
  check_cxx_source_compiles("${probe}" THV_STATIC_OPENSSL_LINKS)
  if(NOT THV_STATIC_OPENSSL_LINKS)
    list(APPEND archives z zstd)
    set(CMAKE_REQUIRED_LIBRARIES ${archives})
    check_cxx_source_compiles("${probe}" THV_STATIC_OPENSSL_LINKS_WITH_COMPRESSION)
    if(NOT THV_STATIC_OPENSSL_LINKS_WITH_COMPRESSION)
      message(FATAL_ERROR "${THV_CRYPTO_ARCHIVE} does not link, and the tarball's program needs it")
    endif()
  endif()
  unset(CMAKE_REQUIRED_INCLUDES)
  unset(CMAKE_REQUIRED_LIBRARIES)
  foreach(archive IN LISTS archives)
    target_link_libraries(thv_openssl INTERFACE $<${wholly_static}:${archive}>)
  endforeach()
endif()

# The library `name` as the target thv::<name>; it is found by its header. Linked statically unless THV_SHARED_LIBRARIES
# says otherwise: every shared library is a part of what a start takes.
function(thv_foreign_library name header)
  string(MAKE_C_IDENTIFIER THV_${name} variable)
  string(TOUPPER ${variable} variable)
  find_path(${variable}_HEADERS ${header} REQUIRED)
  if(NOT THV_SHARED_LIBRARIES)
    find_library(${variable} NAMES lib${name}.a)
  endif()
  if(NOT ${variable})
    find_library(${variable} NAMES lib${name}.so REQUIRED)
  endif()
  add_library(thv::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(thv::${name} PROPERTIES IMPORTED_LOCATION ${${variable}} INTERFACE_INCLUDE_DIRECTORIES
                                                                                  ${${variable}_HEADERS})
endfunction()
thv_foreign_library(yaml-cpp yaml-cpp/yaml.h)
thv_foreign_library(utf8proc utf8proc.h)
