#!/usr/bin/env bash
# The long tests, as released and under the address sanitizer, and those for Windows. Arguments go
# to the programs; with `command_lines` only Windows', with `launches` or `threads` only the others.
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
    "$program" "$@" || failed=1
  done
}

soak_windows() {
  need build windows
  build windows progeny_soak
  echo "== windows"
  xvfb-run --auto-servernum scripts/wine.sh build/windows/tests/progeny_soak.exe "$@" || failed=1
}

case " $* " in
  *" command_lines "*) soak_windows "$@" ;;
  *" launches "* | *" threads "* | *" processes "* | *" chaos "*) soak_here "$@" ;;
  *)
    soak_here "$@"
    soak_windows "$@"
    ;;
esac
exit "$failed"
