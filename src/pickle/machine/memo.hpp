#pragma once

// The values that a pickle may want again, by number.

#include <progeny/pickle/value.hpp>

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

namespace progeny::pickle::detail {

class Memo {
 public:
  void push(const Value& value) { put(count_, value); }

  // Numbers come from the pickle: those that leave large gaps lie in a map.
  void put(std::size_t number, const Value& value) {
    Value* const old = find(number);
    if (old != nullptr) {
      others_.push_back(std::exchange(*old, value));
      return;
    }
    if (number == in_order_.size()) {
      in_order_.push_back(value);
    } else {
      scattered_.emplace(number, value);
    }
    ++count_;
  }

  [[nodiscard]] Value* find(std::size_t number) {
    if (number < in_order_.size()) {
      return &in_order_[number];
    }
    const auto found = scattered_.find(number);
    return found == scattered_.end() ? nullptr : &found->second;
  }

  // A value that may be a part of itself although it has no number.
  void keep(const Value& value) { others_.push_back(value); }

  // All values that were ever in it.
  [[nodiscard]] std::vector<Value> take_all() {
    std::vector<Value> all = std::move(in_order_);
    for (auto& [number, value] : scattered_) {
      all.push_back(std::move(value));
    }
    for (Value& value : others_) {
      all.push_back(std::move(value));
    }
    return all;
  }

 private:
  std::vector<Value> in_order_;
  std::unordered_map<std::size_t, Value> scattered_;
  std::vector<Value> others_;
  std::size_t count_ = 0;
};

}  // namespace progeny::pickle::detail
