#!/bin/sh
# First process of a host: makes the container look like an instance, then becomes systemd.
#   LAB_GATEWAY   first address of the subnet's network (optional: a host without one has no routes to add)
#   LAB_RESOLVER  the VPC's resolver; by default the address after the gateway, as in a VPC
set -eu

# Docker inside mounts for its containers, and volumes shared with them need propagation.
mount --make-rshared /

# The engine hands the control groups over read-only unless the container is privileged, which this one is not.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -o remount,rw /sys/fs/cgroup
else
  mount -o remount,rw,bind /sys/fs/cgroup
  for controller in /sys/fs/cgroup/*; do
    # Several are links to another one.
    if [ -d "$controller" ] && [ ! -L "$controller" ]; then
      mount -o remount,rw,bind "$controller"
    fi
  done
fi

# The metadata service is on the link, as on EC2.
if [ -n "${LAB_GATEWAY:-}" ]; then
  ip route replace 169.254.169.254/32 dev eth0
  ip route replace default via "$LAB_GATEWAY" dev eth0
  resolver=${LAB_RESOLVER:-${LAB_GATEWAY%.*}.$((${LAB_GATEWAY##*.} + 1))}
  # Not Docker's own resolver: an instance asks its VPC's. Docker has mounted the file, so write into it.
  printf 'nameserver %s\noptions timeout:1 attempts:2\n' "$resolver" >/etc/resolv.conf
fi

# Its own for each host, and the same after a reboot.
if [ ! -s /etc/machine-id ]; then
  tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
fi

# The kernel's log is the outer machine's.
rm -f /dev/kmsg
ln -s /dev/null /dev/kmsg

exec /sbin/init
