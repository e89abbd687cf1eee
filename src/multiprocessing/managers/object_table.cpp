#include "multiprocessing/managers/object_table.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/pickle/value.hpp>

#include <fmt/core.h>

#include <cstdint>

namespace progeny::multiprocessing::managers::detail {

namespace {

[[noreturn]] void throw_unknown(const std::string& id) {
  throw KeyError("'" + id + "'");
}

}  // namespace

std::string ObjectTable::id_of(const Served& object) {
  return fmt::format("{:x}", reinterpret_cast<std::uintptr_t>(object.get()));
}

std::string ObjectTable::add(const Served& object, std::string_view typeid_name) {
  std::string id = id_of(object);
  auto exposed = std::make_shared<const std::vector<std::string>>(object->exposed());
  const std::scoped_lock lock(mutex_);
  Entry& entry = entries_[id];
  if (entry.object == nullptr) {
    entry.object = object;
    entry.typeid_name = typeid_name;
    entry.exposed = std::move(exposed);
  }
  ++entry.references;
  return id;
}

ObjectTable::Entry ObjectTable::find(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    throw_unknown(id);
  }
  return found->second;
}

void ObjectTable::incref(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    throw_unknown(id);
  }
  ++found->second.references;
}

void ObjectTable::decref(const std::string& id) {
  Served last;  // Destroyed after the mutex is free: a destructor of the user may take its time.
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.references == 0) {
    throw_unknown(id);
  }
  if (--found->second.references == 0 && !found->second.is_pinned) {
    last = std::move(found->second.object);
    entries_.erase(found);
  }
}

void ObjectTable::pin(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(id);
  if (found != entries_.end()) {
    found->second.is_pinned = true;
  }
}

std::int64_t ObjectTable::count() const {
  const std::scoped_lock lock(mutex_);
  std::int64_t held = 0;
  for (const auto& [id, entry] : entries_) {
    held += entry.references > 0 ? 1 : 0;
  }
  return held;
}

std::string ObjectTable::debug_info() const {
  std::map<std::string, Entry> entries;
  {
    const std::scoped_lock lock(mutex_);
    entries = entries_;
  }
  std::string text;
  for (const auto& [id, entry] : entries) {
    text += fmt::format("{}  {}:       refcount={}\n    {}",
                        text.empty() ? "" : "\n",
                        id,
                        entry.references,
                        entry.object->repr().substr(0, 75));
  }
  return text;
}

void ObjectTable::forget(Session& session) noexcept {
  std::map<std::string, Entry> entries;
  {
    const std::scoped_lock lock(mutex_);
    entries = entries_;
  }
  for (const auto& [id, entry] : entries) {
    entry.object->forget(session);
  }
}

}  // namespace progeny::multiprocessing::managers::detail
