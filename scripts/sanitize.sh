#!/usr/bin/env bash
# The tests under the sanitizers: those named, or both.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test
presets=("$@")
if ((!$#)); then
  presets=(asan tsan)
fi
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# die_after_fork=0: a program that runs all suites has a thread of the library by the time that a test
# makes a copy of the process, and the copy may start threads of its own.
export TSAN_OPTIONS=${TSAN_OPTIONS:-second_deadlock_stack=1:die_after_fork=0}
failed=()
for preset in "${presets[@]}"; do
  build "$preset"
  run_tests "$preset" || failed+=("$preset")
done
((!${#failed[@]})) || fail "failed under: ${failed[*]}"
