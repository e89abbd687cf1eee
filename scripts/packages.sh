#!/usr/bin/env bash
# Installs those packages of the groups named that are missing. Who may not install is told, in one
# sentence, what to.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

wanted() {
  local package groups group
  while read -r package groups _; do
    [[ -z $package || $package == '#'* ]] && continue
    for group in "$@"; do
      if [[ ,$groups, == *",$group,"* ]]; then
        echo "$package"
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

mapfile -t packages < <(wanted "$@")
((${#packages[@]})) || exit 0
mapfile -t absent < <(missing "${packages[@]}")
((${#absent[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! sudo -n true 2>/dev/null; then
    echo "Packages are missing, and this user may not install them; please run:" \
      "sudo apt-get install ${absent[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
echo "Installing: ${absent[*]}" >&2
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
{
  "${apt[@]}" update
  "${apt[@]}" install -y --no-install-recommends "${absent[@]}" </dev/null
} >&2
