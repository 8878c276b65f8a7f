#!/bin/sh
# Hook of mmdebstrap: rootfs-hook.sh setup|customize CHROOT
#   LAB_DEBS   folder that keeps downloaded packages between builds
#   LAB_FILES  this folder
#   PACKER_DIR the package's packer/
#   NODE_BINARY the Node runtime of the agent
set -eu
stage=$1
chroot=$2
archives=$chroot/var/cache/apt/archives
: "${LAB_DEBS:?}" "${LAB_FILES:?}" "${PACKER_DIR:?}" "${NODE_BINARY:?}"

keep_packages() {
  # Exactly what this build used, so that the folder does not grow with every upgrade.
  new=$(mktemp -d "$LAB_DEBS.XXXXXX")
  cp "$archives"/*.deb "$new"/
  rm -rf "$LAB_DEBS"
  mv "$new" "$LAB_DEBS"
}

provision() {
  build=/tmp/swarm-node-build
  mkdir -p "$chroot$build"
  cp -r "$PACKER_DIR/files" "$PACKER_DIR/scripts" "$chroot$build/"
  cp "$NODE_BINARY" "$chroot$build/node"
  cp -r "$LAB_FILES" "$chroot$build/lab"
  for script in scripts/10-base.sh scripts/20-docker.sh scripts/30-agent.sh scripts/40-storage.sh lab/lab.sh \
    scripts/90-cleanup.sh; do
    echo "I: running $script" >&2
    chroot "$chroot" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
      BUILD_DIR="$build" NODE_RUNTIME="$build/node" DOCKER_CHANNEL=distribution AGENT_BUNDLE=later \
      sh "$build/$script" >&2
  done
}

case $stage in
  setup)
    mkdir -p "$archives"
    find "$LAB_DEBS" -name '*.deb' -exec cp -t "$archives" {} +
    ;;
  customize)
    keep_packages
    provision
    # The machine's proxy and mirror settings: a host of the lab reaches neither.
    rm -f "$chroot/etc/apt/apt.conf.d/99mmdebstrap" "$chroot/etc/hostname" "$chroot/etc/resolv.conf"
    ;;
  *)
    echo "rootfs-hook: '$stage' is no stage" >&2
    exit 2
    ;;
esac
