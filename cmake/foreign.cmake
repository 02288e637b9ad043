# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
#
# OpenSSL::SSL, OpenSSL::Crypto, thv::yaml-cpp and thv::utf8proc. Linked statically unless THV_SHARED_LIBRARIES says
# otherwise: the dynamic linker's work on libcrypto alone would be most of what `thv version` takes.
include(CheckCXXSourceCompiles)

if(NOT THV_SHARED_LIBRARIES)
  set(OPENSSL_USE_STATIC_LIBS ON)
endif()
find_package(OpenSSL 3.0 REQUIRED)
if(NOT THV_SHARED_LIBRARIES)
  # Some builds of the archive need compression libraries that it cannot name.
  set(probe "#include <openssl/ssl.h>\nint main() { return SSL_CTX_new(TLS_client_method()) == nullptr; }")
  set(CMAKE_REQUIRED_LIBRARIES OpenSSL::SSL OpenSSL::Crypto)
  check_cxx_source_compiles("${probe}" THV_STATIC_OPENSSL_LINKS)
  if(NOT THV_STATIC_OPENSSL_LINKS)
    set(CMAKE_REQUIRED_LIBRARIES OpenSSL::SSL OpenSSL::Crypto z zstd)
    check_cxx_source_compiles("${probe}" THV_STATIC_OPENSSL_LINKS_WITH_COMPRESSION)
    if(THV_STATIC_OPENSSL_LINKS_WITH_COMPRESSION)
      set_property(TARGET OpenSSL::Crypto APPEND PROPERTY INTERFACE_LINK_LIBRARIES z zstd)
    else()
      message(WARNING "${OPENSSL_CRYPTO_LIBRARY} does not link; OpenSSL is linked dynamically, and every start is slower")
      find_library(THV_SHARED_SSL NAMES libssl.so REQUIRED)
      find_library(THV_SHARED_CRYPTO NAMES libcrypto.so REQUIRED)
      set_target_properties(OpenSSL::SSL PROPERTIES IMPORTED_LOCATION ${THV_SHARED_SSL})
      set_target_properties(OpenSSL::Crypto PROPERTIES IMPORTED_LOCATION ${THV_SHARED_CRYPTO})
    endif()
  endif()
  unset(CMAKE_REQUIRED_LIBRARIES)
endif()

# The library `name` as the target thv::<name>; it is found by its header.
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
