#include "multiprocessing/managers/wire.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/pickle/pickle.hpp>

#include <array>
#include <utility>

namespace progeny::multiprocessing::managers::detail {

namespace {

using pickle::Kind;
using pickle::Value;

constexpr std::string_view module_name = "multiprocessing.managers";

bool is_sequence(const Value& value) {
  return value.kind() == Kind::tuple || value.kind() == Kind::list;
}

bool is_global(const Value& value, std::string_view name) {
  return value.kind() == Kind::global && value.as_global().module == module_name &&
         value.as_global().name == name;
}

// The class of the proxies of a type, if it is not AutoProxy.
std::string_view proxy_class(std::string_view typeid_name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> classes{{
      {"dict", "DictProxy"},
      {"list", "ListProxy"},
      {"Namespace", "NamespaceProxy"},
      {"Value", "ValueProxy"},
      {"Array", "ArrayProxy"},
      {"Iterator", "IteratorProxy"},
      {"Event", "EventProxy"},
      {"Lock", "AcquirerProxy"},
      {"RLock", "AcquirerProxy"},
      {"Semaphore", "AcquirerProxy"},
      {"BoundedSemaphore", "AcquirerProxy"},
      {"Condition", "ConditionProxy"},
      {"Barrier", "BarrierProxy"},
  }};
  for (const auto& [type, name] : classes) {
    if (type == typeid_name) {
      return name;
    }
  }
  return "AutoProxy";
}

}  // namespace

std::string encode_request(const std::optional<std::string>& id,
                           std::string_view method,
                           std::vector<Value> args,
                           std::vector<Value::Pair> kwds) {
  return pickle::dumps(Value::tuple({id ? Value(*id) : Value(),
                                     method,
                                     Value::tuple(std::move(args)),
                                     Value::dict(std::move(kwds))}));
}

Request decode_request(std::string_view bytes) {
  Request request;
  // Names are seen as they are read, so that the arguments are searched only if need be.
  const auto see = [&request](std::string_view module, std::string_view name) {
    request.may_have_proxies |= module == module_name && name == "RebuildProxy";
    return true;
  };
  const Value value = pickle::loads(bytes, {.allowed = see});
  if (!is_sequence(value) || value.size() != 4) {
    throw ValueError("a request has to be a tuple of four: " + value.repr(200));
  }
  const std::vector<Value>& parts = value.items();
  if (!parts[0].is_none()) {
    request.id = std::string(parts[0].as_text());
  }
  request.method = std::string(parts[1].as_text());
  std::vector<Value::Pair> kwds = parts[3].pairs();
  for (const Value::Pair& pair : kwds) {
    static_cast<void>(pair.first.as_text());
  }
  request.arguments = Arguments(parts[2].items(), std::move(kwds));
  return request;
}

std::string encode_reply(std::string_view kind, Value result) {
  return pickle::dumps(Value::tuple({kind, std::move(result)}));
}

Value address_value(const connection::Address& address) {
  switch (address.family()) {
    case connection::Family::inet:
    case connection::Family::inet6:
      return Value::tuple({address.host(), address.port()});
    case connection::Family::unix_socket:
    case connection::Family::named_pipe:
      break;
  }
  const std::string& path = address.path();
  return path.starts_with('\0') ? Value::bytes(path) : Value(path);
}

connection::Address address_from(const Value& value) {
  if (is_sequence(value) && value.size() >= 2) {
    return {std::string(value.items()[0].as_text()), static_cast<int>(value.items()[1].as_int())};
  }
  return value.kind() == Kind::bytes ? connection::Address(std::string(value.as_bytes()))
                                     : connection::Address(std::string(value.as_text()));
}

Value token_value(const Token& token) {
  return Value::object(Value::global(module_name, "Token"),
                       {},
                       Value::tuple({token.typeid_name, token.address, token.id}));
}

Token token_from(const Value& value) {
  if (value.kind() != Kind::object || !is_global(value.as_object().callable, "Token") ||
      value.as_object().states.empty() || !is_sequence(value.as_object().states[0]) ||
      value.as_object().states[0].size() != 3) {
    throw TypeError("not a token of a managed object: " + value.repr(200));
  }
  const std::vector<Value>& parts = value.as_object().states[0].items();
  return {.typeid_name = std::string(parts[0].as_text()),
          .address = parts[1],
          .id = std::string(parts[2].as_text())};
}

Value proxy_value(const Token& token, const std::vector<std::string>& exposed) {
  const std::string_view name = proxy_class(token.typeid_name);
  std::vector<Value::Pair> kwds;
  if (name == "AutoProxy") {
    kwds.emplace_back("exposed", names_value(exposed));
  }
  return Value::reduce(
      Value::global(module_name, "RebuildProxy"),
      {Value::global(module_name, name), token_value(token), "pickle", Value::dict(kwds)});
}

std::optional<PackedProxy> packed_proxy(const Value& value) {
  if (value.kind() != Kind::object || !is_global(value.as_object().callable, "RebuildProxy")) {
    return {};
  }
  const Value& args = value.as_object().args;
  if (!is_sequence(args) || args.size() != 4) {
    throw TypeError("not a proxy of a managed object: " + value.repr(200));
  }
  PackedProxy packed{.token = token_from(args.items()[1]), .exposed = {}};
  const Value* const exposed =
      args.items()[3].kind() == Kind::dict ? args.items()[3].find("exposed") : nullptr;
  if (exposed != nullptr && is_sequence(*exposed)) {
    packed.exposed = names_from(*exposed);
  }
  return packed;
}

Value names_value(const std::vector<std::string>& names) {
  return Value::tuple(std::vector<Value>(names.begin(), names.end()));
}

std::vector<std::string> names_from(const Value& value) {
  std::vector<std::string> names;
  for (const Value& name : value.items()) {
    names.emplace_back(name.as_text());
  }
  return names;
}

}  // namespace progeny::multiprocessing::managers::detail
