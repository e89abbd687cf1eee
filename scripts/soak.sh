#!/usr/bin/env bash
# The long tests, as released and under the address sanitizer, those for Windows, and the fuzzers.
# Arguments go to the programs; `fuzz`, `command_lines`, or one of `launches`, `threads`, `processes`,
# `chaos` and `killer` names the kind that is wanted. `--minutes` is for `fuzz` and `killer`.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

failed=0

soak_here() {
  need build test
  # Freed memory that the address sanitizer keeps aside looks like growth: it is to keep little.
  export ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=64
  local preset program
  for preset in release asan; do
    build "$preset" progeny_soak
    program=$(find "build/$preset" -type f -name progeny_soak -perm -u+x -print -quit)
    echo "== $preset"
    "$program" "$@" ${1:+--minutes "$minutes"} || failed=1
  done
}

soak_windows() {
  need build windows
  build windows progeny_soak
  echo "== windows"
  xvfb-run --auto-servernum scripts/wine.sh build/windows/tests/progeny_soak.exe "$@" || failed=1
}

# Each fuzzer for `--minutes` (10), beginning with what is known. What it finds that is new is kept in
# build/fuzz/corpus.
soak_fuzzers() {
  need build test fuzz
  build fuzz
  local fuzzer name found
  for fuzzer in build/fuzz/tests/fuzz/*_fuzz; do
    name=$(basename "$fuzzer" _fuzz)
    found=build/fuzz/corpus/$name
    mkdir -p "$found"
    echo "== fuzz $name for $minutes minutes"
    "$fuzzer" -max_total_time=$((minutes * 60)) -rss_limit_mb=1024 -print_final_stats=1 \
      "$found" "tests/fuzz/corpus/$name" 2>&1 | tail -n 12 || failed=1
  done
}

minutes=10
words=()
while (($#)); do
  case $1 in
    --minutes)
      minutes=$2
      shift
      ;;
    *) words+=("$1") ;;
  esac
  shift
done
set -- "${words[@]}"

case " $* " in
  *" fuzz "*) soak_fuzzers ;;
  *" command_lines "*) soak_windows "$@" ;;
  *" launches "* | *" threads "* | *" processes "* | *" chaos "* | *" killer "*) soak_here "$@" ;;
  *)
    soak_here "$@"
    soak_windows "$@"
    soak_fuzzers
    ;;
esac
exit "$failed"
