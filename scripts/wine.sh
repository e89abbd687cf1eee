#!/usr/bin/env bash
# Runs a Windows program under Wine, in a prefix of the project's own. CMake puts this before the
# programs that it runs when it compiles for Windows.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export WINEPREFIX=${WINEPREFIX:-$root/build/windows/wine}
export WINEDEBUG=${WINEDEBUG:--all}
# No questions about Mono and Gecko, and no entries in the user's menus.
export WINEDLLOVERRIDES=${WINEDLLOVERRIDES:-mscoree,mshtml,winemenubuilder.exe=}
# The program itself: /usr/bin/wine asks for the 32-bit half first, which nothing here needs.
exec /usr/lib/wine/wine64 "$@"
