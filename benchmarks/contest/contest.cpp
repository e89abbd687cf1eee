#include "contest/contest.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>

namespace bench {

namespace {

struct Seat {
  Worker* worker = nullptr;
  Standing standing;
};

std::vector<Seat> find_seats(std::vector<Worker>& workers, const std::string& task) {
  std::vector<Seat> seats;
  for (Worker& worker : workers) {
    for (const Offer& offer : worker.offers()) {
      if (offer.task == task) {
        Seat& seat = seats.emplace_back();
        seat.worker = &worker;
        seat.standing.contestant = offer.contestant;
      }
    }
  }
  return seats;
}

void take_turn(Seat& seat, const Order& order, std::chrono::nanoseconds turn, bool counts) {
  Standing& standing = seat.standing;
  if (!standing.failure.empty()) {
    return;
  }
  try {
    const auto took = seat.worker->run(standing.contestant, order, turn);
    if (counts) {
      std::vector<double>& round = standing.rounds.emplace_back();
      for (const auto each : took) {
        round.push_back(static_cast<double>(each.count()));
      }
    }
  } catch (const std::exception& error) {
    standing.failure = error.what();
  }
}

}  // namespace

std::vector<Standing> compete(std::vector<Worker>& workers, const Task& task, const Scale& scale) {
  std::vector<Seat> seats = find_seats(workers, task.order.task);
  // The first turn does not count: loading, allocating and probing once is not the question.
  for (Seat& seat : seats) {
    take_turn(seat, task.order, std::chrono::nanoseconds(0), false);
  }
  for (int round = 0; round < scale.rounds; ++round) {
    for (Seat& seat : seats) {
      take_turn(seat, task.order, scale.turn, true);
    }
    // Another contestant begins each round, so that none always runs on the caches of the same one.
    std::ranges::rotate(seats, seats.begin() + (seats.size() > 1 ? 1 : 0));
  }
  std::vector<Standing> standings;
  for (Seat& seat : seats) {
    standings.push_back(std::move(seat.standing));
  }
  return standings;
}

bool hold_contest(const std::string& question,
                  const Setting& setting,
                  const std::vector<Task>& tasks,
                  const Scale& scale) {
  fmt::print("\n=== {}: {}\n", question, setting.title);
  std::vector<Worker> workers = start_workers(question, setting);
  bool all_finished = true;
  for (Task task : tasks) {
    if (workers.empty()) {
      break;
    }
    task.order.threads = setting.threads;
    const std::vector<Standing> standings = compete(workers, task, scale);
    print_table(task, standings);
    std::fflush(stdout);
    all_finished = all_finished && std::ranges::all_of(standings, [](const Standing& standing) {
                     return standing.failure.empty();
                   });
  }
  return all_finished;
}

}  // namespace bench
