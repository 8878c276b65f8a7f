#!/bin/sh
# Makes a small image with Python out of this host's own files: nothing is pulled from anywhere.
# usage: import-image.sh NAME
set -eu
python=$(readlink -f "$(command -v python3)")
library=/usr/lib/$(basename "$python")
libraries() {
  { echo "$python" && find "$library/lib-dynload" -name '*.so'; } | xargs ldd |
    awk '/=> \//{print $3} /^\t\/lib/{print $1}'
}
{ echo "$python" && echo "$library" && libraries; } | sort -u | sed 's|^/||' |
  tar -C / -chf - --transform "s|^usr/bin/python3.*|usr/bin/python3|" -T - |
  docker import --change 'ENV PATH=/usr/bin' - "$1"
