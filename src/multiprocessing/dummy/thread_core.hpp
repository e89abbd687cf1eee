#pragma once

// What the handles of a thread share with the thread.

#include <progeny/base/timeout.hpp>
#include <progeny/multiprocessing/detail/task.hpp>

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace progeny::multiprocessing::dummy::detail {

class ThreadCore {
 public:
  // A thread to be, made by the calling one, whose core is `parent`.
  [[nodiscard]] static std::shared_ptr<ThreadCore> made_by(
      const std::shared_ptr<ThreadCore>& parent,
      const std::string& name,
      std::optional<bool> daemon,
      std::unique_ptr<multiprocessing::detail::Task> task);
  // The calling thread, which was started by other means.
  [[nodiscard]] static std::shared_ptr<ThreadCore> of_stranger();

  // Takes the task. Throws UsageError if it was started before.
  [[nodiscard]] std::unique_ptr<multiprocessing::detail::Task> begin();
  void end();
  // Whether it has ended within the time.
  bool await_end(const Timeout& timeout);

  [[nodiscard]] bool is_started() const;
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] std::string name() const;
  void set_name(const std::string& name);
  [[nodiscard]] bool daemon() const;
  void set_daemon(bool daemon);
  [[nodiscard]] std::uint64_t ident() const noexcept { return ident_; }
  [[nodiscard]] std::string parent_name() const { return parent_name_; }
  [[nodiscard]] bool is_child_of(const ThreadCore& other) const noexcept {
    return parent_ident_ == other.ident_;
  }

  void add_child(const std::shared_ptr<ThreadCore>& child);
  [[nodiscard]] std::vector<std::shared_ptr<ThreadCore>> live_children();

 private:
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool is_started_ = false;
  bool has_ended_ = false;
  std::string name_;
  bool daemon_ = false;
  std::uint64_t ident_ = 0;
  std::uint64_t parent_ident_ = 0;
  std::string parent_name_;
  std::unique_ptr<multiprocessing::detail::Task> task_;
  std::vector<std::shared_ptr<ThreadCore>> children_;
};

}  // namespace progeny::multiprocessing::dummy::detail
