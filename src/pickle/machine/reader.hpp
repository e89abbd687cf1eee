#pragma once

// The machine that a pickle is a program for: a stack of values, marks in it, and a memo of values
// that are wanted again.

#include "pickle/machine/memo.hpp"
#include "pickle/machine/opcodes.hpp"

#include <progeny/pickle/pickle.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace progeny::pickle::detail {

// What a value costs beside its contents, roughly.
inline constexpr std::size_t cost_of_value = sizeof(Value);
inline constexpr std::size_t cost_of_node = 64;

class Reader {
 public:
  Reader(std::string_view data, const LoadLimits& limits);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  // Frees the cycles of what was not returned.
  ~Reader();

  [[nodiscard]] Value run();

 private:
  enum class Flow : std::uint8_t { go_on, stop };

  [[nodiscard]] Flow step();
  // Each of these does one kind of instruction, or returns false if it is of another kind.
  [[nodiscard]] bool read_scalar(Opcode opcode);
  [[nodiscard]] bool read_text(Opcode opcode);
  [[nodiscard]] bool read_container(Opcode opcode);
  [[nodiscard]] bool read_stack_step(Opcode opcode);
  [[nodiscard]] bool read_object(Opcode opcode);
  // Protocols 0 and 1.
  [[nodiscard]] bool read_line_of_text(Opcode opcode);
  [[nodiscard]] bool read_old_object(Opcode opcode);

  [[noreturn]] void fail(std::string_view reason) const;
  void charge(std::size_t bytes);

  // The argument of an instruction.
  [[nodiscard]] std::string_view take(std::uint64_t count);
  [[nodiscard]] std::uint64_t unsigned_number(std::size_t bytes);
  [[nodiscard]] std::int32_t signed_number();
  [[nodiscard]] std::string_view line();
  [[nodiscard]] std::size_t decimal_line();

  void push(Value value);
  [[nodiscard]] Value pop();
  [[nodiscard]] Value& top();
  // Takes what lies above the last mark, and the mark.
  [[nodiscard]] std::vector<Value> pop_to_mark();
  void push_text(std::string_view text);
  void push_integer(std::string_view bytes);
  void push_bytes(std::string_view bytes);
  void push_global(std::string_view module, std::string_view name);
  void push_tuple(std::vector<Value> items);
  // A tuple of the topmost values.
  void push_short_tuple(std::size_t count);
  void push_object(Recipe recipe);
  void push_again(const Value& value);

  void append_to(Value& container, std::vector<Value> items);
  // If that is what the values above the mark are for.
  [[nodiscard]] bool append_to_list();
  void set_items_of(Value& container, std::vector<Value> items);
  void add_to(Value& container, std::vector<Value> items);
  void build(Value state);
  static void note_depth(const Value& container, const Value& item);
  void check_depth(const Value& container) const;

  std::string_view data_;
  std::size_t at_ = 0;
  std::size_t opcode_at_ = 0;
  const LoadLimits& limits_;
  std::size_t charged_ = 0;
  int protocol_ = 0;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  Memo memo_;
  bool may_have_cycles_ = false;
};

// The plain value that `module.name(*args)` makes, or None if it makes none.
[[nodiscard]] Value plain_value_of(const Global& global, const Value& args);

// The name of Python 3, for one that a pickle of a protocol below 3 has.
[[nodiscard]] Global modern_name(std::string_view module, std::string_view name);

}  // namespace progeny::pickle::detail
