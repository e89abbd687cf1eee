#include <progeny/multiprocessing/sharedctypes/slice.hpp>

#include <progeny/base/errors.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace progeny::multiprocessing::detail {

void throw_no_element(std::ptrdiff_t index, std::size_t size) {
  throw std::out_of_range(
      fmt::format("array index {} is out of range: there are {} elements", index, size));
}

void throw_other_length(std::size_t given, std::size_t count) {
  throw ValueError(
      fmt::format("can only assign as many elements as the slice has: {}, not {}", count, given));
}

void throw_too_long(std::size_t given, std::size_t size) {
  throw ValueError(fmt::format("{} characters are too many for an array of {}", given, size));
}

// The rules are those of CPython's PySlice_AdjustIndices (Objects/sliceobject.c). Going backwards,
// "before the first element" is a valid end and is written -1, which is why clipping to an end and
// counting from the end must happen in one step.
Elements elements_of(const sharedctypes::Slice& slice, std::size_t size) {
  if (slice.step == 0) {
    throw ValueError("slice step cannot be zero");
  }
  const auto length = static_cast<std::ptrdiff_t>(size);
  const bool forward = slice.step > 0;
  // The range in which a slice of this direction can begin and end.
  const std::ptrdiff_t lowest = forward ? 0 : -1;
  const std::ptrdiff_t highest = forward ? length : length - 1;
  const auto clipped = [&](std::ptrdiff_t index) {
    return std::clamp(index < 0 ? index + length : index, lowest, highest);
  };
  const std::ptrdiff_t first = slice.start ? clipped(*slice.start) : (forward ? lowest : highest);
  const std::ptrdiff_t end = slice.stop ? clipped(*slice.stop) : (forward ? highest : lowest);
  const std::ptrdiff_t distance = forward ? end - first : first - end;
  if (distance <= 0) {
    return {.first = first, .step = slice.step, .count = 0};
  }
  // A step beyond the array selects one element, as does a step of `length + 1`. Unlike the most
  // negative number, that one can be negated.
  const std::ptrdiff_t step = std::clamp(slice.step, -(length + 1), length + 1);
  const std::ptrdiff_t stride = forward ? step : -step;
  return {
      .first = first, .step = step, .count = static_cast<std::size_t>((distance - 1) / stride + 1)};
}

}  // namespace progeny::multiprocessing::detail
