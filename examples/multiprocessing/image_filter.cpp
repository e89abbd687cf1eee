// Four processes filter a picture in shared memory: each finds the edges in a quarter of the lines.
// Writes before.png and after.png into the folder given, or the current one.

#include "picture.hpp"

#include <progeny/multiprocessing.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace mp = progeny::multiprocessing;
using picture::height, picture::width, picture::Pixels;

namespace {

constexpr int workers = 4;

// Sobel's operator on the lines [first, last): how steep the grey is at each point.
void find_edges(const Pixels& before, const Pixels& edges, int first, int last) {
  const auto grey = [&](int x, int y) {
    return int{before.data()[std::clamp(y, 0, height - 1) * width + std::clamp(x, 0, width - 1)]};
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

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  const std::filesystem::path folder = argc > 1 ? argv[1] : ".";

  const Pixels before(picture::size);
  picture::draw(before);
  picture::write_png(folder / "before.png", before);

  const Pixels edges(picture::size);
  std::vector<mp::Process> processes;
  for (int i = 0; i < workers; ++i) {
    processes.emplace_back(
        find_edges, before, edges, height * i / workers, height * (i + 1) / workers);
    processes.back().start();
  }
  for (mp::Process& process : processes) {
    process.join();
  }
  picture::write_png(folder / "after.png", edges);
}
