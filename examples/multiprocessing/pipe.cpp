// Sends values of its own types to another process and back. The types need no code for that.

#include <progeny/multiprocessing.hpp>

#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mp = progeny::multiprocessing;

namespace {

struct Order {
  std::string text;
  std::vector<std::string> words;
};

using Counts = std::map<std::string, int>;

void count_words(mp::Connection& connection) {
  while (const auto order = connection.recv<std::optional<Order>>()) {
    Counts counts;
    for (const std::string& word : order->words) {
      for (auto at = order->text.find(word); at != std::string::npos;
           at = order->text.find(word, at + word.size())) {
        ++counts[word];
      }
    }
    connection.send(counts);
  }
}

}  // namespace

int main(int argc, char** argv) {
  mp::freeze_support(argc, argv);
  auto [ours, theirs] = mp::Pipe();
  mp::Process counting(count_words, std::move(theirs));
  counting.start();

  ours.send(std::optional(Order{.text = "a rose is a rose is a rose", .words = {"rose", "is"}}));
  for (const auto& [word, count] : ours.recv<Counts>()) {
    std::cout << word << ": " << count << '\n';
  }
  ours.send(std::optional<Order>());  // No more orders.
  counting.join();
}
