// A picture in shared memory, filtered by four processes at once: each finds the edges in a quarter
// of its lines. Writes before.png and after.png into the folder given, or the current one.

#include <progeny/multiprocessing.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <png.h>

namespace mp = progeny::multiprocessing;

namespace {

constexpr int width = 960;
constexpr int height = 640;
constexpr int workers = 4;

using Pixels = mp::RawArray<std::uint8_t>;  // One byte of grey each, line by line.

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

void draw(Pixels& picture) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.data()[y * width + x] = shade_of(x, y);
    }
  }
}

// Sobel's operator on the lines [first, last): how steep the grey is at each point.
void find_edges(Pixels& picture, Pixels& edges, int first, int last) {
  const auto grey = [&](int x, int y) {
    return int{picture.data()[std::clamp(y, 0, height - 1) * width + std::clamp(x, 0, width - 1)]};
  };
  for (int y = first; y < last; ++y) {
    for (int x = 0; x < width; ++x) {
      const int across = grey(x + 1, y - 1) + 2 * grey(x + 1, y) + grey(x + 1, y + 1) -
                         grey(x - 1, y - 1) - 2 * grey(x - 1, y) - grey(x - 1, y + 1);
      const int down = grey(x - 1, y + 1) + 2 * grey(x, y + 1) + grey(x + 1, y + 1) -
                       grey(x - 1, y - 1) - 2 * grey(x, y - 1) - grey(x + 1, y - 1);
      edges.data()[y * width + x] = static_cast<std::uint8_t>(
          255 - std::min(255, static_cast<int>(std::hypot(across, down))));
    }
  }
}

void write_png(const std::filesystem::path& path, const Pixels& picture) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_GRAY;
  if (png_image_write_to_file(&image, path.c_str(), 0, picture.data(), 0, nullptr) == 0) {
    throw std::runtime_error("cannot write " + path.string() + ": " + image.message);
  }
  std::cout << path.filename().string() << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const std::filesystem::path folder = argc > 1 ? argv[1] : ".";

  Pixels picture(width * height);
  draw(picture);
  write_png(folder / "before.png", picture);

  Pixels edges(width * height);
  std::vector<mp::Process> processes;
  for (int i = 0; i < workers; ++i) {
    processes.emplace_back(
        find_edges, picture, edges, height * i / workers, height * (i + 1) / workers);
    processes.back().start();
  }
  for (mp::Process& process : processes) {
    process.join();
  }
  write_png(folder / "after.png", edges);
}
