#pragma once

// A server: a thread that lets clients in, and one for each of them.

#include "multiprocessing/managers/object_table.hpp"
#include "multiprocessing/managers/session.hpp"
#include "multiprocessing/managers/wire.hpp"

#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/managers/registry.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace progeny::multiprocessing::managers::detail {

class ServerCore {
 public:
  ServerCore(Registry registry,
             const std::optional<connection::Address>& address,
             const std::string& authkey);
  ServerCore(const ServerCore&) = delete;
  ServerCore& operator=(const ServerCore&) = delete;
  ~ServerCore();

  [[nodiscard]] const connection::Address& address() const { return listener_.address(); }
  void serve();
  void stop() noexcept { stop_.request_stop(); }

 private:
  void accept_one();
  void begin_session(connection::Connection connection);
  void serve_client(connection::Connection connection) noexcept;
  void serve_session(Session& session);
  // Answers a request to the server itself. Returns whether the connection is served from now on.
  bool serve_first(Session& session, const Request& request);
  [[nodiscard]] pickle::Value ask(const Request& request);
  [[nodiscard]] pickle::Value create(const Arguments& arguments);
  // Calls a method, and returns the encoded reply.
  [[nodiscard]] std::string call(Session& session, const std::string& bytes);
  [[nodiscard]] std::string call_method(Session& session, const Request& request);
  [[nodiscard]] std::string encode(const Reply& reply);
  void pin_proxies(const Request& request);

  Registry registry_;
  connection::Listener listener_;
  ObjectTable objects_;
  std::stop_source stop_;
  std::mutex mutex_;  // Guards `threads_`.
  std::condition_variable all_ended_;
  std::size_t threads_ = 0;
};

}  // namespace progeny::multiprocessing::managers::detail
