#include <progeny/multiprocessing/connection/pickle_connection.hpp>

#include <utility>

namespace progeny::multiprocessing::connection {

PickleConnection::PickleConnection(Connection connection, PickleOptions options)
    : connection_(std::move(connection)), options_(std::move(options)) {}

void PickleConnection::send_value(const pickle::Value& value, const std::stop_token& stop) {
  connection_.send_bytes(pickle::dumps(value, options_.dump), 0, {}, stop);
}

pickle::Value PickleConnection::recv(const std::stop_token& stop) {
  return pickle::loads(connection_.recv_bytes({}, stop), options_.load);
}

}  // namespace progeny::multiprocessing::connection
