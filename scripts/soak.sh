#!/usr/bin/env bash
# The long tests, as released and under the address sanitizer. Arguments go to the program.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test
# Freed memory that the address sanitizer keeps aside looks like growth: it is to keep little.
export ASAN_OPTIONS=quarantine_size_mb=1:thread_local_quarantine_size_kb=64
failed=0
for preset in release asan; do
  build "$preset" progeny_soak
  program=$(find "build/$preset" -type f -name progeny_soak -perm -u+x -print -quit)
  echo "== $preset"
  "$program" "$@" || failed=1
done
exit "$failed"
