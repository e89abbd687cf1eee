#!/usr/bin/env bash
# Installs those packages of the groups named that are missing. Who may not install is told, in one
# sentence, what to.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Of `a|b|c` the first that apt knows; the last if it knows none.
first_known() {
  local name names
  IFS='|' read -ra names <<<"$1"
  for name in "${names[@]}"; do
    if ((${#names[@]} == 1)) || [[ -n $(apt-cache show --no-all-versions "$name" 2>/dev/null) ]]; then
      break
    fi
  done
  echo "$name"
}

wanted() {
  local package groups group
  while read -r package groups _; do
    [[ -z $package || $package == '#'* ]] && continue
    for group in "$@"; do
      if [[ ,$groups, == *",$group,"* ]]; then
        first_known "$package"
        break
      fi
    done
  done <scripts/packages.txt
}

# dpkg-query says nothing of a package that it has never heard of, and fails; that is an answer.
missing() {
  local installed
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    grep -qxF "installed $package" <<<"$installed" || echo "$package"
  done
}

as_root=()
may_install=yes
if ((EUID != 0)); then
  as_root=(sudo -n)
  sudo -n true 2>/dev/null || may_install=no
fi
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
# A new system has no lists, from which the names of packages are chosen. A failure shows below.
if [[ $may_install == yes && -z $(apt-cache search --names-only '^dpkg-dev$' 2>/dev/null) ]]; then
  "${apt[@]}" update >&2 || true
fi

mapfile -t packages < <(wanted "$@")
((${#packages[@]})) || exit 0
mapfile -t absent < <(missing "${packages[@]}")
((${#absent[@]})) || exit 0

if [[ $may_install == no ]]; then
  echo "Packages are missing, and this user may not install them; please run:" \
    "sudo apt-get install ${absent[*]}" >&2
  exit 1
fi
echo "Installing: ${absent[*]}" >&2
# Lists that are old may do, so a failing update is no end.
if ! {
  "${apt[@]}" update || true
  "${apt[@]}" install -y --no-install-recommends "${absent[@]}" </dev/null
} >&2; then
  echo "./dev: these packages could not be installed (can the servers in /etc/apt be reached?):" \
    "${absent[*]}" >&2
  exit 1
fi
