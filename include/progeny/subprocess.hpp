#pragma once

// All of Python's `subprocess`.

// IWYU pragma: begin_exports
#include <progeny/os/environment.hpp>  // For `env`: os::environment() is the present one.
#include <progeny/subprocess/args.hpp>
#include <progeny/subprocess/completed_process.hpp>
#include <progeny/subprocess/ending.hpp>
#include <progeny/subprocess/errors.hpp>
#include <progeny/subprocess/list2cmdline.hpp>
#include <progeny/subprocess/many.hpp>
#include <progeny/subprocess/options.hpp>
#include <progeny/subprocess/pipeline.hpp>
#include <progeny/subprocess/popen.hpp>
#include <progeny/subprocess/redirect.hpp>
#include <progeny/subprocess/run.hpp>
#include <progeny/subprocess/shlex.hpp>
#include <progeny/subprocess/stream.hpp>
#include <progeny/subprocess/window_size.hpp>
#include <progeny/subprocess/windows_flags.hpp>
// IWYU pragma: end_exports
