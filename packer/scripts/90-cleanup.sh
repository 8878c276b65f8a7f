#!/bin/sh
# Takes out of the image whatever this machine is alone, and fails if something of it is left.
set -eu
: "${BUILD_DIR:?where the files of this build were put}"

if [ -d /run/systemd/system ]; then
  systemctl stop swarm-node.service docker.socket docker.service containerd.service
fi
# Installing Docker starts it, and its first start makes identities.
rm -rf /etc/docker/key.json /var/lib/docker/engine-id /var/lib/containerd/io.containerd.grpc.v1.introspection
rm -rf /var/lib/swarm-node
if [ -e /var/lib/cloud/instance ]; then
  cloud-init clean --logs
fi
rm -f /etc/ssh/ssh_host_* /var/lib/systemd/random-seed
: >/etc/machine-id
if [ -e /var/lib/dbus/machine-id ]; then
  ln -sf /etc/machine-id /var/lib/dbus/machine-id
fi
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/journal/*
find /var/log -type f -exec truncate -s 0 {} +

sh "$BUILD_DIR/files/build/assert-pristine.sh"
rm -rf "$BUILD_DIR"
