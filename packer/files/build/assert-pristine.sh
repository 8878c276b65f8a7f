#!/bin/sh
# assert-pristine.sh [ROOT]: fails if the system below ROOT carries an identity that every node made of it would share:
# two engines with one id, or two machines with one machine-id, end as one node in a swarm.
set -eu
root=${1:-}
fail=0
complain() {
  echo "assert-pristine: $1" >&2
  fail=1
}
if [ -n "$(find "$root/var/lib/docker/swarm" -type f 2>/dev/null | head -n 1)" ]; then
  complain "$root/var/lib/docker/swarm holds the state of a swarm: build the image on a machine that never joined one"
fi
for identity in etc/docker/key.json var/lib/docker/engine-id; do
  [ ! -e "$root/$identity" ] || complain "$root/$identity identifies this machine's Docker engine: delete it"
done
for identity in etc/machine-id var/lib/dbus/machine-id; do
  # The second is often a link to the first, which is absolute and would lead out of ROOT.
  if [ ! -L "$root/$identity" ] && [ -s "$root/$identity" ]; then
    complain "$root/$identity is not empty: truncate it, so that each machine makes its own at its first boot"
  fi
done
[ -e "$root/etc/machine-id" ] || complain "$root/etc/machine-id is missing: leave it empty, so that systemd can fill it"
for settings in etc/swarm-node/node.json var/lib/swarm-node; do
  [ ! -e "$root/$settings" ] || complain "$root/$settings belongs to one node: delete it"
done
exit $fail
