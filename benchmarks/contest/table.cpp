#include "contest/contest.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

constexpr double nanoseconds_per_millisecond = 1e6;
constexpr double nanoseconds_per_microsecond = 1e3;

double quantile(std::vector<double> values, double part) {
  const auto rank = std::ceil(part * static_cast<double>(values.size())) - 1;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 0.0));
  std::ranges::nth_element(values, nth);
  return *nth;
}

double median(const std::vector<double>& values) {
  return quantile(values, 0.5);
}

std::vector<double> all_of(const Standing& standing) {
  std::vector<double> all;
  for (const auto& round : standing.rounds) {
    all.insert(all.end(), round.begin(), round.end());
  }
  return all;
}

// The median of what the rounds say: in each, one turn's median over the other's.
std::string ratio(const Standing& standing, const Standing* reference) {
  if (reference == nullptr || reference->rounds.size() != standing.rounds.size()) {
    return "?";
  }
  std::vector<double> ratios;
  for (std::size_t i = 0; i < standing.rounds.size(); ++i) {
    ratios.push_back(median(standing.rounds[i]) / median(reference->rounds[i]));
  }
  return fmt::format("{:.2f}", median(ratios));
}

const Standing* find(const std::vector<Standing>& standings, const std::string& contestant) {
  const auto found = std::ranges::find(standings, contestant, &Standing::contestant);
  return found != standings.end() && found->failure.empty() ? &*found : nullptr;
}

void print_heading(const Task& task) {
  fmt::print("\n{}\n", task.title);
  fmt::print("{:<20} {:>7} {:>10} {:>10}  unit", "contestant", "n", "median", "p99");
  if (task.bytes != 0) {
    fmt::print(" {:>7}", "GB/s");
  }
  for (const std::string& reference : task.references) {
    fmt::print("  x {}", reference);
  }
  fmt::print("\n");
}

void print_row(const Task& task, const Standing& standing, const std::vector<Standing>& standings) {
  if (!standing.failure.empty()) {
    fmt::print("{:<20} failed: {}\n", standing.contestant, standing.failure);
    return;
  }
  const std::vector<double> all = all_of(standing);
  const double unit = task.bytes != 0 ? nanoseconds_per_millisecond : nanoseconds_per_microsecond;
  fmt::print("{:<20} {:>7} {:>10.1f} {:>10.1f}  {:<4}",
             standing.contestant,
             all.size(),
             median(all) / unit,
             quantile(all, 0.99) / unit,
             task.bytes != 0 ? "ms" : "us");
  if (task.bytes != 0) {
    fmt::print(" {:>7.2f}", static_cast<double>(task.bytes) / median(all));
  }
  for (const std::string& reference : task.references) {
    fmt::print("  {:>{}}", ratio(standing, find(standings, reference)), reference.size() + 2);
  }
  fmt::print("\n");
}

}  // namespace

void print_table(const Task& task, const std::vector<Standing>& standings) {
  std::vector<Standing> ordered = standings;
  std::ranges::sort(ordered, {}, [](const Standing& standing) {
    return standing.failure.empty() ? median(all_of(standing)) : HUGE_VAL;
  });
  print_heading(task);
  for (const Standing& standing : ordered) {
    print_row(task, standing, standings);
  }
}

}  // namespace bench
