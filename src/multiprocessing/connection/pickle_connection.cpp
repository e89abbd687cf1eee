#include <progeny/multiprocessing/connection/pickle_connection.hpp>

#include <utility>

namespace progeny::multiprocessing::connection {

PickleConnection::PickleConnection(Connection connection, PickleOptions options)
    : connection_(std::move(connection)), options_(std::move(options)) {}

void PickleConnection::send_pickle(const std::string& message, const std::stop_token& stop) {
  connection_.send_bytes(message, 0, {}, stop);
}

std::string PickleConnection::recv_pickle(const std::stop_token& stop) {
  return connection_.recv_bytes({}, stop);
}

pickle::Value PickleConnection::recv(const std::stop_token& stop) {
  return pickle::loads(recv_pickle(stop), options_.load);
}

}  // namespace progeny::multiprocessing::connection
