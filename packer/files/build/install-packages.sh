#!/bin/sh
# install-packages.sh LIST…: installs the packages named in build/packages/LIST, one a line.
# Touches no network when all of them are there already: the lab's builder installs them in its first pass.
set -eu
lists=$(dirname "$0")/packages
missing=
for list in "$@"; do
  while read -r package; do
    case $package in '' | '#'*) continue ;; esac
    state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
    [ "$state" = 'ii ' ] || missing="$missing $package"
  done <"$lists/$list"
done
[ -n "$missing" ] || exit 0
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
# shellcheck disable=SC2086 # a list of package names
apt-get -q install -y --no-install-recommends $missing
