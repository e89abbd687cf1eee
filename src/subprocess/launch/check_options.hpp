#pragma once

// Checks of a command and its options that need nothing to be started.

#include "subprocess/text/text.hpp"

#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/options.hpp>

#include <optional>

namespace progeny::subprocess::detail {

struct Redirects;

/// Throws ValueError, LookupError or SubprocessError with a sentence that names the option.
void check_options(const Args& args, const Options& options, const Redirects& redirects);

/// Throws ValueError for a window that no terminal has.
void check_window_size(const WindowSize& size);

/// Throws ValueError for what only run() and its kin understand.
void check_popen_only(const Options& options);

/// The text mode that the options ask for; nothing for binary.
/// Throws LookupError for an unknown encoding or error policy.
[[nodiscard]] std::optional<TextFormat> text_format_of(const Options& options);

}  // namespace progeny::subprocess::detail
