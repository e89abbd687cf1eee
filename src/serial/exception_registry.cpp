#include "serial/exception_registry.hpp"

#include "base/made_early.hpp"
#include "platform/process/fork.hpp"
#include "platform/system/type_name.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <functional>
#include <map>
#include <mutex>
#include <typeindex>
#include <utility>
#include <vector>

namespace progeny::serial::detail {

namespace {

using Codec = std::shared_ptr<const ExceptionCodec>;

class ExceptionRegistry {
 public:
  void add(ExceptionCodec added) {
    const std::scoped_lock lock(mutex_);
    const std::type_index type(*added.type);
    const auto same_name = by_name_.find(added.name);
    const auto same_type = by_type_.find(type);
    if (same_name == by_name_.end() && same_type == by_type_.end()) {
      const auto codec = std::make_shared<const ExceptionCodec>(std::move(added));
      by_name_.emplace(codec->name, codec);
      by_type_.emplace(type, codec);
      by_type_name_.emplace(platform::type_name(*codec->type), codec);
    } else if (same_name == by_name_.end() || same_type == by_type_.end() ||
               same_name->second != same_type->second) {
      throw ValueError(fmt::format("{} cannot travel as '{}': the name or the type is taken",
                                   platform::type_name(*added.type),
                                   added.name));
    }
  }

  // A type that std::throw_with_nested made is known by its name alone. Two types of one name, in
  // unnamed namespaces, are told apart when the codec looks at the exception.
  Codec of(const std::type_info& type) const {
    const std::scoped_lock lock(mutex_);
    if (const auto exact = by_type_.find(type); exact != by_type_.end()) {
      return exact->second;
    }
    return find(by_type_name_, platform::type_name(type));
  }

  Codec named(std::string_view name) const {
    const std::scoped_lock lock(mutex_);
    return find(by_name_, name);
  }

  std::mutex& mutex() noexcept { return mutex_; }

 private:
  using Names = std::map<std::string, Codec, std::less<>>;

  static Codec find(const Names& names, std::string_view name) {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : found->second;
  }

  mutable std::mutex mutex_;  // Guards what follows.
  std::map<std::type_index, Codec> by_type_;
  Names by_name_;
  Names by_type_name_;
};

ExceptionRegistry* filled_registry() {
  auto registry = std::make_unique<ExceptionRegistry>();
  std::vector<ExceptionCodec> codecs;
  add_standard_exceptions(codecs);
  add_own_exceptions(codecs);
  for (ExceptionCodec& codec : codecs) {
    registry->add(std::move(codec));
  }
  return registry.release();
}

// Never destroyed: exceptions also travel while a program ends.
std::mutex& mutex_of_registry() noexcept;

ExceptionRegistry& registry() {
  static auto* const registry = [] {
    platform::hold_across_forks<mutex_of_registry>();
    return filled_registry();
  }();
  return *registry;
}

const progeny::detail::MadeEarly early(registry);

std::mutex& mutex_of_registry() noexcept {
  return registry().mutex();
}

}  // namespace

void add_exception(ExceptionCodec codec) {
  registry().add(std::move(codec));
}

std::shared_ptr<const ExceptionCodec> codec_of(const std::type_info& type) {
  return registry().of(type);
}

std::shared_ptr<const ExceptionCodec> codec_named(std::string_view name) {
  return registry().named(name);
}

}  // namespace progeny::serial::detail
