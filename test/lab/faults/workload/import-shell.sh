#!/bin/sh
# Makes a tiny image with a shell out of this host's own files: nothing is pulled from anywhere. Does nothing where it
# is there already.
# usage: import-shell.sh NAME
set -eu
docker image inspect "$1" >/dev/null 2>&1 && exit 0
image=$1
set -- /bin/sh /bin/cat /bin/sleep /bin/date
{ printf '%s\n' "$@" && ldd "$@" | awk '/=> \//{print $3} /^\t\/lib/{print $1}'; } |
  sort -u | sed 's|^/||' | tar -C / -chf - -T - | docker import --change 'ENV PATH=/bin' - "$image"
