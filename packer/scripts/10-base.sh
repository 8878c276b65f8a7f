#!/bin/sh
# What every node needs below Docker.
set -eu
: "${BUILD_DIR:?where the files of this build were put}"

# On an instance cloud-init may still be writing the package sources.
if [ -d /run/systemd/system ]; then
  cloud-init status --wait >/dev/null
fi

sh "$BUILD_DIR/files/build/install-packages.sh" base
install -m 0644 "$BUILD_DIR/files/sysctl/90-swarm-node.conf" /etc/sysctl.d/90-swarm-node.conf
