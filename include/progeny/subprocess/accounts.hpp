#pragma once

// Whom a child runs as: users and groups by number or by name (POSIX).

#include <progeny/export.hpp>  // IWYU pragma: keep (it asks for C++20)

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace progeny::subprocess {

/// A user or a group: its number, or its name, which is looked up before the launch.
///
/// - Python: the values of `user`, `group` and `extra_groups`.
class Account {
 public:
  /// By number, which must be 0 to 4294967294 (checked at launch: `ValueError`).
  template <std::integral Number>
  // NOLINTNEXTLINE(google-explicit-constructor): `.user = 1000`.
  Account(Number number) noexcept : value_(static_cast<long long>(number)) {}
  /// By name (unknown at launch: `LookupError`).
  template <class Name>
    requires std::convertible_to<const Name&, std::string_view>
  Account(const Name& name)  // NOLINT(google-explicit-constructor): `.user = "nobody"`.
      : value_(std::string(static_cast<std::string_view>(name))) {}

  /// The number or the name.
  [[nodiscard]] const std::variant<long long, std::string>& value() const noexcept {
    return value_;
  }

 private:
  std::variant<long long, std::string> value_;
};

/// The supplementary groups of a child: exactly these, or the parent's unchanged.
///
/// `{}` means none at all, as `extra_groups=[]` does in Python.
class Groups {
 public:
  /// No supplementary group.
  Groups() = default;
  /// Exactly these.
  Groups(std::initializer_list<Account> groups) : groups_(groups) {}
  /// Exactly these.
  explicit Groups(std::vector<Account> groups) : groups_(std::move(groups)) {}

  /// Leaves the child those of the parent. Python: `extra_groups=None`.
  [[nodiscard]] static Groups unchanged() {
    Groups groups;
    groups.unchanged_ = true;
    return groups;
  }

  /// Whether the parent's are kept.
  [[nodiscard]] bool is_unchanged() const noexcept { return unchanged_; }
  /// The groups; empty where the parent's are kept.
  [[nodiscard]] const std::vector<Account>& accounts() const noexcept { return groups_; }

 private:
  std::vector<Account> groups_;
  bool unchanged_ = false;
};

}  // namespace progeny::subprocess
