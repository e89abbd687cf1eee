#pragma once

// Shared memory that a process gives to a child when it starts it: who counts as its user, and
// until when.
//
//     parent                        child                       descendants of the child
//       Lease: reading end  <=pipe=   writing end               writing end, inherited
//              uses of the blocks     blocks that do not count  blocks that do not count
//
// The parent counts for all of them. It gives the uses back once the child's end is seen and the
// pipe is at its end: the kernel closes the writing ends, however their processes end. So a child
// that was killed, or killed before its own children, leaves no use behind.
//
// A process passes the ends that it has inherited to each child to which it gives shared memory. So
// what it has itself by inheritance needs no other use for that child.

#include "multiprocessing/memory/shared_block.hpp"

#include <progeny/base/handle.hpp>
#include <progeny/detail/config.hpp>
#include <progeny/serial/message.hpp>

#include <cstdint>
#include <vector>

namespace progeny::multiprocessing::detail {

/// What a process keeps for one child. Destroying it gives the uses back; in a copy of the process
/// made by fork(2) it does nothing.
class Lease {
 public:
  /// Keeps nothing, and is over from the beginning.
  Lease() noexcept;
  /// With a pipe, for a child that is about to be started. Throws OSError.
  [[nodiscard]] static Lease open();
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  /// Keeps these uses, too.
  void keep(serial::Claims claims) noexcept { claims_ = std::move(claims); }
  /// Keeps these objects, too.
  void keep(Keeping::Kept blocks) noexcept { blocks_ = std::move(blocks); }

  /// The end that the child gets. Borrowed; none without a pipe.
  [[nodiscard]] native_handle child_end() const noexcept { return child_end_.get(); }
  /// In the parent: to be called when the child has its end, or has not been started.
  void close_child_end() noexcept;
  /// In the child, if it is a forked copy: makes the end its own.
  void move_in();

  /// Whether no process is left that has inherited the end.
  [[nodiscard]] bool is_over() const noexcept;

 private:
  void drop() noexcept;

  std::uint32_t generation_;  // Of the process that keeps.
  Handle own_end_;
  Handle child_end_;
  serial::Claims claims_;
  Keeping::Kept blocks_;
};

/// In a child that is not a forked copy: takes the ends that its parent has given it.
void inherit_leases(std::vector<Handle> ends);

/// The ends that this process has inherited, for a child of its own. Borrowed.
[[nodiscard]] std::vector<native_handle> inherited_leases();

/// The fork generation of the last forked copy among this process and its ancestors that has moved
/// into a lease. What is older came into the process with it.
[[nodiscard]] std::uint32_t leased_generation() noexcept;

/// The scope in which the arguments of a child are encoded.
class Giving {
 public:
  Giving() noexcept;
  Giving(const Giving&) = delete;
  Giving& operator=(const Giving&) = delete;
  ~Giving();

  /// Whether this thread is in such a scope. If so, notes that shared memory is given.
  [[nodiscard]] static bool note() noexcept;
  /// Whether shared memory was given in this scope.
  [[nodiscard]] bool has_given() const noexcept { return has_given_; }

 private:
  Giving* outer_;
  bool has_given_ = false;
};

}  // namespace progeny::multiprocessing::detail
