#pragma once

// The start methods: their names, the default one, and how each starts a child.
//
//                 fork              spawn                    forkserver
//     made by     fork(2)           a launch of the program  fork(2) of a server, on request
//     memory      a copy            new                      a copy of the server's
//     reaped by   the parent        the parent               the server, which reports the end
//     target      in the copy       in StartData             in StartData
//     handles     copies of all     those in ChildHandles    those in ChildHandles
//     see         popen_fork.cpp    spawn.hpp                forkserver_protocol.hpp

#include "multiprocessing/memory/lease.hpp"
#include "multiprocessing/process/popen.hpp"

#include <progeny/multiprocessing/process.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace progeny::multiprocessing::detail {

[[nodiscard]] const char* name_of(StartMethod method) noexcept;

/// Throws ValueError for a method that this system does not have.
[[nodiscard]] StartMethod method_of(std::string_view name);

/// The methods of this system, the default first.
[[nodiscard]] std::vector<StartMethod> all_start_methods();

/// The method of the default context, if it is fixed already.
[[nodiscard]] std::optional<StartMethod> fixed_start_method() noexcept;

/// The method of the default context. Fixes it.
[[nodiscard]] StartMethod default_start_method();

/// Fixes the method of the default context. Returns false if it was fixed before.
[[nodiscard]] bool fix_start_method(StartMethod method) noexcept;

/// Sets the method of the default context again. Nothing: it is no longer fixed.
void force_start_method(std::optional<StartMethod> method) noexcept;

/// A child that runs, and what is kept for it.
struct StartedChild {
  std::shared_ptr<Popen> popen;
  Lease lease;
};

/// Starts `process` as a forked copy of this process.
[[nodiscard]] StartedChild popen_fork(Process& process, const std::shared_ptr<ProcessCore>& core);
/// Starts `process` in a new run of this program.
[[nodiscard]] StartedChild popen_spawn(Process& process, const std::shared_ptr<ProcessCore>& core);
/// Starts `process` as a forked copy of the forkserver.
[[nodiscard]] StartedChild popen_forkserver(Process& process,
                                            const std::shared_ptr<ProcessCore>& core);

}  // namespace progeny::multiprocessing::detail
