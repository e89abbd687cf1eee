// Several processes at each end of one shared pipe, any of which is killed at any moment.

#include "soak/killer.posix.hpp"
#include "soak/letters.posix.hpp"

#include <progeny/multiprocessing/connection/connection.hpp>

#include <stdexcept>
#include <utility>

namespace progeny::testing {

namespace {

namespace mp = progeny::multiprocessing;

// Messages of one piece and of several.
class PipeSubject : public LetterSubject {
 public:
  PipeSubject() : LetterSubject({40, 0, 3'000, 300'000}, 1) {}
  [[nodiscard]] std::string name() const override { return "Pipe"; }

 private:
  [[nodiscard]] bool has_enough() override { return false; }

  [[nodiscard]] std::size_t send(const std::vector<Letter>& letters) override {
    ends_.second.send(letters.front());
    return 1;
  }

  [[nodiscard]] std::vector<Letter> receive() override {
    if (!ends_.first.poll(killer_deadline)) {
      throw std::runtime_error("nothing came in time");
    }
    return receive_one();
  }

  [[nodiscard]] std::vector<Letter> receive_rest() override {
    // The senders are dead, and the end of the last message may be missing.
    ends_.second.close();
    try {
      return receive_one();
    } catch (const EOFError&) {
      return {};
    } catch (const OSError& error) {
      return error.code() == std::errc::connection_aborted ? std::vector<Letter>() : throw;
    }
  }

  [[nodiscard]] std::vector<Letter> receive_one() {
    std::vector<Letter> letters;
    letters.push_back(ends_.first.recv<Letter>());
    return letters;
  }

  std::pair<mp::Connection, mp::Connection> ends_ = mp::Pipe({.duplex = false, .shared = true});
};

}  // namespace

std::unique_ptr<KillerSubject> pipe_subject() {
  return std::make_unique<PipeSubject>();
}

}  // namespace progeny::testing
