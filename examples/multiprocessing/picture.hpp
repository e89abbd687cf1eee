#pragma once

// The pictures of image_filter.cpp: a few functions that have nothing to do with processes.

#include <progeny/multiprocessing.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace picture {

constexpr int width = 960;
constexpr int height = 640;
constexpr std::ptrdiff_t size = std::ptrdiff_t{width} * height;

/// One byte of grey each, line by line.
using Pixels = progeny::multiprocessing::RawArray<std::uint8_t>;

/// Draws the Mandelbrot set.
void draw(const Pixels& pixels);

void write_png(const std::filesystem::path& path, const Pixels& pixels);

}  // namespace picture
