#!/usr/bin/env bash
# Builds the tour and nothing else, and runs it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build
# The presets build the tests too, which want GoogleTest; the tour does not.
cmake -S . -B build/tour -G Ninja -DCMAKE_BUILD_TYPE=Release -DPROGENY_BUILD_TESTS=OFF \
  -DPROGENY_BUILD_EXAMPLES=OFF --log-level=WARNING >/dev/null
cmake --build build/tour --target progeny_tour >&2
program=$(find build/tour -type f -name progeny_tour -perm -u+x -print -quit)
exec "$program" "$@"
