#include "soak/letters.posix.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace progeny::testing {

namespace {

// A text that no other number has, so that a part that is missing or belongs to another message is
// noticed.
std::string text_of(std::uint64_t number, std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = number * 0x9e3779b97f4a7c15 + 1;
  for (char& character : text) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    character = static_cast<char>(state);
  }
  return text;
}

}  // namespace

std::string LetterSubject::step(int number) {
  if (::getpid() != counted_) {
    counted_ = ::getpid();
    ++account_->processes;
  }
  if (number % 2 != 0) {
    return look_at(receive());
  }
  if (has_enough() || account_->next + 100 > Account::most) {
    return {};
  }
  const std::vector<Letter> letters = new_letters();
  const std::size_t count = send(letters);
  for (std::size_t i = 0; i < count; ++i) {
    account_->letters[letters[i].number] |= Account::was_put;
  }
  return {};
}

std::string LetterSubject::verdict() {
  for (auto letters = receive_rest(); !letters.empty(); letters = receive_rest()) {
    if (std::string wrong = look_at(letters); !wrong.empty()) {
      return wrong;
    }
  }
  const std::uint64_t count = account_->next;
  std::uint64_t missing = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    missing += account_->letters[i] == Account::was_put ? 1 : 0;
  }
  return missing <= account_->processes * batch_
             ? ""
             : fmt::format("{} of {} messages are missing", missing, count);
}

std::vector<Letter> LetterSubject::new_letters() const {
  std::vector<Letter> letters;
  for (std::size_t i = 0; i < batch_; ++i) {
    const std::uint64_t number = account_->next++;
    letters.push_back(
        {.number = number, .text = text_of(number, sizes_[number % sizes_.size()] + number % 61)});
  }
  return letters;
}

std::string LetterSubject::look_at(const std::vector<Letter>& letters) const {
  for (const Letter& letter : letters) {
    if (letter.number >= account_->next ||
        letter.text != text_of(letter.number, letter.text.size())) {
      return "a message is not what was put";
    }
    if ((account_->letters[letter.number].fetch_or(Account::was_got) & Account::was_got) != 0) {
      return fmt::format("message {} came twice", letter.number);
    }
  }
  return {};
}

}  // namespace progeny::testing
