#pragma once

// Starting the program that a command and its options describe.

#include "platform/process/child.hpp"

#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/options.hpp>

#include <memory>

namespace progeny::subprocess::detail {

struct Redirects;
class StandardStreams;

/// Throws before anything is opened if the options name descriptors, users or groups that are not
/// there: OSError, ValueError, LookupError. A standard stream in `pass_fds` that is redirected need
/// not be open.
void check_resources(const Options& options, const Redirects& redirects);

/// Whether the child leads a process group of its own, which then shares its fate at scope exit.
[[nodiscard]] bool makes_group(const Options& options) noexcept;

/// Starts the program with these standard streams. The options have been checked.
/// Throws OSError with the step that failed, SubprocessError for a failed hook.
[[nodiscard]] std::unique_ptr<platform::Child> start(const Args& args,
                                                     const Options& options,
                                                     const StandardStreams& streams);

}  // namespace progeny::subprocess::detail
