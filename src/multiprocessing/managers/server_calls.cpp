// How a server answers: requests to itself, and calls of its objects' methods.

#include "multiprocessing/managers/server_core.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/multiprocessing/managers/errors.hpp>
#include <progeny/pickle/pickle.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Kind;
using pickle::Value;

// What Python shows of an exception outside of a method. Clients show it, and do not read it.
std::string traceback(const std::exception& error) {
  const Value exception = exception_value(std::current_exception());
  const pickle::Recipe& recipe = exception.as_object();
  return fmt::format("Traceback (most recent call last):\n  a server of C++\n{}: {}\n",
                     recipe.callable.as_global().name,
                     error.what());
}

// Calls `see` with every value that is inside `value`, each node once.
template <class See>
void walk(const Value& value, std::vector<Value>& todo, const See& see) {
  todo.push_back(value);
  std::vector<Value> seen;
  while (!todo.empty()) {
    const Value next = std::move(todo.back());
    todo.pop_back();
    switch (next.kind()) {
      case Kind::tuple:
      case Kind::list:
      case Kind::set:
      case Kind::frozenset:
      case Kind::dict:
      case Kind::object:
        break;
      default:
        continue;
    }
    if (std::any_of(seen.begin(), seen.end(), [&](const Value& old) { return old.is(next); })) {
      continue;
    }
    seen.push_back(next);
    if (next.kind() == Kind::dict) {
      for (const Value::Pair& pair : next.pairs()) {
        todo.push_back(pair.first);
        todo.push_back(pair.second);
      }
    } else if (next.kind() == Kind::object) {
      const pickle::Recipe& recipe = next.as_object();
      if (see(next)) {
        continue;
      }
      todo.insert(todo.end(), {recipe.callable, recipe.args, recipe.kwargs});
      todo.insert(todo.end(), recipe.items.begin(), recipe.items.end());
      todo.insert(todo.end(), recipe.states.begin(), recipe.states.end());
      for (const Value::Pair& pair : recipe.pairs) {
        todo.push_back(pair.second);
      }
    } else {
      todo.insert(todo.end(), next.items().begin(), next.items().end());
    }
  }
}

}  // namespace

void ServerCore::serve_client(connection::Connection connection) noexcept {
  try {
    Session session(std::move(connection), stop_.get_token());
    try {
      serve_session(session);
    } catch (const ClientGone&) {      // NOLINT(bugprone-empty-catch): it costs only itself.
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): as above.
    }
    objects_.forget(session);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): no descriptor is left.
  }
}

void ServerCore::serve_session(Session& session) {
  Request first;
  try {
    first = decode_request(session.receive());
  } catch (const std::logic_error& error) {  // Garbage.
    session.send(encode_reply("#TRACEBACK", traceback(error)));
    return;
  }
  if (!serve_first(session, first)) {
    return;
  }
  for (;;) {
    const std::string bytes = session.receive();
    if (bytes.empty()) {
      return;  // As Python: a pickle that is empty is the end.
    }
    session.send(call(session, bytes));
  }
}

bool ServerCore::serve_first(Session& session, const Request& request) {
  if (request.method == "accept_connection") {
    const auto name = request.arguments.get<std::string>(0, "name", "");
    session.set_progeny(name.ends_with(progeny_mark));
    session.send(encode_reply("#RETURN", {}));
    return true;
  }
  std::string reply;
  try {
    reply = encode_reply("#RETURN", ask(request));
  } catch (const std::exception& error) {
    reply = encode_reply("#TRACEBACK", traceback(error));
  }
  session.send(reply);
  if (request.method == "shutdown") {
    stop();
  }
  return false;
}

Value ServerCore::ask(const Request& request) {
  const std::string& method = request.method;
  const auto id = [&] { return request.arguments.get<std::string>(0, "ident"); };
  if (method == "create") {
    pin_proxies(request);
    return create(request.arguments);
  }
  if (method == "incref") {
    objects_.incref(id());
  } else if (method == "decref") {
    objects_.decref(id());
  } else if (method == "get_methods") {
    return names_value(
        *objects_.find(token_from(request.arguments.get<Value>(0, "token")).id).exposed);
  } else if (method == "number_of_objects") {
    return objects_.count();
  } else if (method == "debug_info") {
    return objects_.debug_info();
  } else if (method != "dummy" && method != "shutdown") {
    throw RemoteError("builtins", "AssertionError", {fmt::format("'{}' unrecognized", method)});
  }
  return {};
}

Value ServerCore::create(const Arguments& arguments) {
  const auto name = arguments.get<std::string>(0, "typeid");
  const Factory* const factory = registry_.find(name);
  if (factory == nullptr) {
    throw KeyError("'" + name + "'");
  }
  std::vector<Value> rest = arguments.args();
  if (!rest.empty()) {
    rest.erase(rest.begin());
  }
  const Served object = (*factory)(Arguments(std::move(rest), arguments.kwds()));
  if (object == nullptr) {
    throw ValueError("the factory of '" + name + "' made no object");
  }
  const std::string id = objects_.add(object, name);
  return Value::tuple({id, names_value(object->exposed())});
}

std::string ServerCore::call(Session& session, const std::string& bytes) {
  try {
    return call_method(session, decode_request(bytes));
  } catch (const std::exception& error) {
    return encode_reply("#TRACEBACK", traceback(error));
  }
}

std::string ServerCore::call_method(Session& session, const Request& request) {
  const ObjectTable::Entry entry = objects_.find(request.id.value_or("None"));
  const std::vector<std::string>& exposed = *entry.exposed;
  if (std::find(exposed.begin(), exposed.end(), request.method) == exposed.end()) {
    if (request.method == "#GETVALUE") {
      return encode({.value = entry.object->value()});
    }
    if (request.method == "__repr__" || request.method == "__str__") {
      return encode({.value = entry.object->repr()});
    }
    throw KeyError("'" + request.method + "'");
  }
  if (request.may_have_proxies) {
    pin_proxies(request);
  }
  Reply reply;
  try {
    reply = entry.object->call(request.method, request.arguments, session);
  } catch (const ClientGone&) {
    throw;
  } catch (const pickle::PicklingError& error) {
    return encode_reply("#UNSERIALIZABLE", error.what());
  } catch (...) {
    return encode_reply("#ERROR", exception_value(std::current_exception()));
  }
  return encode(reply);
}

std::string ServerCore::encode(const Reply& reply) {
  if (reply.object == nullptr) {
    try {
      return encode_reply("#RETURN", reply.value);
    } catch (const pickle::PicklingError& error) {
      return encode_reply("#UNSERIALIZABLE", error.what());
    }
  }
  const std::string id = objects_.add(reply.object, reply.typeid_name);
  const Token token{
      .typeid_name = reply.typeid_name, .address = address_value(address()), .id = id};
  return encode_reply("#PROXY",
                      Value::tuple({names_value(reply.object->exposed()), token_value(token)}));
}

void ServerCore::pin_proxies(const Request& request) {
  std::vector<Value> todo = request.arguments.args();
  for (const Value::Pair& pair : request.arguments.kwds()) {
    todo.push_back(pair.second);
  }
  walk({}, todo, [this](const Value& object) {
    const std::optional<PackedProxy> proxy = packed_proxy(object);
    if (proxy) {
      objects_.pin(proxy->token.id);
    }
    return proxy.has_value();
  });
}

}  // namespace progeny::multiprocessing::managers::detail
