#!/usr/bin/env bash
# The API reference. Doxygen fails on the first undocumented public name or dead reference.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need docs
mkdir -p build/docs
doxygen docs/Doxyfile
echo "build/docs/html/index.html"
