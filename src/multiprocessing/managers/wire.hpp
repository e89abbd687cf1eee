#pragma once

// The messages between a manager's clients and its server: Python's, which are pickles.
//
//     request   (id or None, method, args, kwds)
//     reply     (kind, result)      kind: #RETURN #ERROR #PROXY #TRACEBACK #UNSERIALIZABLE

#include <progeny/multiprocessing/connection/address.hpp>
#include <progeny/multiprocessing/connection/connection.hpp>
#include <progeny/multiprocessing/managers/arguments.hpp>
#include <progeny/pickle/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::managers::detail {

/// Names an object in a server: Python's `Token`.
struct Token {
  std::string typeid_name;
  pickle::Value address;
  std::string id;
};

/// One request.
struct Request {
  std::optional<std::string> id;
  std::string method;
  Arguments arguments;
  /// Whether a proxy may be among the arguments.
  bool may_have_proxies = false;
};

/// What clients of progeny add to their names. Servers of progeny tell them of dead owners.
inline constexpr std::string_view progeny_mark = "|progeny";

[[nodiscard]] std::string encode_request(const std::optional<std::string>& id,
                                         std::string_view method,
                                         std::vector<pickle::Value> args,
                                         std::vector<pickle::Value::Pair> kwds);
/// Throws ValueError for what is no request.
[[nodiscard]] Request decode_request(std::string_view bytes);
[[nodiscard]] std::string encode_reply(std::string_view kind, pickle::Value result);

/// The address as Python has it: a str, bytes for a name without a file, or a pair.
[[nodiscard]] pickle::Value address_value(const connection::Address& address);
/// Throws TypeError for what is no address.
[[nodiscard]] connection::Address address_from(const pickle::Value& value);

[[nodiscard]] pickle::Value token_value(const Token& token);
/// Throws TypeError for what is no token.
[[nodiscard]] Token token_from(const pickle::Value& value);

/// A proxy inside a message: Python's `RebuildProxy`.
[[nodiscard]] pickle::Value proxy_value(const Token& token,
                                        const std::vector<std::string>& exposed);
/// The token and the exposed names of a proxy; nothing if `value` is none.
struct PackedProxy {
  Token token;
  std::vector<std::string> exposed;
};
[[nodiscard]] std::optional<PackedProxy> packed_proxy(const pickle::Value& value);

/// Names as a tuple, and back.
[[nodiscard]] pickle::Value names_value(const std::vector<std::string>& names);
[[nodiscard]] std::vector<std::string> names_from(const pickle::Value& value);

}  // namespace progeny::multiprocessing::managers::detail
