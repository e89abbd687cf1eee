#pragma once

// Writes values as the program that makes them again. Values wait on a stack of the writer's own,
// so that they may be nested as deep as they like.

#include "pickle/machine/output.hpp"
#include "pickle/value/node.hpp"

#include <progeny/pickle/pickle.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

namespace progeny::pickle::detail {

class Writer {
 public:
  explicit Writer(const DumpOptions& options);

  void write(const Value& value);
  [[nodiscard]] std::string take() &&;

 private:
  // What is written next of a value that has been begun.
  enum class Part : std::uint8_t {
    elements,  // Of a tuple or frozenset, behind which it is made.
    items,     // Of a list, set or recipe.
    pairs,     // Of a dict or recipe.
    callable,  // Of a recipe, and so on.
    args,
    kwargs,
    call,
    states,
  };

  struct Step {
    const Value* value;
    Part part;
    const Node* identity;  // Which node the memo knows it by.
    std::size_t at = 0;    // The next of its children.
    std::size_t end_of_batch = 0;
    bool is_unmade = false;
  };

  void begin(const Value& value);
  void begin_node(const Value& value, const Node* identity);
  // A step for a value that is made behind its parts.
  void begin_parts(const Value& value, Part part, const Node* identity);
  void note_made(Step& step);
  void begin_substitute(Value substitute, const Node* identity);
  // Goes on with the topmost step, until it is done or a part of it has been begun.
  void go_on();
  void write_elements(Step& step);
  void end_elements(const Step& step, std::size_t count);
  void write_batches(Step& step, std::size_t count, std::size_t batch, Opcode one, Opcode many);
  void write_recipe(Step& step);
  void write_global(const Global& global);
  // Whether it needs no step: a number, a text, or what the memo has.
  [[nodiscard]] bool write_leaf(const Value& value);
  [[nodiscard]] bool write_known(const Value& value);
  void memoize(const Node* node);
  [[nodiscard]] bool may_come_again(const Node* node) const;

  const DumpOptions& options_;
  Output out_;
  std::vector<Step> steps_;
  // Shared ones that are made behind their parts. Their parts may lead back to them, and are then
  // written from there again.
  std::size_t unmade_ = 0;
  std::unordered_map<const Node*, std::uint32_t> memo_;
  std::deque<Value> substitutes_;
};

}  // namespace progeny::pickle::detail
