// Plays the few programs of Unix that the other examples start; copied beside them under their
// names.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <io.h>

namespace {

std::vector<std::string> lines_of_stdin() {
  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);) {
    lines.push_back(line);
  }
  return lines;
}

void sort_numbers() {
  std::vector<std::string> lines = lines_of_stdin();
  std::ranges::stable_sort(lines, {}, [](const std::string& line) { return std::stol(line); });
  std::ranges::for_each(lines, [](const std::string& line) { std::cout << line << '\n'; });
}

// `script` is `s/^/TEXT/`.
void put_before_lines(const std::string& script) {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << script.substr(4, script.size() - 5) << line << '\n' << std::flush;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  const std::string name = std::filesystem::path(words.front()).stem().string();
  ::_setmode(0, _O_BINARY);
  ::_setmode(1, _O_BINARY);
  if (name == "sort") {
    sort_numbers();
  } else if (name == "seq") {
    for (int number = 1; number <= std::stoi(words.at(1)); ++number) {
      std::cout << number << '\n';
    }
  } else if (name == "grep") {
    std::cout << std::ranges::count_if(lines_of_stdin(), [&words](const std::string& line) {
      return line.find(words.at(2)) != std::string::npos;
    }) << '\n';
  } else if (name == "sed") {
    put_before_lines(words.at(2));
  } else if (name == "sleep") {
    std::this_thread::sleep_for(std::chrono::seconds(std::stoi(words.at(1))));
  }
}
