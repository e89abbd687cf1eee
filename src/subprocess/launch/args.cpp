#include <progeny/subprocess/args.hpp>

#include "base/repr.hpp"

#include <ostream>

namespace progeny::subprocess {

Args::Args(std::initializer_list<PathLike> items) : form_(Form::list) {
  items_.reserve(items.size());
  for (const PathLike& item : items) {
    items_.push_back(item.string());
  }
}

std::string Args::repr() const {
  if (form_ != Form::list) {
    return progeny::detail::repr_text(items_.front());
  }
  std::string text = "[";
  for (const std::string& item : items_) {
    text += text.size() > 1 ? ", " : "";
    text += progeny::detail::repr_text(item);
  }
  return text + "]";
}

std::string Args::str() const {
  return form_ == Form::list ? repr() : items_.front();
}

std::ostream& operator<<(std::ostream& out, const Args& args) {
  return out << args.repr();
}

}  // namespace progeny::subprocess
