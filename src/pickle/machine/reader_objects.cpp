// The instructions of a pickle that move values about, and those that make objects.

#include "pickle/machine/reader.hpp"
#include "pickle/value/node.hpp"

#include <fmt/format.h>

namespace progeny::pickle::detail {

bool Reader::read_stack_step(Opcode opcode) {
  switch (opcode) {
    case Opcode::proto:
      protocol_ = static_cast<int>(unsigned_number(1));
      if (protocol_ > highest_protocol) {
        fail(fmt::format(
            "protocol {} is not supported, which is above {}", protocol_, highest_protocol));
      }
      return true;
    case Opcode::frame: {
      // Only a hint of how much to read at once.
      const std::uint64_t size = unsigned_number(8);
      if (size > data_.size() - at_) {
        fail(fmt::format("a frame of {} bytes begins where {} are left", size, data_.size() - at_));
      }
      return true;
    }
    case Opcode::mark:
      charge(sizeof(std::size_t));
      marks_.push_back(stack_.size());
      return true;
    case Opcode::pop:
      // Of a mark, too.
      if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
      } else {
        static_cast<void>(pop());
      }
      return true;
    case Opcode::pop_mark:
      static_cast<void>(pop_to_mark());
      return true;
    case Opcode::dup:
      memo_.keep(top());
      push_again(Value(top()));
      return true;
    case Opcode::binput:
    case Opcode::long_binput: {
      const std::uint64_t number = unsigned_number(opcode == Opcode::binput ? 1 : 4);
      charge(2 * sizeof(Value));
      memo_.put(number, top());
      return true;
    }
    case Opcode::binget:
    case Opcode::long_binget: {
      const std::uint64_t number = unsigned_number(opcode == Opcode::binget ? 1 : 4);
      const Value* const value = memo_.find(number);
      if (value == nullptr) {
        fail(fmt::format("the memo has no value {}", number));
      }
      push_again(*value);
      return true;
    }
    default:
      return false;
  }
}

bool Reader::read_object(Opcode opcode) {
  switch (opcode) {
    case Opcode::stack_global: {
      const Value name = pop();
      const Value module = pop();
      if (name.kind() != Kind::text || module.kind() != Kind::text) {
        fail("a class or function is named by something other than two strs");
      }
      push_global(module.as_text(), name.as_text());
      return true;
    }
    case Opcode::global: {
      const std::string_view module = line();
      push_global(module, line());
      return true;
    }
    case Opcode::reduce:
    case Opcode::newobj: {
      Recipe recipe;
      recipe.how = opcode == Opcode::reduce ? Recipe::How::call : Recipe::How::new_object;
      recipe.args = pop();
      recipe.callable = pop();
      push_object(std::move(recipe));
      return true;
    }
    case Opcode::newobj_ex: {
      Recipe recipe;
      recipe.how = Recipe::How::new_object_ex;
      recipe.kwargs = pop();
      recipe.args = pop();
      recipe.callable = pop();
      push_object(std::move(recipe));
      return true;
    }
    case Opcode::build: {
      Value state = pop();
      build(std::move(state));
      return true;
    }
    default:
      return false;
  }
}

}  // namespace progeny::pickle::detail
