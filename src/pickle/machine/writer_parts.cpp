// The parts of containers and recipes, each a step at a time.

#include "pickle/machine/writer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace progeny::pickle::detail {

void Writer::write_batches(
    Step& step, std::size_t count, std::size_t batch, Opcode one, Opcode many) {
  const Value& value = *step.value;
  const std::size_t fewest = step.part == Part::pairs ? 2 : 1;
  const bool is_marked_always = one == many;
  const auto child = [&](std::size_t i) -> const Value& {
    if (step.part == Part::pairs) {
      const Value::Pair& pair =
          value.kind() == Kind::dict ? value.pairs()[i / 2] : value.as_object().pairs[i / 2];
      return i % 2 == 0 ? pair.first : pair.second;
    }
    return value.kind() == Kind::object ? value.as_object().items[i] : value.items()[i];
  };
  const auto is_marked = [&](std::size_t size) { return size > fewest || is_marked_always; };
  while (step.at < count) {
    if (step.end_of_batch == 0) {
      step.end_of_batch = std::min(count, step.at + batch);
      if (is_marked(step.end_of_batch - step.at)) {
        out_.opcode(Opcode::mark);
      }
    }
    while (step.at < step.end_of_batch) {
      const Value& item = child(step.at++);
      if (!write_leaf(item)) {
        begin_node(item, NodeAccess::node(item));
        return;
      }
    }
    const std::size_t size = step.end_of_batch % batch == 0 ? batch : step.end_of_batch % batch;
    out_.opcode(is_marked(size) ? many : one);
    step.end_of_batch = 0;
  }
  // The last child may have been begun, and was the end of its batch.
  if (step.end_of_batch != 0) {
    const std::size_t size = step.end_of_batch % batch == 0 ? batch : step.end_of_batch % batch;
    out_.opcode(is_marked(size) ? many : one);
  }
  if (value.kind() == Kind::object) {
    step.part = step.part == Part::items ? Part::pairs : Part::states;
    step.at = 0;
    step.end_of_batch = 0;
  } else {
    steps_.pop_back();
  }
}

void Writer::write_recipe(Step& step) {
  const Recipe& recipe = step.value->as_object();
  switch (step.part) {
    case Part::callable:
      step.part = Part::args;
      begin(recipe.callable);
      return;
    case Part::args:
      step.part = recipe.how == Recipe::How::new_object_ex ? Part::kwargs : Part::call;
      begin(recipe.args);
      return;
    case Part::kwargs:
      step.part = Part::call;
      begin(recipe.kwargs);
      return;
    case Part::call:
      if (recipe.how == Recipe::How::new_object_ex && out_.protocol() < 4) {
        throw PicklingError(
            fmt::format("cannot pickle {} under protocol {}: its class takes keywords",
                        step.value->repr(100),
                        out_.protocol()));
      }
      step.part = Part::items;
      note_made(step);
      if (const auto known = memo_.find(step.identity); known != memo_.end()) {
        // It is a part of its own arguments. Python drops what it has written of it, too.
        out_.opcode(Opcode::pop);
        out_.opcode(Opcode::pop);
        out_.get(known->second);
        steps_.pop_back();
        return;
      }
      out_.opcode(recipe.how == Recipe::How::call         ? Opcode::reduce
                  : recipe.how == Recipe::How::new_object ? Opcode::newobj
                                                          : Opcode::newobj_ex);
      memoize(step.identity);
      return;
    default:
      // Each state is a value, and then the instruction that applies it.
      if (step.end_of_batch != 0) {
        out_.opcode(Opcode::build);
        step.end_of_batch = 0;
      }
      if (step.at == recipe.states.size()) {
        steps_.pop_back();
        return;
      }
      step.end_of_batch = 1;
      begin(recipe.states[step.at++]);
      return;
  }
}

}  // namespace progeny::pickle::detail
