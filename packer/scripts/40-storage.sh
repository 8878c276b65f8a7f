#!/bin/sh
# The NFS client, by which nodes mount EFS and Docker's local driver its NFS volumes.
set -eu
: "${BUILD_DIR:?where the files of this build were put}"

sh "$BUILD_DIR/files/build/install-packages.sh" storage
# Only NFS versions before 4 need the port mapper, and EFS has none of them: no service that listens on all addresses.
systemctl mask rpcbind.service rpcbind.socket
