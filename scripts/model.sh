#!/usr/bin/env bash
# Explores the models of docs/models, each in the sizes that are done within a minute or so. Then breaks
# them on purpose: a model that cannot fail says nothing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

need model
work=build/model
mkdir -p "$work"

# Prints what spin says of a model under these definitions; the search must come to its end.
explore() {
  local model=$PWD/docs/models/$1.pml
  shift
  rm -f "$work"/pan*
  (
    cd "$work"
    spin -a "$@" "$model" >spin.log || fail "$(<spin.log)"
    # COLLAPSE and the limit, in MB: it is to run beside other work.
    gcc -O2 -w -DSAFETY -DCOLLAPSE -DMEMLIM=1500 -o pan pan.c
    ./pan -E -m100000
  ) >"$work/pan.txt"
  if grep -q 'Search not completed' "$work/pan.txt" && ! grep -q 'assertion violated' "$work/pan.txt"; then
    fail "$model $*: not explored within the memory"
  fi
}

holds() {
  explore "$@"
  if ! grep -q 'errors: 0' "$work/pan.txt"; then
    cat "$work/pan.txt" >&2
    fail "$*: does not hold; spin -t -p shows how"
  fi
  printf '%-40s %10d states: holds\n' "$*" "$(awk '/states, stored/ {print $1}' "$work/pan.txt")"
}

is_found() {
  explore "$@"
  grep -q 'assertion violated' "$work/pan.txt" || fail "$*: what is broken is not found"
  printf '%-40s broken, and found: %s\n' "$*" "$(sed -n 's/^pan:1: assertion violated //p' "$work/pan.txt")"
}

holds robust_lock
is_found robust_lock -DBROKEN_MARK
is_found robust_lock -DBROKEN_LEAVING

holds sleepers -DWEAK
holds sleepers -DFULL
holds sleepers -DFULL -DVICTIM=0
holds sleepers -DFULL -DVICTIM=2
is_found sleepers -DWEAK -DBROKEN_RING
is_found sleepers -DFULL -DBROKEN_PASSING

holds message_log
holds message_log -DONE_GETS -DVICTIM=0
holds message_log -DONE_GETS -DVICTIM=1
holds message_log -DFEW -DVICTIM=2
holds message_log -DFEW -DONE_GETS -DSHRINKS
holds message_log -DFEW -DONE_GETS -DSHRINKS -DVICTIM=4
is_found message_log -DBROKEN_TAIL
is_found message_log -DBROKEN_QUEUED
is_found message_log -DBROKEN_HEAD
is_found message_log -DFEW -DONE_GETS -DSHRINKS -DBROKEN_SHRINKING
