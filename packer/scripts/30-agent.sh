#!/bin/sh
# The agent, the Node runtime it runs on, its units and the host firewall.
# AGENT_BUNDLE=later leaves the agent itself out: the lab adds it as a layer of its own, which changes with every build.
set -eu
: "${BUILD_DIR:?where the files of this build were put}"
: "${NODE_RUNTIME:?path of the node binary}"
: "${AGENT_BUNDLE:?path of swarm-node.cjs, or: later}"
files=$BUILD_DIR/files
home=/usr/local/lib/swarm-node

install -d -m 0755 "$home" /etc/swarm-node
install -m 0755 "$NODE_RUNTIME" "$home/node"
install -m 0755 "$files/swarm-node/firewall.sh" "$home/firewall.sh"
install -m 0755 "$files/swarm-node/swarm-node" /usr/local/bin/swarm-node
install -m 0644 "$files/systemd/swarm-node-prepare.service" "$files/systemd/swarm-node.service" /etc/systemd/system/
systemctl enable swarm-node-prepare.service swarm-node.service
"$home/node" --version

if [ "$AGENT_BUNDLE" != later ]; then
  install -m 0644 "$AGENT_BUNDLE" "$home/swarm-node.cjs"
  swarm-node version
fi
