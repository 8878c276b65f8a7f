#!/bin/sh
# Gives a host a disk of its own for its swarm state, small enough to be filled, and fills or frees it.
#   small-disk.sh prepare|fill|free|mount
# The disk is an image in Docker's own folder, so that it lasts as long as that does; a unit mounts it at each boot.
set -eu

state=/var/lib/docker/swarm
image=/var/lib/docker/lab-swarm-disk.img
filler=$state/lab-filler
self=/usr/local/sbin/lab-small-disk
unit=/etc/systemd/system/lab-small-disk.service

# Containers have no loop devices of their own; the kernel's are everybody's.
attach() {
  mountpoint -q "$state" && return
  [ -e /dev/loop-control ] || mknod -m 600 /dev/loop-control c 10 237
  for number in $(seq 0 63); do
    [ -e "/dev/loop$number" ] || mknod -m 600 "/dev/loop$number" b 7 "$number"
  done
  mkdir -p "$state"
  mount -o loop "$image" "$state"
}

# 200 MB: Raft keeps two files of 64 MB ready, and its snapshots beside them.
prepare() {
  [ -e "$image" ] && return
  cat >"$unit" <<EOF
[Unit]
RequiresMountsFor=/var/lib/docker
DefaultDependencies=no
Before=docker.service swarm-node-prepare.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$self mount
[Install]
WantedBy=multi-user.target
EOF
  systemctl enable --quiet lab-small-disk.service
  systemctl stop docker.socket docker.service
  truncate -s 200M "$image.new"
  mkfs.ext4 -q -m 0 "$image.new"
  mv "$image.new" "$image"
  mkdir -p "$state"
  mv "$state" "$state.before"
  attach
  cp -a "$state.before/." "$state/"
  rm -rf "$state.before"
  systemctl start docker.socket docker.service
}

case $1 in
  mount) attach ;;
  prepare) prepare ;;
  fill)
    prepare
    # Each ends with an error: the disk is full, but for less than a block of its own. The second takes what is left.
    dd if=/dev/zero of="$filler" bs=64k 2>/dev/null || true
    dd if=/dev/zero of="$filler" bs=512 oflag=append conv=notrunc 2>/dev/null || true
    ;;
  free) rm -f "$filler" ;;
esac
