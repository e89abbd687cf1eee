#include "processes.hpp"

#include "help.hpp"

#include <progeny/multiprocessing.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tour {

namespace mp = progeny::multiprocessing;

namespace {

void multiply(int a, int b) {
  throw mp::SystemExit(a * b);
}

void square(mp::Connection& connection) {
  auto numbers = connection.recv<std::vector<int>>();
  for (int& number : numbers) {
    number *= number;
  }
  connection.send(numbers);
}

}  // namespace

void processes_cells(Page& page) {
  page.include(17, "progeny/multiprocessing.hpp");

  page.cell(18);
  page.help(help_on_multiprocessing());

  page.text("Past the notebook: a function in a process of its own, void multiply(int a, int b).");
  page.cell(22);
  mp::Process child(multiply, 6, 7);
  child.start();
  child.join();

  page.cell(23);
  page.out(child);

  page.text("And one that answers through a pipe, void square(mp::Connection& connection).");
  page.cell(24);
  auto [ours, theirs] = mp::Pipe();
  mp::Process answering(square, std::move(theirs));
  answering.start();
  ours.send(std::vector{1, 2, 3});

  page.cell(25);
  page.out(ours.recv<std::vector<int>>());

  answering.join();
}

}  // namespace tour
