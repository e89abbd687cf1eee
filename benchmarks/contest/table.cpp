#include "contest/contest.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

// Of the units, the largest in which the shortest time of a table is at least 1.
struct Unit {
  const char* name;
  double nanoseconds;
};

constexpr Unit units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};

Unit unit_for(double shortest) {
  for (const Unit& unit : units) {
    if (shortest >= unit.nanoseconds) {
      return unit;
    }
  }
  return units[3];
}

double quantile(std::vector<double> values, double part) {
  const auto rank = std::ceil(part * static_cast<double>(values.size())) - 1;
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 0.0));
  std::ranges::nth_element(values, nth);
  return *nth;
}

double median(const std::vector<double>& values) {
  return quantile(values, 0.5);
}

// What each round says: its median.
std::vector<double> medians_of(const Standing& standing) {
  std::vector<double> medians;
  for (const auto& round : standing.rounds) {
    medians.push_back(median(round));
  }
  return medians;
}

std::vector<double> all_of(const Standing& standing) {
  std::vector<double> all;
  for (const auto& round : standing.rounds) {
    all.insert(all.end(), round.begin(), round.end());
  }
  return all;
}

// The median over the rounds of one turn's median divided by the other's.
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
  fmt::print("{:<20} {:>7} {:>9} {:>9} {:>9} {:>9}  unit",
             "contestant",
             "n",
             "median",
             "p25",
             "p75",
             "p99");
  if (task.bytes != 0) {
    fmt::print(" {:>7}", "GB/s");
  }
  for (const std::string& reference : task.references) {
    fmt::print("  x {}", reference);
  }
  fmt::print("\n");
}

void print_row(const Task& task,
               const Standing& standing,
               const Unit& unit,
               const std::vector<Standing>& standings) {
  if (!standing.failure.empty()) {
    fmt::print("{:<20} failed: {}\n", standing.contestant, standing.failure);
    return;
  }
  const std::vector<double> medians = medians_of(standing);
  const std::vector<double> all = all_of(standing);
  fmt::print("{:<20} {:>7} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f}  {:<4}",
             standing.contestant,
             all.size(),
             median(medians) / unit.nanoseconds,
             quantile(medians, 0.25) / unit.nanoseconds,
             quantile(medians, 0.75) / unit.nanoseconds,
             quantile(all, 0.99) / unit.nanoseconds,
             unit.name);
  if (task.bytes != 0) {
    fmt::print(" {:>7.2f}", static_cast<double>(task.bytes) / median(medians));
  }
  for (const std::string& reference : task.references) {
    fmt::print("  {:>{}}", ratio(standing, find(standings, reference)), reference.size() + 2);
  }
  fmt::print("\n");
}

}  // namespace

void print_table(const Task& task, const std::vector<Standing>& standings) {
  std::vector<Standing> ordered = standings;
  const auto time_of = [](const Standing& standing) {
    return standing.failure.empty() ? median(medians_of(standing)) : HUGE_VAL;
  };
  std::ranges::sort(ordered, {}, time_of);
  print_heading(task);
  if (ordered.empty()) {
    return;
  }
  const Unit unit = unit_for(time_of(ordered.front()));
  for (const Standing& standing : ordered) {
    print_row(task, standing, unit, standings);
  }
}

}  // namespace bench
