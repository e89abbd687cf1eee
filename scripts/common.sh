# shellcheck shell=bash
# What the commands share. Sourced first; leaves the shell strict and in the project's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Installs what is missing of the packages of these groups.
need() {
  scripts/packages.sh "$@"
}

# Configures a preset, and builds it or only the targets named. Configuring again each time costs
# a second and notices new options.
build() {
  local preset=$1
  shift
  local targets=()
  if (($#)); then
    targets=(--target "$@")
  fi
  cmake --preset "$preset" --log-level=WARNING >/dev/null
  cmake --build "build/$preset" "${targets[@]}"
}

# Runs the tests of a built preset; the rest goes to ctest.
run_tests() {
  local preset=$1
  shift
  ctest --preset "$preset" "$@"
}

# The C++ files that git knows or would add.
cpp_files() {
  git ls-files --cached --others --exclude-standard -- '*.hpp' '*.cpp' | existing
}

# Of the names on standard input those that are there: a deleted file stays in the index.
existing() {
  while IFS= read -r file; do
    if [[ -f $file ]]; then
      printf '%s\n' "$file"
    fi
  done
}

fail() {
  echo "$*" >&2
  exit 1
}
