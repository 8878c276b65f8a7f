#!/bin/sh
# Makes a small image with Python out of this host's own files: nothing is pulled from anywhere.
# usage: import-image.sh NAME
set -eu
python=$(readlink -f "$(command -v python3)")
version=$(basename "$python")
{
  printf '%s\n' "$python" "/usr/lib/$version" /etc/mime.types
  find "/usr/lib/$version/lib-dynload" -name '*.so' -exec ldd '{}' + "$python" | awk '/=> \//{print $3} /^\t\/lib64/{print $1}'
} | sort -u | while read -r file; do
  [ -e "$file" ] || continue
  echo "$file"
  readlink -f "$file"
done | sed 's|^/||' | sort -u >/tmp/image-files
tar -C / -chf - --transform "s|^usr/bin/$version|usr/bin/python3|" -T /tmp/image-files |
  docker import --change 'ENV PATH=/usr/bin' --change 'CMD ["/usr/bin/python3", "-m", "http.server", "8080"]' - "$1"
rm -f /tmp/image-files
