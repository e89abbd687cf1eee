#include <progeny/multiprocessing/managers/proxy.hpp>

#include "multiprocessing/managers/link.hpp"
#include "multiprocessing/managers/wire.hpp"
#include "platform/process/child.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/core.h>

#include <mutex>
#include <ostream>
#include <utility>

namespace progeny::multiprocessing::managers {

namespace {

using pickle::Value;

// A child that fork made has the proxy, but no reference of its own.
void own(detail::Referent& referent) {
  static std::mutex mutex;
  const int pid = platform::current_pid();
  if (referent.owner == pid) {
    return;
  }
  const std::scoped_lock lock(mutex);
  if (referent.owner != pid) {
    referent.link->ask("incref", {referent.id});
    referent.owner = pid;
  }
}

detail::ServerReply call_object(detail::Referent& referent,
                                std::string_view method,
                                std::vector<Value> args,
                                std::vector<Value::Pair> kwds) {
  own(referent);
  detail::ServerReply reply =
      referent.link->call(referent.id, method, std::move(args), std::move(kwds));
  if (reply.kind == "#ERROR") {
    throw_exception(reply.result);
  }
  if (reply.kind != "#RETURN" && reply.kind != "#PROXY") {
    throw RemoteError(reply.result.kind() == pickle::Kind::text ? reply.result.as_text()
                                                                : reply.kind);
  }
  return reply;
}

// The proxy of a `#PROXY` reply. Its reference has been counted. The server may be known by another
// address to itself, so the link stays.
BaseProxy proxy_of(const detail::Referent& referent, const Value& result) {
  const detail::Token token = detail::token_from(result.at_index(1));
  return BaseProxy(std::make_shared<detail::Referent>(
      referent.link, token.typeid_name, token.id, detail::names_from(result.at_index(0))));
}

}  // namespace

BaseProxy::BaseProxy(std::shared_ptr<detail::Referent> referent) noexcept
    : referent_(std::move(referent)) {}

Value BaseProxy::call_with(std::string_view method,
                           std::vector<Value> args,
                           std::vector<Value::Pair> kwds) const {
  detail::ServerReply reply = call_object(*referent_, method, std::move(args), std::move(kwds));
  if (reply.kind == "#PROXY") {
    static_cast<void>(proxy_of(*referent_, reply.result));  // Gives the reference back.
    throw TypeError(fmt::format("{} returns a proxy: call it by call_for_proxy", method));
  }
  return std::move(reply.result);
}

BaseProxy BaseProxy::call_for_proxy(std::string_view method,
                                    std::vector<Value> args,
                                    std::vector<Value::Pair> kwds) const {
  const detail::ServerReply reply =
      call_object(*referent_, method, std::move(args), std::move(kwds));
  if (reply.kind != "#PROXY") {
    throw TypeError(fmt::format("{} returns a value, and no proxy", method));
  }
  return proxy_of(*referent_, reply.result);
}

const std::string& BaseProxy::id() const noexcept {
  return referent_->id;
}

const std::string& BaseProxy::typeid_name() const noexcept {
  return referent_->typeid_name;
}

const std::vector<std::string>& BaseProxy::exposed() const noexcept {
  return referent_->exposed;
}

Value BaseProxy::getvalue() const {
  return call("#GETVALUE");
}

std::string BaseProxy::str() const {
  return std::string(call("__repr__").as_text());
}

BaseProxy::operator Value() const {
  return detail::proxy_value({.typeid_name = referent_->typeid_name,
                              .address = detail::address_value(referent_->link->address()),
                              .id = referent_->id},
                             referent_->exposed);
}

BaseProxy BaseProxy::rebuild(const Value& value) const {
  return detail::rebuild(referent_->link, value);
}

bool BaseProxy::is_same(const BaseProxy& other) const noexcept {
  return referent_->id == other.referent_->id &&
         referent_->link->address() == other.referent_->link->address();
}

std::string to_string(const BaseProxy& proxy) {
  return fmt::format("<Proxy object, typeid '{}' at {}>", proxy.typeid_name(), proxy.id());
}

std::ostream& operator<<(std::ostream& out, const BaseProxy& proxy) {
  return out << to_string(proxy);
}

namespace detail {

BaseProxy rebuild(const std::shared_ptr<Link>& link, const Value& value) {
  std::optional<PackedProxy> packed = packed_proxy(value);
  if (!packed) {
    throw TypeError("not a proxy of a managed object: " + value.repr(200));
  }
  const connection::Address address = address_from(packed->token.address);
  const std::shared_ptr<Link> to =
      address == link->address() ? link : std::make_shared<Link>(address, link->authkey());
  to->ask("incref", {packed->token.id});
  return BaseProxy(std::make_shared<Referent>(
      to, packed->token.typeid_name, packed->token.id, std::move(packed->exposed)));
}

}  // namespace detail

}  // namespace progeny::multiprocessing::managers
