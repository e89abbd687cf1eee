#!/usr/bin/env bash
# Compiles for Windows and runs the tests, the tour and the examples under Wine, on a screen of its
# own: all tests but those that take long, or with --long all of them. Other arguments go to ctest.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need build windows
if [[ -z ${PROGENY_SCREEN:-} ]]; then
  PROGENY_SCREEN=1 exec xvfb-run --auto-servernum --server-args='-screen 0 1024x768x24' "$0" "$@"
fi

export WINEPREFIX=$PWD/build/windows/wine
artefacts=build/windows/artefacts
mkdir -p "$artefacts" "$WINEPREFIX"

# Every program that was started ends with its server.
trap 'wineserver -k || true' EXIT

# As every Windows has it, but not Wine: notepad opens texts.
prepare_wine() {
  # A server that ends when its last program has, and begins with the next, is now and then found by
  # one that it cannot serve any more ("seems to be running, but I cannot connect to it").
  wineserver --kill >/dev/null 2>&1 || true
  wineserver --persistent >/dev/null 2>&1 </dev/null
  # By one program alone: of two that find the prefix empty at once, one fails.
  scripts/wine.sh wineboot --init >/dev/null 2>&1 </dev/null
  # Whichever program shows the first window starts the desktop, which then holds that program's
  # output open for as long as it lives.
  scripts/wine.sh explorer.exe /desktop >/dev/null 2>&1 </dev/null &
  scripts/wine.sh reg add 'HKLM\Software\Classes\.txt' /ve /d txtfile /f >/dev/null
}

# A picture of the tour's ten seconds with notepad open, for people to look at.
picture_of_tour() {
  local log=$artefacts/tour.txt
  : >"$log"
  scripts/wine.sh build/windows/tour/progeny_tour.exe >"$log" 2>&1 &
  local tour=$!
  for ((i = 0; i < 600; ++i)); do
    if grep -qF 'In [13]' "$log" || ! kill -0 "$tour" 2>/dev/null; then
      break
    fi
    sleep 0.1
  done
  sleep 4 # For the window to be drawn; it stays for ten seconds.
  import -window root "$artefacts/notepad.png"
  wait "$tour"
}

chosen=("$@")
is_whole=1
if ((!$#)); then
  chosen=(--label-exclude '^long$')
elif [[ $1 == --long ]]; then
  chosen=("${@:2}")
else
  is_whole=0
fi
prepare_wine
build windows
# Wine is not Windows: on a loaded machine a window or a server of it comes too late now and then, and
# where wine.sh cannot fix addresses, one launch of some 8000 fails. What failed once is in the log.
run_tests windows --repeat until-pass:3 "${chosen[@]}"
if ((is_whole)); then
  picture_of_tour || fail "the tour ended with an error, see $artefacts/tour.txt"
  echo "what the tour looks like: $artefacts/notepad.png" >&2
fi
