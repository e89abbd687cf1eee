#!/usr/bin/env bash
# The rules of the house that no other tool knows. Each prints what breaks it. lint.sh sources this
# file; run alone, it checks the files named, or all, within a second or two.

# Prints the lines of the files on standard input that match, with the rule; true if there are none.
forbid() {
  local rule=$1 pattern=$2
  local found
  found=$(tr '\n' '\0' | xargs -0 -r grep -nPH -- "$pattern" || true)
  [[ -z $found ]] && return 0
  printf '%s\n' "$found" | sed "s|\$|   <- $rule|"
  return 1
}

# The lines that match, of which there may be none.
among() {
  grep "$@" || true
}

# File lengths: STYLE's limits by kind of file.
check_lengths() {
  printf '%s\n' "$@" | tr '\n' '\0' | xargs -0 wc -l | awk '
    $2 == "total" { next }
    {
      limit = $2 ~ /^include\// ? 250 : $2 ~ /^tests\// ? 300 : $2 ~ /^examples\// ? 60 : 400
      if ($1 > limit) {
        print $2 ": " $1 " lines   <- at most " limit
        broken = 1
      }
    }
    END { exit broken }'
}

# A folder that a reader can take in at one look.
check_folders() {
  git ls-files --cached --others --exclude-standard -- src include | existing |
    sed 's|/[^/]*$||' | sort | uniq -c | awk '
    $1 > 28 { print $2 ": " $1 " files   <- at most 28 in a folder"; broken = 1 }
    END { exit broken }'
}

# Every include between folders, by the table of floors.
check_floors() {
  printf '%s\n' "$@" | among -E '^(src|include/progeny)/' | tr '\n' '\0' |
    xargs -0 -r grep -nH '^#include ' | awk -f scripts/floors.awk scripts/floors.txt -
}

# Of one contract of the platform the sources that keep it on a system, as the table names them.
keepers() {
  local stem=$1 suffix list=""
  shift
  for suffix in "$@"; do
    if [[ -f src/platform/$stem.$suffix ]]; then
      list+="${list:+, }\`${stem#*/}.$suffix\`"
    fi
  done
  printf '%s' "${list:--}"
}

# Every header of the platform without a system in its name is a row of the table in
# docs/porting.md, with a line of text and the sources that keep it; no other row is there.
check_contracts() {
  local table=docs/porting.md header stem row broken=0
  for header in src/platform/*/*.hpp; do
    stem=${header#src/platform/}
    stem=${stem%.hpp}
    [[ $stem == *.* ]] && continue
    row="$(keepers "$stem" cpp posix.cpp linux.cpp) | $(keepers "$stem" cpp windows.cpp) |"
    if ! awk -v start="| \`$stem.hpp\` | " -v end=" | $row" '
      index($0, start) == 1 && substr($0, length($0) - length(end) + 1) == end &&
        length($0) > length(start end) { found = 1 }
      END { exit !found }' "$table"; then
      echo "$table: a row is missing or wrong: | \`$stem.hpp\` | what it is | $row"
      broken=1
    fi
  done
  while IFS= read -r stem; do
    if [[ ! -f src/platform/$stem.hpp ]]; then
      echo "$table: there is no src/platform/$stem.hpp"
      broken=1
    fi
  done < <(grep -oE "^\| .[a-z]+/[a-z_0-9]+\.hpp" "$table" | cut -c4- | sed "s/\\.hpp//")
  return "$broken"
}

# In the platform, a source has the name of its header.
check_platform_names() {
  local source stem candidate broken=0
  for source in src/platform/*/*.cpp; do
    stem=${source%%.*}
    for candidate in "$stem".hpp "$stem".{posix,linux,windows}.hpp \
      "include/progeny/base/${stem##*/}.hpp"; do
      [[ -f $candidate ]] && continue 2
    done
    echo "$source   <- no header has its name"
    broken=1
  done
  return "$broken"
}

# Every descriptor is above the standard streams: the calls that make one stand within two lines
# below own_new or new_handle, or below a comment that says why not. src/platform/program closes what
# it opens in the same function.
# shellcheck disable=SC2016  # awk expands it.
check_new_descriptors() {
  printf '%s\n' "$@" | among -E '^src/platform/[a-z]+/.*\.(posix|linux)\.cpp$' | among -v '^src/platform/program/' | tr '\n' '\0' | xargs -0 -r awk '
    FNR == 1 { allowed = -9 }
    /own_new\(|new_handle\(|Not lifted:/ { allowed = FNR }
    /::(open|openat|creat|memfd_create|eventfd|socket|epoll_create1?|timerfd_create|signalfd|inotify_init1?|dup|posix_openpt|shm_open|mkostemp|mkstemp|userfaultfd)\(|SYS_pidfd_open|TIOCGPTPEER,/ {
      if ($0 !~ /^ *\/\// && FNR - allowed > 2) {
        print FILENAME ":" FNR ": " $0 "   <- a new descriptor goes to new_handle or own_new"
        broken = 1
      }
    }
    END { exit broken }'
}

# What the list lacks is there for the tests, and missing where the library is installed.
check_public_headers() {
  local broken=0 header
  while IFS= read -r header; do
    if ! grep -qE "^ *${header#include/}\)?$" include/CMakeLists.txt; then
      echo "$header   <- missing in include/CMakeLists.txt, so it is not installed"
      broken=1
    fi
  done < <(printf '%s\n' "$@" | among '^include/')
  return "$broken"
}

platform_condition='^ *# *(if|ifdef|ifndef|elif).*(_WIN32|__linux__|__unix__|__APPLE__|__MINGW|_MSC_VER|_POSIX_)'
# Of the headers that end in .h, those of two libraries alone are portable.
system_header='#include <(?!fmt/|spdlog/)[^>]+\.h>'

check_rules() {
  local broken=0
  printf '%s\n' "$@" | among -vE '^src/platform/|^include/progeny/detail/config\.hpp$' |
    forbid "platform conditions belong to src/platform" "$platform_condition" || broken=1
  printf '%s\n' "$@" | among -E '^(src|include)/' | among -v '^src/platform/' |
    forbid "system headers belong to src/platform" "$system_header" || broken=1
  printf '%s\n' "$@" | among -E '^src/platform/[a-z]+/[a-z_0-9]+\.hpp$' |
    forbid "a contract needs no system header" "$system_header" || broken=1
  printf '%s\n' "$@" | among -E '^(src|include)/' | among -v '^src/platform/' |
    forbid "only contracts are known above the platform" '#include "platform/[^"]*\.(posix|linux|windows)\.hpp"' || broken=1
  # Boost.PFR takes aggregates apart; its containers work in shared memory.
  printf '%s\n' "$@" | among '^include/' |
    among -vE '^include/progeny/(serial/(detail/class_traits|types/classes)|pickle/types/classes|multiprocessing/sharedctypes/shared_containers|spdlog)\.hpp$' |
    forbid "no third-party header but fmt's in include/" '#include <(spdlog|boost|gtest)/' || broken=1
  # A child that takes its time may be what a test needs, or time itself.
  printf '%s\n' "$@" | among '^tests/' | among -vE '^tests/(children/|support/program/let_pass\.hpp$)' |
    forbid "synchronise by a pipe, an event or a deadline" 'sleep_(for|until)\(|[^_a-z]usleep\(' || broken=1
  printf '%s\n' "$@" | among '^tests/' |
    forbid "no test is switched off" 'DISABLED_' || broken=1
  # Comments are plain sentences with the subject first, and a process is "it".
  printf '%s\n' "$@" | among -E '^(src|include)/' |
    forbid "a sentence begins with its subject" '//.*(?<=//|///|[.:;]) Who(ever)?\b[^?]*$' || broken=1
  printf '%s\n' "$@" | among -E '^(src|include)/' |
    forbid "a process is it" '//.*\b([Hh]e|[Hh]im|[Hh]is)\b' || broken=1
  printf '%s\n' "$@" | forbid "nothing is left to be done" '\b(TODO|FIXME|XXX)\b' || broken=1
  check_floors "$@" || broken=1
  check_new_descriptors "$@" || broken=1
  check_public_headers "$@" || broken=1
  check_lengths "$@" || broken=1
  check_folders || broken=1
  check_contracts || broken=1
  check_platform_names || broken=1
  return "$broken"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  source "$(dirname "$0")/common.sh"
  if (($#)); then
    check_rules "$@"
  else
    mapfile -t cpp < <(cpp_files)
    check_rules "${cpp[@]}"
  fi
fi
