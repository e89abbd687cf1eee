#pragma once

// Errors of connections say which connection they are about.

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>

namespace progeny::multiprocessing::detail {

/// Calls `call`. An OSError that names nothing gets the name of the connection.
template <class Call>
auto with_name(const connection::Connection& connection, const Call& call) {
  try {
    return call();
  } catch (const OSError& error) {
    if (error.filename()) {
      throw;
    }
    throw OSError(error.code(), error.call(), ConnectionAccess::name(connection));
  }
}

}  // namespace progeny::multiprocessing::detail
