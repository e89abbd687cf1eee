#!/usr/bin/env bash
# Makes small random changes to copies of the sources, one at a time, and tells which of them no test
# finds: N changes, those of SEED.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build test
[[ ${1:-} =~ ^[0-9]+$ && ${2:-0} =~ ^[0-9]+$ ]] || fail "usage: ./dev mutate N [SEED]"
exec nice python3 scripts/mutate.py "$@"
