#!/usr/bin/env bash
# Everything that a release must pass, in order, going on after a failure. Ends with a table.
# shellcheck disable=SC2317  # The functions are called by `step`, through its arguments.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test clang tidy lint docs check contract
logs=build/check
rm -rf "$logs"
mkdir -p "$logs"
table=()
failed=0

# Runs a command with its output in a log of its own.
step() {
  local name=$1
  shift
  local start=$SECONDS result=passed
  echo "== $name" >&2
  if ! "$@" >"$logs/${name// /-}.log" 2>&1 </dev/null; then
    result=FAILED
    failed=1
    tail -n 15 "$logs/${name// /-}.log" >&2
  fi
  table+=("$(printf '%-28s %5d s  %s' "$name" $((SECONDS - start)) "$result")")
}

build_and_test() {
  build "$1" && run_tests "$1"
}

# The subprocess suite with one switch of the library set.
test_switched() {
  env "$1" ctest --preset dev -R '^subprocess_test\.' --no-tests=error
}

# Zero tests would pass too, so that is asked for.
test_under_valgrind() {
  local out=$logs/valgrind-tests.txt
  valgrind --quiet --error-exitcode=99 --child-silent-after-fork=yes \
    build/dev/tests/platform_test --gtest_filter='*Launch*:*Spawn*' | tee "$out" || return 1
  grep -qE 'PASSED.* [1-9][0-9]* test' "$out"
}

step "gcc" build_and_test dev
step "static, optimised" build_and_test release
step "shared" build_and_test shared
step "clang" build_and_test clang
step "asan" scripts/sanitize.sh asan
step "tsan" scripts/sanitize.sh tsan
step "valgrind" test_under_valgrind
for way in clone3 clone vfork fork; do
  step "launch by $way" test_switched "PROGENY_LAUNCH=$way"
done
for feature in pidfd close_range nosignal_write; do
  step "without $feature" test_switched "PROGENY_WITHOUT=$feature"
done
step "lint" scripts/lint.sh
step "docs" scripts/docs.sh
step "tour" scripts/tour.sh
step "examples" ctest --preset dev -R '^examples?\.' --no-tests=error
step "packaging" ctest --preset release -R '^consumer\.' --no-tests=error
step "coverage-of-contract" scripts/coverage-of-contract.sh
step "windows" scripts/windows.sh

printf '\n%s\n' "logs are in $logs"
printf '%s\n' "${table[@]}"
exit "$failed"
