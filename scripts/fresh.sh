#!/usr/bin/env bash
# The README's two commands in a clean Debian root, and what a user without rights is told in one
# where the packages are missing. Usage: fresh.sh [12 | 13 | testing]. The bare root is kept for the
# next time.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

((EUID == 0)) || fail "./dev fresh makes a root file system with debootstrap, which only root may do."
case ${1:-12} in
  12) suite=bookworm ;;
  13) suite=trixie ;;
  testing) suite=testing ;;
  *) fail "./dev fresh knows Debian 12, 13 and testing, not '$1'." ;;
esac
need fresh
# Not in build/: the copy of the project that goes in must not hold the root that it goes into.
folder=${PROGENY_FRESH:-/var/tmp/progeny-fresh}/$suite
bare=$folder/bare.tar
root=$folder/root
mkdir -p "$folder"

# The address that this machine's own package sources name first, in either of apt's two formats.
mirror() {
  { grep -hsE '^(URIs:|deb )' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list \
    /etc/apt/sources.list.d/*.list || true; } |
    grep -oE '(https?|file):[^ ]+' | head -n 1
}

leave() {
  local mounted
  for mounted in dev/shm dev/pts dev sys proc; do
    if mountpoint -q "$root/$mounted"; then
      umount "$root/$mounted" || umount -l "$root/$mounted"
    fi
  done
}
# Never while something of this machine is mounted below it.
remove_root() {
  leave
  if grep -qF " $root/" /proc/mounts; then
    fail "something is still mounted in $root"
  fi
  rm -rf --one-file-system "$root"
}

make_bare() {
  [[ -f $bare ]] && return 0
  local made=$folder/made
  rm -rf --one-file-system "$made"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$made" "$(mirror)"
  tar -C "$made" -cf "$bare.part" .
  mv "$bare.part" "$bare"
  rm -rf --one-file-system "$made"
}

# A root with the project in /project, and packages from where this machine takes them.
enter_new_root() {
  remove_root
  mkdir -p "$root"
  tar -C "$root" -xf "$bare"
  local source
  if [[ $suite == bookworm ]]; then
    # This machine's own sources, as it may have them for a reason.
    rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d
    cp -a /etc/apt/sources.list* "$root/etc/apt/"
  fi
  for source in /etc/apt/keyrings /etc/apt/trusted.gpg.d /etc/apt/apt.conf.d /etc/apt/auth.conf.d; do
    [[ ! -d $source ]] || cp -a "$source" "$root/etc/apt/"
  done
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
  # What apt trusts on this machine, for sources that it names by a path.
  mkdir -p "$root/usr/share/keyrings" "$root/usr/local/share/ca-certificates"
  cp -a /usr/share/keyrings/. "$root/usr/share/keyrings/"
  cp -a /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
  chroot "$root" update-ca-certificates >/dev/null 2>&1 || true
  mkdir "$root/project"
  git ls-files -z --cached --others --exclude-standard | existing_z |
    tar --null -cf - -T - | tar -C "$root/project" --no-same-owner -xf -
  mount -t proc proc "$root/proc"
  mount --bind /sys "$root/sys"
  mount --bind /dev "$root/dev"
  mount --bind /dev/pts "$root/dev/pts"
  mount -t tmpfs tmpfs "$root/dev/shm"
}

# As `existing`, for names that end with NUL.
existing_z() {
  while IFS= read -r -d '' file; do
    [[ ! -f $file ]] || printf '%s\0' "$file"
  done
}

in_root() {
  chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# Must fail, and with one sentence that names the packages.
check_user_without_rights() {
  in_root useradd --create-home visitor
  in_root chown -R visitor: /project
  local said
  if said=$(in_root setpriv --reuid visitor --regid visitor --clear-groups \
    bash -c 'cd /project && ./dev test' 2>&1); then
    fail "a user without rights built without the packages"
  fi
  echo "$said"
  [[ $(wc -l <<<"$said") == 1 && $said == *"sudo apt-get install "*g++* ]] ||
    fail "a user without rights was not told in one sentence what to install"
}

trap leave EXIT
make_bare
echo "== as root" >&2
enter_new_root
in_root bash -c 'cd /project && ./dev tour'
in_root bash -c 'cd /project && ./dev test'
echo "== as a user without rights" >&2
enter_new_root
check_user_without_rights
remove_root
