// Producers and consumers of one queue, any of which is killed at any moment.

#include "soak/killer.posix.hpp"
#include "soak/letters.posix.hpp"

#include <progeny/multiprocessing/queues/queue.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace progeny::testing {

namespace {

namespace mp = progeny::multiprocessing;

struct QueueKind {
  const char* name;
  std::ptrdiff_t maxsize = 0;
  std::array<std::size_t, 4> sizes{};
  std::size_t batch = 1;
  bool with_stops = false;
};

class QueueSubject : public LetterSubject {
 public:
  explicit QueueSubject(const QueueKind& kind)
      : LetterSubject(kind.sizes, kind.batch), kind_(kind), queue_(kind.maxsize) {}
  [[nodiscard]] std::string name() const override { return kind_.name; }
  [[nodiscard]] bool stands_stops() const override { return kind_.with_stops; }

 private:
  [[nodiscard]] bool has_enough() override { return kind_.maxsize == 0 && queue_.qsize() > 300; }

  [[nodiscard]] std::size_t send(const std::vector<Letter>& letters) override {
    if (batch() > 1) {
      return queue_.put_many(letters, {.timeout = killer_deadline});
    }
    try {
      queue_.put(letters.front(), true, killer_deadline);
    } catch (const mp::Full&) {
      return kind_.with_stops ? 0 : throw;
    }
    return 1;
  }

  [[nodiscard]] std::vector<Letter> receive() override {
    try {
      return batch() > 1 ? queue_.get_many(batch(), {.timeout = killer_deadline})
                         : std::vector<Letter>{queue_.get(true, killer_deadline)};
    } catch (const mp::Empty&) {
      return kind_.with_stops ? std::vector<Letter>() : throw;
    }
  }

  [[nodiscard]] std::vector<Letter> receive_rest() override {
    return queue_.empty() ? std::vector<Letter>() : std::vector<Letter>{queue_.get(false)};
  }

  QueueKind kind_;
  mp::Queue<Letter> queue_;
};

}  // namespace

std::vector<std::unique_ptr<KillerSubject>> queue_subjects() {
  std::vector<std::unique_ptr<KillerSubject>> subjects;
  for (const QueueKind& kind :
       {QueueKind{.name = "Queue", .sizes = {8, 0, 60, 2'000}},
        QueueKind{.name = "bounded", .maxsize = 5, .sizes = {8, 0, 60, 200}},
        QueueKind{.name = "batches", .sizes = {8, 0, 60, 2'000}, .batch = 7},
        QueueKind{.name = "large", .sizes = {40'000, 10, 300'000, 130'000}},
        QueueKind{.name = "large few", .maxsize = 3, .sizes = {40'000, 10, 300'000, 130'000}},
        QueueKind{.name = "stopped", .sizes = {8, 0, 60, 2'000}, .with_stops = true},
        QueueKind{
            .name = "stopped few", .maxsize = 5, .sizes = {8, 0, 60, 40'000}, .with_stops = true},
        QueueKind{.name = "stopped batches",
                  .sizes = {8, 0, 2'000, 130'000},
                  .batch = 7,
                  .with_stops = true}}) {
    subjects.push_back(std::make_unique<QueueSubject>(kind));
  }
  return subjects;
}

}  // namespace progeny::testing
