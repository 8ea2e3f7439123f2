# Debian's mbedTLS 2.28 ships no CMake package. Defines MbedTLS::x509 and MbedTLS::crypto.
find_path(MBEDTLS_INCLUDE_DIR mbedtls/x509_crt.h)
find_library(MBEDX509_LIBRARY mbedx509)
find_library(MBEDCRYPTO_LIBRARY mbedcrypto)
find_library(MBEDTLS_LIBRARY mbedtls)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MbedTLS REQUIRED_VARS MBEDTLS_LIBRARY MBEDX509_LIBRARY MBEDCRYPTO_LIBRARY MBEDTLS_INCLUDE_DIR)
if(MbedTLS_FOUND AND NOT TARGET MbedTLS::x509)
  add_library(MbedTLS::crypto UNKNOWN IMPORTED)
  set_target_properties(MbedTLS::crypto PROPERTIES IMPORTED_LOCATION ${MBEDCRYPTO_LIBRARY}
                                                   INTERFACE_INCLUDE_DIRECTORIES ${MBEDTLS_INCLUDE_DIR})
  add_library(MbedTLS::x509 UNKNOWN IMPORTED)
  set_target_properties(MbedTLS::x509 PROPERTIES IMPORTED_LOCATION ${MBEDX509_LIBRARY}
                                                 INTERFACE_LINK_LIBRARIES MbedTLS::crypto)
endif()
