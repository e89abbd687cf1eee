#pragma once

// What a client knows of a server: where it is, and one connection for each thread.

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/managers/proxy.hpp>
#include <progeny/pickle/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::managers::detail {

/// The reply of a server.
struct ServerReply {
  std::string kind;
  pickle::Value result;
};

/// A server as its clients see it.
/// - Threads: safe.
class Link : public std::enable_shared_from_this<Link> {
 public:
  Link(connection::Address address, std::string authkey)
      : address_(std::move(address)), authkey_(std::move(authkey)) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  /// Closes the connection of this thread. Other threads close theirs when they connect again, or
  /// end.
  ~Link();

  [[nodiscard]] const connection::Address& address() const noexcept { return address_; }
  [[nodiscard]] const std::string& authkey() const noexcept { return authkey_; }

  /// Asks the server itself, over a connection of its own. Throws what the server says.
  pickle::Value ask(std::string_view method,
                    std::vector<pickle::Value> args = {},
                    std::vector<pickle::Value::Pair> kwds = {}) const;
  /// Asks the server to end, and gives up after the timeout.
  void ask_to_end(const Timeout& timeout) const;
  /// Calls a method of an object over the connection of this thread. A connection that fails is
  /// closed, and the next call makes a new one.
  [[nodiscard]] ServerReply call(const std::string& id,
                                 std::string_view method,
                                 std::vector<pickle::Value> args,
                                 std::vector<pickle::Value::Pair> kwds);

 private:
  [[nodiscard]] connection::Connection connect() const;
  [[nodiscard]] connection::Connection& connection_of_thread();

  connection::Address address_;
  std::string authkey_;
};

/// An object in a server, and one reference to it that this process has.
struct Referent {
  std::shared_ptr<Link> link;
  std::string typeid_name;
  std::string id;
  std::vector<std::string> exposed;
  /// The process that the reference belongs to. A forked child takes its own at the first call.
  int owner = 0;

  /// Takes over a reference that the server has counted.
  Referent(std::shared_ptr<Link> to,
           std::string type,
           std::string number,
           std::vector<std::string> names);
  Referent(const Referent&) = delete;
  Referent& operator=(const Referent&) = delete;
  /// Gives the reference back. Failures are ignored: the server may be gone.
  ~Referent();
};

/// The proxy that a value stands for; takes a reference. Throws TypeError if it is none.
[[nodiscard]] BaseProxy rebuild(const std::shared_ptr<Link>& link, const pickle::Value& value);

}  // namespace progeny::multiprocessing::managers::detail
