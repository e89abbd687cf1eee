#!/usr/bin/env bash
# Layout, clang-tidy, shellcheck and the rules of the house, over all files or those named.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
source scripts/rules.sh

fix=false
if [[ ${1:-} == --fix ]]; then
  fix=true
  shift
fi
need lint
if (($#)); then
  mapfile -t cpp < <(printf '%s\n' "$@" | grep -E '\.[hc]pp$')
  mapfile -t shell < <(printf '%s\n' "$@" | grep -E '\.sh$|^(\./)?dev$')
else
  mapfile -t cpp < <(cpp_files)
  mapfile -t shell < <(printf '%s\n' dev .ci/run scripts/*.sh)
fi

if $fix; then
  ((!${#cpp[@]})) || clang-format-19 -i "${cpp[@]}"
  exit 0
fi

failed=()
step() {
  local name=$1
  shift
  echo "== $name" >&2
  "$@" || failed+=("$name")
}

check_layout() {
  clang-format-19 --dry-run -Werror "${cpp[@]}"
}

# Files of the benchmarks include other libraries, which the tidy preset does not configure.
check_tidy() {
  need build test tidy
  cmake --preset tidy --log-level=WARNING >/dev/null
  local sources
  mapfile -t sources < <(printf '%s\n' "${cpp[@]}" | grep '\.cpp$' | compiled)
  ((${#sources[@]})) || return 0
  scripts/tidy.py build/tidy "${sources[@]}"
}

# The sources that only Windows compiles, with the commands of its compiler but for what clang does
# not know.
check_tidy_windows() {
  need build tidy windows
  cmake --preset tidy-windows --log-level=WARNING >/dev/null
  sed -i -e 's/ -fno-keep-inline-dllexport//; s/ -Wno-restrict//' build/tidy-windows/compile_commands.json
  local sources
  mapfile -t sources < <(printf '%s\n' "${cpp[@]}" | grep '\.windows\.cpp$')
  ((${#sources[@]})) || return 0
  scripts/tidy.py build/tidy-windows --target=x86_64-w64-mingw32 "${sources[@]}"
}

# Of the sources on standard input those that the tidy preset compiles.
compiled() {
  while IFS= read -r file; do
    if grep -qF "\"$PWD/$file\"" build/tidy/compile_commands.json; then
      printf '%s\n' "$file"
    fi
  done
}

check_shell() {
  shellcheck -x "${shell[@]}"
}

if ((${#cpp[@]})); then
  step "layout (./dev lint --fix mends it)" check_layout
  step rules check_rules "${cpp[@]}"
fi
((!${#shell[@]})) || step shellcheck check_shell
((!${#cpp[@]})) || step clang-tidy check_tidy
((!${#cpp[@]})) || step "clang-tidy for Windows" check_tidy_windows
((!${#failed[@]})) || fail "lint: failed: $(printf '%s; ' "${failed[@]}")"
