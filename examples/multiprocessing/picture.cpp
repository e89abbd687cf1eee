#include "picture.hpp"

#include <algorithm>
#include <complex>
#include <iostream>
#include <stdexcept>
#include <string>

#include <png.h>

namespace picture {

namespace {

// How many steps a point of the plane takes to leave the Mandelbrot set's neighbourhood.
std::uint8_t shade_of(int x, int y) {
  constexpr int most_steps = 255;
  const std::complex<double> point((x - 640) / 300.0, (y - 320) / 300.0);
  std::complex<double> z;
  int steps = 0;
  while (steps < most_steps && std::norm(z) < 4) {
    z = z * z + point;
    ++steps;
  }
  return static_cast<std::uint8_t>(std::min(most_steps, steps * 6));
}

}  // namespace

void draw(const Pixels& pixels) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      pixels.data()[y * width + x] = shade_of(x, y);
    }
  }
}

void write_png(const std::filesystem::path& path, const Pixels& pixels) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_GRAY;
  if (png_image_write_to_file(&image, path.c_str(), 0, pixels.data(), 0, nullptr) == 0) {
    throw std::runtime_error("cannot write " + path.string() + ": " + image.message);
  }
  std::cout << path.filename().string() << '\n';
}

}  // namespace picture
