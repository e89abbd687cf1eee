# shellcheck shell=bash
# The rules of the house that no other tool knows. Each prints what breaks it.

# Prints the lines of the files on standard input that match, with the rule; true if there are none.
forbid() {
  local rule=$1 pattern=$2
  local found
  found=$(tr '\n' '\0' | xargs -0 -r grep -nEH -- "$pattern" || true)
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
  local file lines limit broken=0
  for file in "$@"; do
    case $file in
      include/*) limit=250 ;;
      tests/*) limit=300 ;;
      examples/*) limit=60 ;;
      *) limit=400 ;;
    esac
    lines=$(wc -l <"$file")
    if ((lines > limit)); then
      echo "$file: $lines lines   <- at most $limit"
      broken=1
    fi
  done
  return "$broken"
}

# A floor includes nothing of those above it.
check_floors() {
  local broken=0
  printf '%s\n' "$@" | among -E '^(src|include/progeny)/base/' |
    forbid "base knows no floor above it" '#include ["<](progeny/)?(subprocess|os)/' || broken=1
  printf '%s\n' "$@" | among '^src/platform/' |
    forbid "platform knows no floor above it" '#include ["<](progeny/)?(subprocess|os)/' || broken=1
  printf '%s\n' "$@" | among -E '^(src|include/progeny)/serial/' |
    forbid "serial knows no floor above it" '#include ["<](progeny/)?(subprocess|os|multiprocessing)/' || broken=1
  printf '%s\n' "$@" | among -E '^(src|include/progeny)/subprocess/' |
    forbid "subprocess knows nothing of os" '#include ["<](progeny/)?os/' || broken=1
  return "$broken"
}

platform_condition='^ *# *(if|ifdef|ifndef|elif).*(_WIN32|__linux__|__unix__|__APPLE__|__MINGW|_MSC_VER|_POSIX_)'
system_header='#include <((sys|linux|asm|netinet|arpa)/.*\.h|unistd\.h|fcntl\.h|poll\.h|pthread\.h|signal\.h|windows\.h|spawn\.h|pwd\.h|grp\.h)>'

check_rules() {
  local broken=0
  printf '%s\n' "$@" | among -vE '^src/platform/|^include/progeny/detail/config\.hpp$' |
    forbid "platform conditions belong to src/platform" "$platform_condition" || broken=1
  printf '%s\n' "$@" | among '^include/' |
    forbid "no system header in include/" "$system_header" || broken=1
  # Boost.PFR takes aggregates apart; its containers work in shared memory.
  printf '%s\n' "$@" | among '^include/' |
    among -vE '^include/progeny/(serial/(detail/class_traits|types/classes)|multiprocessing/sharedctypes/shared_containers|spdlog)\.hpp$' |
    forbid "no third-party header but fmt's in include/" '#include <(spdlog|boost|gtest)/' || broken=1
  printf '%s\n' "$@" | among -E '^src/(subprocess|os|serial|base)/' |
    forbid "system calls belong to src/platform" "$system_header" || broken=1
  # A child that takes its time may be what a test needs, or time itself.
  printf '%s\n' "$@" | among '^tests/' | among -vE '^tests/(children/|support/let_pass\.hpp$)' |
    forbid "synchronise by a pipe, an event or a deadline" 'sleep_(for|until)\(|[^_a-z]usleep\(' || broken=1
  printf '%s\n' "$@" | among '^tests/' |
    forbid "no test is switched off" 'DISABLED_' || broken=1
  printf '%s\n' "$@" | forbid "nothing is left to be done" '\b(TODO|FIXME|XXX)\b' || broken=1
  check_floors "$@" || broken=1
  check_lengths "$@" || broken=1
  return "$broken"
}
