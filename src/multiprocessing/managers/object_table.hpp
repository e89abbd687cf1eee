#pragma once

// The objects of a server, and how many references clients have to each.

#include <progeny/multiprocessing/managers/registry.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::managers::detail {

/// - Threads: safe.
class ObjectTable {
 public:
  /// What clients may call of an object.
  struct Entry {
    Served object;
    std::string typeid_name;
    std::shared_ptr<const std::vector<std::string>> exposed;
    std::int64_t references = 0;
    /// Whether a proxy of it lies in an object of this server. It then stays for ever, as in
    /// Python: a client may get that proxy at any time.
    bool is_pinned = false;
  };

  /// Counts a reference to an object, which is new or known, and returns its number.
  std::string add(const Served& object, std::string_view typeid_name);
  /// Throws KeyError for an unknown number, and so do those below.
  [[nodiscard]] Entry find(const std::string& id) const;
  void incref(const std::string& id);
  /// Forgets the object with its last reference.
  void decref(const std::string& id);
  /// Keeps an object that a proxy inside the server stands for. Ignores an unknown number.
  void pin(const std::string& id);
  /// How many objects clients hold.
  [[nodiscard]] std::int64_t count() const;
  /// A line for each.
  [[nodiscard]] std::string debug_info() const;
  /// Tells all objects that a client has gone.
  void forget(Session& session) noexcept;

 private:
  [[nodiscard]] static std::string id_of(const Served& object);

  mutable std::mutex mutex_;  // Guards what follows.
  std::map<std::string, Entry> entries_;
};

}  // namespace progeny::multiprocessing::managers::detail
