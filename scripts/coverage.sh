#!/usr/bin/env bash
# Counts which lines and branches of src/ the tests run, and prints the shares of each file. The
# children that tests start count too, unless a signal ends them. ARGUMENTS go to ctest and choose
# tests; without any all but the long tests run, with --long these as well. --missed also lists what
# never ran. A failing test is named and does not end the count: `./dev test` judges the tests.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test
wanted=(--label-exclude '^long$')
report=()
while (($#)); do
  case $1 in
    --long) wanted=() ;;
    --missed) report+=(--missed) ;;
    *) break ;;
  esac
  shift
done
if (($#)); then
  wanted=("$@")
fi

build coverage
find build/coverage -name '*.gcda' -delete
# A child that may not open its files of counts would say so on the stderr that its test reads.
export GCOV_ERROR_FILE=$PWD/build/coverage/gcov_errors.txt
# What runs between fork and exec may call nothing else, and the counters do.
run_tests coverage --exclude-regex ChildExecSymbols "${wanted[@]}" --quiet || true
exec python3 scripts/coverage.py build/coverage "${report[@]}"
