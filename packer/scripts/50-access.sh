#!/bin/sh
# How people get a shell: Session Manager, by the node's role, over a connection that the node opens. No ssh.
# Not for the lab, whose hosts are entered from outside.
set -eu
: "${REGION:?region whose bucket holds the agent of Session Manager}" "${SSM_AGENT_VERSION:?version of it, or: latest}"
: "${BUILD_DIR:?where the files of this build were put}"

sh "$BUILD_DIR/files/build/install-packages.sh" download
package=$BUILD_DIR/amazon-ssm-agent.deb
curl --fail --silent --show-error --location --retry 5 --output "$package" \
  "https://s3.$REGION.amazonaws.com/amazon-ssm-$REGION/$SSM_AGENT_VERSION/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb"
dpkg --install "$package"
systemctl enable amazon-ssm-agent.service

# From the next boot on: this one is still being built over it.
systemctl disable ssh.service ssh.socket
