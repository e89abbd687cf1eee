#pragma once

// The bodies of Connection's templates: they turn values into messages, and back. Not for users.

#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/connection/recv_options.hpp>
#include <progeny/multiprocessing/detail/connection_access.hpp>
#include <progeny/multiprocessing/detail/flat_message.hpp>
#include <progeny/multiprocessing/detail/flat_target.hpp>
#include <progeny/serial.hpp>

#include <stop_token>

namespace progeny::multiprocessing::connection {

template <class T>
void Connection::send(const T& value, const std::stop_token& stop) {
  if constexpr (detail::Flat<T>) {
    detail::ConnectionAccess::send_flat(*this, detail::FlatMessage(value), stop);
  } else {
    detail::ConnectionAccess::send_object(*this, serial::encode(value), stop);
  }
}

template <class T>
T Connection::recv(const RecvOptions& options) {
  if constexpr (detail::Plain<T>) {
    T value{};
    recv_into(value, options);
    return value;
  } else {
    detail::ObjectMessage message = detail::ConnectionAccess::recv_object(*this, options);
    return serial::decode<T>(message.incoming());
  }
}

template <class T>
void Connection::recv_into(T& value, const RecvOptions& options) {
  if constexpr (detail::FlatTarget<T>) {
    if (!options.max_memory && !options.maxlength) {
      if (auto other =
              detail::ConnectionAccess::recv_flat(*this, detail::FlatRoom(value), options)) {
        value = serial::decode<T>(other->incoming());
      }
      return;
    }
  }
  detail::ObjectMessage message = detail::ConnectionAccess::recv_object(*this, options);
  value = serial::decode<T>(message.incoming());
}

}  // namespace progeny::multiprocessing::connection
