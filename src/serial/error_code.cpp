#include "serial/error_code.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <future>
#include <ios>
#include <limits>
#include <string_view>

namespace progeny::serial::detail {

namespace {

const std::error_category& category_named(std::string_view name) {
  for (const std::error_category* const category : {&std::generic_category(),
                                                    &std::system_category(),
                                                    &std::iostream_category(),
                                                    &std::future_category()}) {
    if (name == category->name()) {
      return *category;
    }
  }
  throw ValueError(fmt::format("the error category '{}' is not known here", name));
}

}  // namespace

void write_code(RecordWriter& out, const std::error_code& code) {
  out.text(code.category().name());
  out.number(static_cast<std::uint32_t>(code.value()));
}

std::error_code read_code(RecordReader& in) {
  const std::error_category& category = category_named(in.text());
  const std::uint64_t value = in.number_up_to(std::numeric_limits<std::uint32_t>::max());
  return {static_cast<int>(static_cast<std::uint32_t>(value)), category};
}

}  // namespace progeny::serial::detail
