#!/usr/bin/env bash
# Builds what is installed, tries it from a stage, and installs it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

prefix=${1:-/usr/local}
need build test
build release
run_tests release -L consumer
cmake --install build/release --prefix "$prefix"
