#!/usr/bin/env bash
# Which rows of the contract no test names.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need contract
exec python3 scripts/coverage_of_contract.py
