// Hashes, equality.

#include "pickle/value/hash.hpp"
#include "pickle/value/integers.hpp"
#include "pickle/value/node.hpp"
#include "platform/system/random.hpp"

#include <progeny/base/errors.hpp>
#include <progeny/pickle/value.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace progeny::pickle {

namespace {

using detail::HashIndex;
using detail::NodeAccess;
using detail::SetNode;

constexpr int deepest = 1'000;

void check_depth(int depth) {
  if (depth > deepest) {
    throw RuntimeError(fmt::format("values are nested more than {} deep", deepest));
  }
}

// SipHash-1-3, <https://www.aumasson.jp/siphash/siphash.pdf>, with a key of this process.
class KeyedHash {
 public:
  KeyedHash() {
    const std::string key = platform::random_bytes(sizeof key_);
    std::memcpy(key_, key.data(), sizeof key_);
  }

  [[nodiscard]] std::uint64_t operator()(std::string_view text) const {
    State state{key_[0] ^ 0x736F6D6570736575U,
                key_[1] ^ 0x646F72616E646F6DU,
                key_[0] ^ 0x6C7967656E657261U,
                key_[1] ^ 0x7465646279746573U};
    const std::uint64_t size = text.size();
    for (; text.size() >= 8; text.remove_prefix(8)) {
      state.take(word_of(text.substr(0, 8)));
    }
    state.take(word_of(text) | size << 56U);
    return state.end();
  }

 private:
  struct State {
    std::uint64_t a, b, c, d;

    void mix() {
      a += b;
      c += d;
      b = std::rotl(b, 13) ^ a;
      d = std::rotl(d, 16) ^ c;
      a = std::rotl(a, 32) + d;
      c += b;
      d = std::rotl(d, 21) ^ a;
      b = std::rotl(b, 17) ^ c;
      c = std::rotl(c, 32);
    }
    void take(std::uint64_t word) {
      d ^= word;
      mix();
      a ^= word;
    }
    [[nodiscard]] std::uint64_t end() {
      c ^= 0xFFU;
      mix();
      mix();
      mix();
      return a ^ b ^ c ^ d;
    }
  };

  [[nodiscard]] static std::uint64_t word_of(std::string_view text) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), text.size());
    return word;
  }

  std::uint64_t key_[2] = {};
};

const KeyedHash& keyed_hash() {
  static const KeyedHash hash;
  return hash;
}

std::uint64_t hash_of_word(std::uint64_t word) {
  char bytes[sizeof word];
  std::memcpy(bytes, &word, sizeof word);
  return keyed_hash()({bytes, sizeof bytes});
}

// Equal numbers of all kinds are the same float, or round to the same one.
std::uint64_t hash_of_number(double value) {
  return hash_of_word(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value));
}

std::uint64_t combine(std::uint64_t hash, std::uint64_t next) {
  return std::rotl(hash, 5) * 0x9E3779B97F4A7C15U + next;
}

std::uint64_t hash_at(const Value& value, int depth);

std::uint64_t hash_of_all(const std::vector<Value>& values, int depth) {
  std::uint64_t hash = values.size();
  for (const Value& value : values) {
    hash = combine(hash, hash_at(value, depth));
  }
  return hash;
}

std::uint64_t hash_at(const Value& value, int depth) {
  check_depth(depth);
  switch (value.kind()) {
    case Kind::none:
      return 0x4E6F6E65;
    case Kind::boolean:
    case Kind::integer:
      return hash_of_number(NodeAccess::is_big(value) ? detail::to_double(value.int_bytes())
                                                      : static_cast<double>(value.as_int()));
    case Kind::floating:
      return hash_of_number(value.as_float());
    case Kind::text:
      return keyed_hash()(value.as_text());
    case Kind::bytes:
      return ~keyed_hash()(value.as_bytes());
    case Kind::tuple:
      return hash_of_all(value.items(), depth + 1);
    case Kind::frozenset: {
      std::uint64_t hash = value.items().size();
      for (const Value& item : value.items()) {
        hash ^= combine(hash_at(item, depth + 1), 1);
      }
      return hash;
    }
    case Kind::global:
      return combine(keyed_hash()(value.as_global().module), keyed_hash()(value.as_global().name));
    case Kind::object: {
      const Recipe& recipe = value.as_object();
      // Whether Python could hash it is not known. Its arguments decide, if they can be hashed.
      const std::uint64_t hash = hash_at(recipe.callable, depth + 1);
      return recipe.states.empty() ? combine(hash, hash_at(recipe.args, depth + 1)) : hash;
    }
    case Kind::bytearray:
    case Kind::list:
    case Kind::dict:
    case Kind::set:
      break;
  }
  throw TypeError(fmt::format("unhashable type: '{}'", name_of(value.kind())));
}

bool is_number(Kind kind) {
  return kind == Kind::boolean || kind == Kind::integer || kind == Kind::floating;
}

bool equal_numbers(const Value& left, const Value& right) {
  if (left.kind() != Kind::floating && right.kind() != Kind::floating) {
    return NodeAccess::is_big(left) || NodeAccess::is_big(right)
               ? left.int_bytes() == right.int_bytes()
               : left.as_int() == right.as_int();
  }
  if (left.kind() == Kind::floating && right.kind() == Kind::floating) {
    return left.as_float() == right.as_float();
  }
  const Value& integer = left.kind() == Kind::floating ? right : left;
  const double number = (left.kind() == Kind::floating ? left : right).as_float();
  return std::isfinite(number) && std::trunc(number) == number &&
         integer.int_bytes() == detail::bytes_of_integral(number);
}

bool equal_at(const Value& left, const Value& right, int depth);

bool equal_lists(const std::vector<Value>& left, const std::vector<Value>& right, int depth) {
  return std::ranges::equal(
      left, right, [depth](const Value& a, const Value& b) { return equal_at(a, b, depth); });
}

bool equal_sets(const Value& left, const Value& right) {
  return left.items().size() == right.items().size() &&
         std::ranges::all_of(left.items(), [&](const Value& item) { return right.contains(item); });
}

bool equal_dicts(const Value& left, const Value& right, int depth) {
  return left.pairs().size() == right.pairs().size() &&
         std::ranges::all_of(left.pairs(), [&](const Value::Pair& pair) {
           const Value* const other = right.find(pair.first);
           return other != nullptr && equal_at(pair.second, *other, depth);
         });
}

bool equal_recipes(const Recipe& left, const Recipe& right, int depth) {
  return left.how == right.how && equal_at(left.callable, right.callable, depth) &&
         equal_at(left.args, right.args, depth) && equal_at(left.kwargs, right.kwargs, depth) &&
         equal_lists(left.items, right.items, depth) &&
         equal_lists(left.states, right.states, depth) &&
         std::ranges::equal(
             left.pairs, right.pairs, [depth](const Value::Pair& a, const Value::Pair& b) {
               return equal_at(a.first, b.first, depth) && equal_at(a.second, b.second, depth);
             });
}

bool is_set(Kind kind) {
  return kind == Kind::set || kind == Kind::frozenset;
}

bool are_bytes(Kind kind) {
  return kind == Kind::bytes || kind == Kind::bytearray;
}

bool equal_at(const Value& left, const Value& right, int depth) {
  check_depth(depth);
  if (is_number(left.kind()) && is_number(right.kind())) {
    return equal_numbers(left, right);
  }
  if (are_bytes(left.kind()) && are_bytes(right.kind())) {
    return left.as_bytes() == right.as_bytes();
  }
  if (is_set(left.kind()) && is_set(right.kind())) {
    return equal_sets(left, right);
  }
  if (left.kind() != right.kind()) {
    return false;
  }
  if (left.is(right)) {
    return true;
  }
  switch (left.kind()) {
    case Kind::text:
      return left.as_text() == right.as_text();
    case Kind::tuple:
    case Kind::list:
      return equal_lists(left.items(), right.items(), depth + 1);
    case Kind::dict:
      return equal_dicts(left, right, depth + 1);
    case Kind::global:
      return left.as_global() == right.as_global();
    case Kind::object:
      return equal_recipes(left.as_object(), right.as_object(), depth + 1);
    default:
      return false;
  }
}

}  // namespace

std::uint64_t detail::hash_of(const Value& value) {
  return hash_at(value, 0);
}

bool operator==(const Value& left, const Value& right) {
  return equal_at(left, right, 0);
}

}  // namespace progeny::pickle
