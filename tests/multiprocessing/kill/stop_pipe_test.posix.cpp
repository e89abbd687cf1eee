// D1: a process is stopped, as by SIGSTOP, at each of its instructions while it sends through a
// shared pipe or receives. Others that use the same end then wait no longer than they want to, and
// all goes on once the process does.

#include "base/deadline.hpp"
#include "multiprocessing/channel/channel.hpp"
#include "multiprocessing/channel/shared_channel.hpp"
#include "multiprocessing/channel/shared_pipe.hpp"
#include "multiprocessing/memory/region.hpp"
#include "platform/ipc/message_socket.hpp"
#include "support/faults/single_step.posix.hpp"
#include "support/system/process_facts.hpp"

#include <progeny/base/errors.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace progeny::testing {

namespace {

using namespace std::chrono_literals;
using multiprocessing::detail::any_length;
using multiprocessing::detail::Deadline;
using multiprocessing::detail::Directions;
using multiprocessing::detail::SharedChannel;
using multiprocessing::detail::SharedPipeEnd;

constexpr auto while_it_stands = 2ms;
constexpr std::size_t several_pieces = 40'000;

std::string numbered_text(std::size_t number, std::size_t size) {
  return fmt::format("{}:", number) + pattern(size);
}

// A pipe to the reader, with some messages in it.
class PipeScene : public Scene {
 public:
  explicit PipeScene(const std::vector<std::size_t>& before) {
    auto sockets = platform::make_message_sockets();
    auto ends = SharedPipeEnd::make_pair(false);
    region_ = ends.first.region;
    reader_ = std::make_unique<SharedChannel>(
        std::move(sockets.first), Directions{.writable = false}, std::move(ends.first));
    writer_ = std::make_unique<SharedChannel>(
        std::move(sockets.second), Directions{.readable = false}, std::move(ends.second));
    for (const std::size_t size : before) {
      expected_.push_back(numbered_text(expected_.size(), size));
      EXPECT_TRUE(send(expected_.back(), very_long));
    }
  }

  // What every process does first, so that it is a member of the roster.
  void prepare() override { EXPECT_EQ(reader_->poll(Deadline(0s)), !expected_.empty()); }

  [[nodiscard]] std::span<const std::byte> shared() const override {
    return {region_->data(), std::size_t{8} << 10};
  }

 protected:
  // Returns false if it was too late.
  bool send(const std::string& text, const Timeout& timeout) const {
    return in_time([&] { writer_->send({.body = text}, Deadline(timeout)); });
  }
  std::optional<std::string> receive(const Timeout& timeout) const {
    std::string text;
    return in_time([&] { text = reader_->receive(any_length, Deadline(timeout), nullptr); })
               ? std::optional(text)
               : std::nullopt;
  }
  // Looks without waiting.
  [[nodiscard]] bool poll() const {
    bool found = false;
    EXPECT_TRUE(in_time([&] { found = reader_->poll(Deadline(0s)); }));
    return found;
  }
  std::vector<std::string> drained() const {
    std::vector<std::string> texts;
    while (poll()) {
      texts.push_back(receive(very_long).value_or("nothing"));
    }
    return texts;
  }

  std::vector<std::string> expected_;

 private:
  template <class Call>
  static bool in_time(const Call& call) {
    const auto begin = std::chrono::steady_clock::now();
    bool was_in_time = true;
    try {
      call();
    } catch (const OSError& error) {
      EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
      was_in_time = false;
    }
    // Far beyond the deadlines here, and below any time that a stopped process costs.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, very_long / 2);
    return was_in_time;
  }

  std::shared_ptr<multiprocessing::detail::Region> region_;
  std::unique_ptr<SharedChannel> reader_;
  std::unique_ptr<SharedChannel> writer_;
};

class StoppedSender : public PipeScene {
 public:
  StoppedSender(const std::vector<std::size_t>& before, std::size_t size)
      : PipeScene(before), own_("own:" + pattern(size)) {}
  void operate() override { send(own_, very_long); }
  void while_stopped() override {
    EXPECT_TRUE(poll() || expected_.empty());
    if (send("other", while_it_stands)) {
      expected_.emplace_back("other");
    }
  }
  void check(bool is_done) override {
    if (is_done) {
      expected_.push_back(own_);
    }
    EXPECT_TRUE(send("last", very_long));
    expected_.emplace_back("last");
    auto texts = drained();
    ASSERT_FALSE(texts.empty());
    EXPECT_EQ(texts.back(), "last");
    // Either of the two that sent at once may have been the first.
    std::ranges::sort(texts);
    std::ranges::sort(expected_);
    EXPECT_TRUE(texts == expected_) << "lost, torn or twice";
  }

 private:
  std::string own_;
};

class StoppedReceiver : public PipeScene {
 public:
  using PipeScene::PipeScene;
  void operate() override {
    if (receive(very_long).value_or("").empty()) {
      throw RuntimeError("it has received nothing");
    }
  }
  void while_stopped() override {
    static_cast<void>(poll());
    if (auto text = receive(while_it_stands)) {
      others_.push_back(*text);
    }
    EXPECT_TRUE(send("new", very_long));
    expected_.emplace_back("new");
  }
  // The stopped process has one of the messages, if it has run.
  void check(bool is_done) override {
    std::vector<std::string> texts = drained();
    texts.insert(texts.begin(), others_.begin(), others_.end());
    EXPECT_EQ(texts.size() + (is_done ? 1 : 0), expected_.size());
    for (const std::string& text : texts) {
      EXPECT_EQ(std::ranges::count(expected_, text), 1);
    }
  }

 private:
  std::vector<std::string> others_;
};

TEST(StoppedWhileSending, ASmallMessage) {
  stop_everywhere([] { return std::make_unique<StoppedSender>(std::vector<std::size_t>{20}, 30); });
}

TEST(StoppedWhileSending, AMessageOfSeveralPieces) {
  stop_everywhere(
      [] { return std::make_unique<StoppedSender>(std::vector<std::size_t>{}, several_pieces); });
}

TEST(StoppedWhileReceiving, ASmallMessage) {
  stop_everywhere(
      [] { return std::make_unique<StoppedReceiver>(std::vector<std::size_t>{10, 20, 30}); });
}

TEST(StoppedWhileReceiving, AMessageOfSeveralPieces) {
  stop_everywhere([] {
    return std::make_unique<StoppedReceiver>(std::vector<std::size_t>{several_pieces, 20, 30});
  });
}

}  // namespace

}  // namespace progeny::testing
