#!/usr/bin/env bash
# Builds everything and runs all tests. ctest's summary comes last: nothing may follow it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test
build dev
run_tests dev "$@"
