// Values of C++ as Python's pickles, and back. Nothing in a pickle is ever called: a class of
// Python stays a recipe, which is written again as it came.

#include <progeny/pickle.hpp>

#include <array>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace pickle = progeny::pickle;

struct Point {
  int x = 0;
  int y = 0;
};

// With names it travels as a dict, and not as a tuple.
template <>
struct progeny::pickle::Described<Point> {
  static constexpr std::array members{"x", "y"};
};

int main() {
  const std::map<std::string, std::vector<Point>> paths{{"home", {{1, 2}, {3, 4}}}};
  const std::string bytes = pickle::dumps(paths);
  std::cout << pickle::loads(bytes) << '\n';

  const auto again = pickle::loads<std::map<std::string, std::vector<Point>>>(bytes);
  std::cout << again.at("home")[1].y << '\n';

  // Any object of Python: here Fraction(3, 4), which C++ does not know.
  const std::string fraction =
      "\x80\x04\x8c\x09"
      "fractions\x8c\x08"
      "Fraction\x93K\x03K\x04\x86R.";
  std::cout << pickle::loads(fraction) << '\n';
}
