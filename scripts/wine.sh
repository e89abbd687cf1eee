#!/usr/bin/env bash
# Runs a Windows program under Wine, in a prefix of the project's own. CMake puts this before the
# programs that it runs when it compiles for Windows.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export WINEPREFIX=${WINEPREFIX:-$root/build/windows/wine}
export WINEDEBUG=${WINEDEBUG:--all}
# No questions about Mono and Gecko, and no entries in the user's menus.
export WINEDLLOVERRIDES=${WINEDLLOVERRIDES:-mscoree,mshtml,winemenubuilder.exe=}
# Debian's wine64 lacks the preloader that keeps addresses free for Windows. It lies below 0x7ffe0000,
# where every process needs a page, and Linux begins its heap anywhere in the gigabyte above it: one
# process of some 8000 finds the page taken, exits, and CreateProcess says ERROR_INTERNAL_ERROR. So
# the heap begins where it would without randomisation; children inherit that.
fixed_addresses=()
if setarch -R true 2>/dev/null; then # Some containers forbid it.
  fixed_addresses=(setarch -R)
fi
# The program itself: /usr/bin/wine asks for the 32-bit half first, which nothing here needs.
exec "${fixed_addresses[@]}" /usr/lib/wine/wine64 "$@"
