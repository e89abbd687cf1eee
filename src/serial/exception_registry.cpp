#include "serial/exception_registry.hpp"

#include "platform/process/per_process.hpp"
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

/// What the library itself registers is put in only when the registry is first asked or added to:
/// most programs never do, and the names of fifty types take longer than the rest of their start.
class ExceptionRegistry {
 public:
  void add(ExceptionCodec added) {
    const std::scoped_lock lock(mutex);
    fill();
    insert(std::move(added));
  }

  void add_later(ExceptionCodec added) {
    const std::scoped_lock lock(mutex);
    later_.push_back(std::move(added));
  }

  // A type that std::throw_with_nested made is known by its name alone. Two types of one name, in
  // unnamed namespaces, are told apart when the codec looks at the exception.
  Codec of(const std::type_info& type) {
    const std::scoped_lock lock(mutex);
    fill();
    if (const auto exact = by_type_.find(type); exact != by_type_.end()) {
      return exact->second;
    }
    return find(by_type_name_, platform::type_name(type));
  }

  Codec named(std::string_view name) {
    const std::scoped_lock lock(mutex);
    fill();
    return find(by_name_, name);
  }

 private:
  using Names = std::map<std::string, Codec, std::less<>>;

  static Codec find(const Names& names, std::string_view name) {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : found->second;
  }

  // With the mutex held. If memory runs out, the next call begins again: what is in already is the
  // same type under the same name, which changes nothing.
  void fill() {
    if (!has_standard_) {
      std::vector<ExceptionCodec> codecs;
      add_standard_exceptions(codecs);
      add_own_exceptions(codecs);
      for (ExceptionCodec& codec : codecs) {
        insert(std::move(codec));
      }
      has_standard_ = true;
    }
    for (; !later_.empty(); later_.pop_back()) {
      insert(later_.back());
    }
  }

  // With the mutex held.
  void insert(ExceptionCodec added) {
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

  friend class platform::PerProcess<ExceptionRegistry>;

  std::mutex mutex;  // Guards what follows.
  bool has_standard_ = false;
  std::vector<ExceptionCodec> later_;
  std::map<std::type_index, Codec> by_type_;
  Names by_name_;
  Names by_type_name_;
};

ExceptionRegistry& registry() {
  return platform::PerProcess<ExceptionRegistry>::get();
}

}  // namespace

void add_exception(ExceptionCodec codec) {
  registry().add(std::move(codec));
}

void add_exception_later(ExceptionCodec codec) {
  registry().add_later(std::move(codec));
}

std::shared_ptr<const ExceptionCodec> codec_of(const std::type_info& type) {
  return registry().of(type);
}

std::shared_ptr<const ExceptionCodec> codec_named(std::string_view name) {
  return registry().named(name);
}

}  // namespace progeny::serial::detail
