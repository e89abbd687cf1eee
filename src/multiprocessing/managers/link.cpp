#include "multiprocessing/managers/link.hpp"

#include "base/per_thread.hpp"
#include "multiprocessing/managers/wire.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/connection/listener.hpp>
#include <progeny/multiprocessing/managers/errors.hpp>
#include <progeny/multiprocessing/process.hpp>
#include <progeny/pickle/pickle.hpp>

#include <algorithm>
#include <utility>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Kind;
using pickle::Value;

// A connection of this thread.
struct Open {
  const Link* link;           // Tells it apart; may be dead.
  std::weak_ptr<Link> alive;  // Whether it is.
  int pid;                    // The process that connected: a forked child must not use it.
  connection::Connection connection;
};

struct OfThread {
  std::vector<Open> open;
};

OfThread& of_thread() {
  OfThread* const mine = progeny::detail::PerThread<OfThread>::get();
  if (mine == nullptr) {
    throw UsageError("a managed object cannot be called when its thread has ended");
  }
  return *mine;
}

ServerReply reply_from(const std::string& bytes) {
  const Value reply = pickle::loads(bytes);
  if ((reply.kind() != Kind::tuple && reply.kind() != Kind::list) || reply.size() != 2) {
    throw ValueError("the server's reply is no pair: " + reply.repr(200));
  }
  return {.kind = std::string(reply.items()[0].as_text()), .result = reply.items()[1]};
}

}  // namespace

Link::~Link() {
  OfThread* const mine = progeny::detail::PerThread<OfThread>::get();
  if (mine != nullptr) {
    std::erase_if(mine->open, [this](const Open& each) { return each.link == this; });
  }
}

connection::Connection Link::connect() const {
  return connection::Client(address_, {.authkey = authkey_});
}

Value Link::ask(std::string_view method,
                std::vector<Value> args,
                std::vector<Value::Pair> kwds) const {
  connection::Connection connection = connect();
  connection.send_bytes(encode_request({}, method, std::move(args), std::move(kwds)));
  ServerReply reply = reply_from(connection.recv_bytes());
  if (reply.kind == "#RETURN") {
    return std::move(reply.result);
  }
  if (reply.kind == "#ERROR") {
    throw_exception(reply.result);
  }
  throw RemoteError(reply.result.kind() == Kind::text ? reply.result.as_text() : reply.kind);
}

void Link::ask_to_end(const Timeout& timeout) const {
  connection::Connection connection = connection::Client(
      address_, {.authkey = authkey_, .timeout = timeout, .handshake_timeout = timeout});
  connection.send_bytes(encode_request({}, "shutdown", {}, {}));
  if (connection.poll(timeout)) {
    static_cast<void>(connection.recv_bytes());
  }
}

connection::Connection& Link::connection_of_thread() {
  std::vector<Open>& open = of_thread().open;
  const int pid = platform::current_pid();
  std::erase_if(open, [pid](const Open& each) { return each.alive.expired() || each.pid != pid; });
  const auto found = std::find_if(
      open.begin(), open.end(), [this](const Open& each) { return each.link == this; });
  if (found != open.end()) {
    return found->connection;
  }
  connection::Connection connection = connect();
  connection.send_bytes(encode_request(
      {}, "accept_connection", {current_process().name() + std::string(progeny_mark)}, {}));
  const ServerReply reply = reply_from(connection.recv_bytes());
  if (reply.kind != "#RETURN") {
    throw RemoteError(reply.result.kind() == Kind::text ? reply.result.as_text() : reply.kind);
  }
  open.push_back({this, weak_from_this(), pid, std::move(connection)});
  return open.back().connection;
}

ServerReply Link::call(const std::string& id,
                       std::string_view method,
                       std::vector<Value> args,
                       std::vector<Value::Pair> kwds) {
  const std::string request = encode_request(id, method, std::move(args), std::move(kwds));
  connection::Connection& connection = connection_of_thread();
  try {
    connection.send_bytes(request);
    return reply_from(connection.recv_bytes());
  } catch (...) {
    // Whatever is still to come would be taken for the reply of the next call.
    std::erase_if(of_thread().open, [this](const Open& each) { return each.link == this; });
    throw;
  }
}

Referent::Referent(std::shared_ptr<Link> to,
                   std::string type,
                   std::string number,
                   std::vector<std::string> names)
    : link(std::move(to)),
      typeid_name(std::move(type)),
      id(std::move(number)),
      exposed(std::move(names)),
      owner(platform::current_pid()) {}

Referent::~Referent() {
  if (owner != platform::current_pid()) {
    return;
  }
  try {
    link->ask("decref", {id});
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the server may be gone.
  }
}

}  // namespace progeny::multiprocessing::managers::detail
