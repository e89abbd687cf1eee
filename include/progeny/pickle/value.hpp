#pragma once

// A Python object as C++ sees it: what a pickle says, and what is to be pickled.

#include <progeny/export.hpp>
#include <progeny/pickle/kind.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace progeny::pickle {

namespace detail {

struct Node;
class NodeAccess;

// Those that are numbers, and no characters.
template <class T>
concept PlainInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                       !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                       !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

}  // namespace detail

struct Recipe;

/// Any object that Python can pickle.
///
/// Numbers and None lie in the value. Everything else lies in a node that copies share, as names
/// share an object in Python: a change through one copy of a list is seen through all.
///
/// Classes of Python have no counterpart in C++. An object of one is a node that tells how Python
/// would make it (`Kind::object`), is never made, and is pickled again as it came. For the
/// classes of the standard library see <progeny/pickle/objects.hpp>.
///
/// Reference cycles that come with a pickle are freed with it: the references that close them do
/// not own. A cycle that a program makes itself is never freed.
///
/// - Python: any picklable object.
/// - Threads: as for `std::shared_ptr`: copies may be used by different threads, but the node that
///   they share may not be changed by one and used by another.
class PROGENY_EXPORT Value {
 public:
  using Pair = std::pair<Value, Value>;

  /// None.
  Value() noexcept = default;
  /// None.
  // NOLINTBEGIN(google-explicit-constructor): literals are values.
  Value(std::nullptr_t) noexcept {}
  /// True or False.
  Value(bool value) noexcept : kind_(Kind::boolean), number_{.integer = value ? 1 : 0} {}
  /// An int.
  template <detail::PlainInteger T>
  Value(T value) : Value(from_integer(value)) {}
  /// A float.
  Value(double value) noexcept : kind_(Kind::floating), number_{.floating = value} {}
  /// A str. Must be UTF-8; a lone surrogate is the three bytes that UTF-8 would have for it.
  /// - Throws: `ValueError` if it is not.
  Value(std::string_view text);
  /// A str.
  Value(const char* text) : Value(std::string_view(text)) {}
  /// A str.
  Value(const std::string& text) : Value(std::string_view(text)) {}
  // NOLINTEND(google-explicit-constructor)

  /// Shares the node.
  Value(const Value& other) noexcept;
  /// Takes the node; `other` is None afterwards.
  Value(Value&& other) noexcept
      : kind_(std::exchange(other.kind_, Kind::none)),
        is_big_(std::exchange(other.is_big_, false)),
        is_weak_(std::exchange(other.is_weak_, false)),
        number_(other.number_) {}
  /// Shares the node.
  Value& operator=(const Value& other) noexcept;
  /// Takes the node; `other` is None afterwards.
  Value& operator=(Value&& other) noexcept;
  /// Frees what nobody shares. Needs no deep stack, however deeply values are nested.
  ~Value() {
    if (kind_ >= Kind::text || is_big_) {
      release();
    }
  }

  /// An int of any size from its two's complement, the lowest byte first. No bytes are 0.
  [[nodiscard]] static Value integer(std::string_view little_endian);
  /// An int of any size from decimal digits, with a sign or without.
  /// - Throws: `ValueError` for other text.
  [[nodiscard]] static Value integer_from_decimal(std::string_view digits);
  /// bytes.
  [[nodiscard]] static Value bytes(std::string_view data);
  /// A bytearray.
  [[nodiscard]] static Value bytearray(std::string_view data);
  /// A list.
  [[nodiscard]] static Value list(std::vector<Value> items = {});
  /// A tuple.
  [[nodiscard]] static Value tuple(std::vector<Value> items = {});
  /// A dict. Of equal keys the last one's value counts.
  [[nodiscard]] static Value dict(std::vector<Pair> items = {});
  /// A set. Equal items count once.
  [[nodiscard]] static Value set(std::vector<Value> items = {});
  /// A frozenset. Equal items count once.
  [[nodiscard]] static Value frozenset(std::vector<Value> items = {});
  /// A class or function by its module and its name, which may have dots.
  [[nodiscard]] static Value global(std::string_view module, std::string_view name);
  /// An object that calling `callable` makes: what `__reduce__` returns.
  [[nodiscard]] static Value reduce(Value callable, std::vector<Value> args);
  /// An object that `cls.__new__(cls, *args)` makes, with `state` as its attributes (None: none).
  [[nodiscard]] static Value object(Value cls, std::vector<Value> args, Value state = {});

  /// What it is.
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// Whether it is None.
  [[nodiscard]] bool is_none() const noexcept { return kind_ == Kind::none; }
  /// Whether both are the same object.
  /// - Python: `is`.
  [[nodiscard]] bool is(const Value& other) const noexcept;

  // Each throws `TypeError` with both kinds if the value is of another kind.

  /// True or False.
  [[nodiscard]] bool as_bool() const;
  /// An int, or a bool as 0 or 1.
  /// - Throws: `OverflowError` if it does not fit.
  [[nodiscard]] std::int64_t as_int() const;
  /// A float, or an int as the nearest one.
  [[nodiscard]] double as_float() const;
  /// A str as UTF-8. Valid as long as the node.
  [[nodiscard]] std::string_view as_text() const;
  /// bytes or a bytearray. Valid as long as the node, and until a bytearray is changed.
  [[nodiscard]] std::string_view as_bytes() const;
  /// The two's complement of an int, the lowest byte first, as short as possible.
  [[nodiscard]] std::string int_bytes() const;
  /// An int in decimal. Takes time with the square of its digits.
  [[nodiscard]] std::string int_decimal() const;
  /// The contents of a bytearray, to change.
  [[nodiscard]] std::string& buffer() const;
  /// The items of a list, tuple, set or frozenset.
  [[nodiscard]] const std::vector<Value>& items() const;
  /// The items of a list, to change.
  [[nodiscard]] std::vector<Value>& list_items() const;
  /// The items of a dict in the order of their insertion.
  [[nodiscard]] const std::vector<Pair>& pairs() const;
  /// The names of a global.
  [[nodiscard]] const Global& as_global() const;
  /// How Python makes an object; may be changed.
  [[nodiscard]] Recipe& as_object() const;

  /// How many items a list, tuple, dict or set has; characters of a str; bytes.
  /// - Python: `len`.
  [[nodiscard]] std::size_t size() const;
  /// The value of a key of a dict, or nothing.
  [[nodiscard]] const Value* find(const Value& key) const;
  /// The value of a key of a dict.
  /// - Throws: `KeyError` if it is not there.
  [[nodiscard]] const Value& at(const Value& key) const;
  /// The item of a list or tuple; a negative index counts from the end.
  /// - Throws: `IndexError` outside.
  [[nodiscard]] const Value& at_index(std::int64_t index) const;
  /// Sets a key of a dict.
  /// - Throws: `TypeError` for a key that cannot be hashed: a list, dict, set or bytearray.
  void set_item(const Value& key, Value value) const;
  /// Removes a key of a dict. Returns whether it was there.
  bool erase(const Value& key) const;
  /// Adds to the end of a list.
  void append(Value item) const;
  /// Adds to a set. Returns whether it was new.
  bool add(const Value& item) const;
  /// Whether a list, tuple, set or dict (its keys) has an equal item.
  /// - Python: `in`.
  [[nodiscard]] bool contains(const Value& item) const;

  /// What Python's `repr` says, cut off after about `limit` bytes.
  [[nodiscard]] std::string repr(std::size_t limit = 10'000) const;

  /// Python's `==`: 1, 1.0 and True are equal, and so are a set and a frozenset of equal items.
  /// Objects are equal if they are made the same way.
  /// - Throws: `RuntimeError` if they are nested more than 1,000 deep, or endlessly.
  friend PROGENY_EXPORT bool operator==(const Value& left, const Value& right);

 private:
  friend class detail::NodeAccess;

  void release() noexcept;
  Value(Kind kind, detail::Node* node) noexcept : kind_(kind), number_{.node = node} {}
  Value(Kind kind, std::int64_t value) noexcept : kind_(kind), number_{.integer = value} {}
  [[nodiscard]] static Value from_integer(std::int64_t value) noexcept {
    return {Kind::integer, value};
  }
  [[nodiscard]] static Value from_integer(std::uint64_t value);
  template <detail::PlainInteger T>
  [[nodiscard]] static Value from_integer(T value) {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    return from_integer(static_cast<Wide>(value));
  }

  union Number {
    std::int64_t integer = 0;
    double floating;
    detail::Node* node;
  };

  Kind kind_ = Kind::none;
  bool is_big_ = false;   // An int in a node.
  bool is_weak_ = false;  // Closes a cycle, and does not own.
  Number number_ = {};
};

/// How Python makes an object that is no plain value.
struct Recipe {
  /// What makes it.
  enum class How : std::uint8_t {
    /// `callable(*args)`.
    call,
    /// `callable.__new__(callable, *args)`.
    new_object,
    /// `callable.__new__(callable, *args, **kwargs)`.
    new_object_ex,
  };

  /// What makes it.
  How how = How::call;
  /// A global, or an object that is called.
  Value callable = {};
  /// The arguments, a tuple as a rule.
  Value args = {};
  /// The keyword arguments, a dict.
  Value kwargs = {};
  /// What is appended to it afterwards.
  std::vector<Value> items = {};
  /// What is set as its keys afterwards.
  std::vector<Value::Pair> pairs = {};
  /// What `__setstate__` is called with, or what updates its attributes; several times as a rarity.
  std::vector<Value> states = {};
};

/// Prints `value.repr()`.
PROGENY_EXPORT std::ostream& operator<<(std::ostream& out, const Value& value);

}  // namespace progeny::pickle
