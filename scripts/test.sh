#!/usr/bin/env bash
# Builds everything and runs all tests but those that take long, or, given ARGUMENTS, those that they
# choose. ctest's summary comes last: nothing may follow it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test
build dev
if ((!$#)); then
  set -- --label-exclude '^long$'
fi
run_tests dev "$@"
