#!/usr/bin/env bash
# Everything that a release must pass, in order, going on after a failure, or only the steps named.
# Ends with a table.
# shellcheck disable=SC2317  # The functions are called by `step`, through its arguments.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test clang tidy lint docs check contract model
logs=build/check
mkdir -p "$logs"
wanted=("$@")
table=()
failed=0

is_wanted() {
  local name
  for name in "${wanted[@]}"; do
    if [[ $name == "$1" ]]; then
      return 0
    fi
  done
  ((!${#wanted[@]}))
}

# Runs a command with its output in a log of its own.
step() {
  local name=$1
  shift
  is_wanted "$name" || return 0
  local start=$SECONDS result=passed
  echo "== $name" >&2
  if ! "$@" >"$logs/$name.log" 2>&1 </dev/null; then
    result=FAILED
    failed=1
    tail -n 15 "$logs/$name.log" >&2
  fi
  table+=("$(printf '%-28s %5d s  %s' "$name" $((SECONDS - start)) "$result")")
}

build_and_test() {
  local preset=$1
  shift
  build "$preset" && run_tests "$preset" "$@"
}

# Zero tests would pass too, so that is asked for.
test_under_valgrind() {
  local out=$logs/valgrind-tests.txt
  valgrind --quiet --error-exitcode=99 --child-silent-after-fork=yes \
    build/dev/tests/platform_test --gtest_filter='*Launch*:*Spawn*' | tee "$out" || return 1
  grep -qE 'PASSED.* [1-9][0-9]* test' "$out"
}

# The suites under each back end of launching run with gcc and under the sanitizers.
step gcc build_and_test dev
step release build_and_test release -LE launch
step shared build_and_test shared -LE launch
step clang build_and_test clang -LE launch
step asan scripts/sanitize.sh asan
step tsan scripts/sanitize.sh tsan
step valgrind test_under_valgrind
step lint scripts/lint.sh
step docs scripts/docs.sh
step tour scripts/tour.sh
step examples ctest --preset dev -R '^examples?\.' --no-tests=error
step packaging ctest --preset release -R '^consumer\.' --no-tests=error
step model scripts/model.sh
step coverage-of-contract scripts/coverage-of-contract.sh
step coverage scripts/coverage.sh
step mutate scripts/mutate.sh 10
step windows scripts/windows.sh --long

((${#table[@]})) || fail "no step of that name: $*"
printf '\n%s\n' "logs are in $logs"
printf '%s\n' "${table[@]}"
exit "$failed"
