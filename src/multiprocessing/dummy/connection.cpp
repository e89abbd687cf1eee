#include <progeny/multiprocessing/dummy/connection.hpp>

#include <fmt/format.h>

namespace progeny::multiprocessing::dummy::connection {

namespace detail {

void throw_other_type(const Parcel& parcel, std::string_view wanted) {
  throw TypeError(fmt::format("{} was sent where {} is wanted", parcel.name, wanted));
}

}  // namespace detail

bool Connection::poll(Timeout timeout) {
  return incoming_.await_value(timeout);
}

Connection Listener::accept(Timeout timeout) {
  try {
    return backlog_.get({.timeout = timeout});
  } catch (const Empty&) {
    throw TimeoutError("accept: no client came in time");
  }
}

Connection Client(const Address& address) {
  auto [client, server] = Pipe();
  detail::Backlog backlog = address.backlog_;
  backlog.put(std::move(server));
  return std::move(client);
}

std::pair<Connection, Connection> Pipe(bool /*duplex*/) {
  const Queue<detail::Parcel> there;
  const Queue<detail::Parcel> back;
  return {Connection(back, there), Connection(there, back)};
}

}  // namespace progeny::multiprocessing::dummy::connection
