#!/bin/sh
# Docker Engine, from Docker's own repository (docker-ce, at a pinned version) or from the distribution's (distribution).
set -eu
: "${BUILD_DIR:?where the files of this build were put}"
files=$BUILD_DIR/files

# Release key of Docker's packages. The repository is trusted for this key, not for where it was downloaded from.
fingerprint=9DC858229FC7DD38854AE2D88D81803C0EBFCD88
repository=https://download.docker.com/linux/debian
keyring=/etc/apt/keyrings/docker.asc

install_docker_ce() {
  : "${DOCKER_VERSION:?version of docker-ce, like 29.7.2}"
  sh "$files/build/install-packages.sh" download docker-keyring
  install -d -m 0755 /etc/apt/keyrings
  curl --fail --silent --show-error --location --retry 5 --output "$keyring" "$repository/gpg"
  chmod 0644 "$keyring"
  found=$(gpg --batch --with-colons --show-keys "$keyring" | awk -F: '$1 == "pub" { key = 1 } key && $1 == "fpr" { print $10; key = 0 }')
  if [ "$found" != "$fingerprint" ]; then
    echo "20-docker: $repository/gpg holds the key $found, expected $fingerprint alone" >&2
    exit 1
  fi
  # shellcheck source=/dev/null
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  cat >/etc/apt/sources.list.d/docker.sources <<SOURCES
Types: deb
URIs: $repository
Suites: $suite
Components: stable
Architectures: $(dpkg --print-architecture)
Signed-By: $keyring
SOURCES
  apt-get -q update
  version=$(apt-cache madison docker-ce | awk -v version=":$DOCKER_VERSION-" 'index($3, version) { print $3; exit }')
  if [ -z "$version" ]; then
    echo "20-docker: no docker-ce $DOCKER_VERSION for $suite in $repository" >&2
    exit 1
  fi
  DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
    "docker-ce=$version" "docker-ce-cli=$version" containerd.io
  # Unattended upgrades must not restart the engines of a swarm; a new version is a new image.
  apt-mark hold docker-ce docker-ce-cli containerd.io
}

channel=${DOCKER_CHANNEL:-docker-ce}
case $channel in
  docker-ce) install_docker_ce ;;
  distribution) sh "$files/build/install-packages.sh" docker-distribution ;;
  *)
    echo "20-docker: DOCKER_CHANNEL is '$channel', expected docker-ce or distribution" >&2
    exit 1
    ;;
esac

install -d -m 0755 /etc/docker /etc/systemd/system/docker.service.d
install -m 0644 "$files/docker/daemon.json" /etc/docker/daemon.json
install -m 0644 "$files/docker/swarm-node.conf" /etc/systemd/system/docker.service.d/swarm-node.conf
# Versions before 23 do not know the option.
if dockerd --help | grep -q -e --validate; then
  dockerd --validate --config-file=/etc/docker/daemon.json
fi
systemctl enable containerd.service docker.service docker.socket
