#!/bin/sh
# Closes the node's unencrypted Docker API (2375/tcp) and its metadata service to containers; who else may reach the API,
# security groups say. Runs before dockerd does, and as often as you like.
set -eu

port=2375
metadata=169.254.169.254
# The one by which the instance reaches its metadata service.
primary=$(ip -4 -o route get "$metadata" 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/\1/p')
if [ -z "$primary" ]; then
  echo "firewall: no route to the metadata service, so the primary interface is unknown" >&2
  exit 1
fi

# The same command as dockerd takes, so that both see the same tables (legacy or nf_tables).
ensure_chain() {
  iptables -w -n -L "$1" >/dev/null 2>&1 || iptables -w -N "$1"
}
ensure_first() {
  chain=$1
  shift
  iptables -w -C "$chain" "$@" 2>/dev/null || iptables -w -I "$chain" 1 "$@"
}

# A container that calls an address of its own host comes in by a bridge.
ensure_chain SWARM-NODE
iptables -w -F SWARM-NODE
iptables -w -A SWARM-NODE -i lo -j RETURN
iptables -w -A SWARM-NODE -i "$primary" -j RETURN
iptables -w -A SWARM-NODE -j DROP
ensure_first INPUT -p tcp --dport "$port" -j SWARM-NODE

# One that calls another node is forwarded. dockerd keeps this chain and its rules if they are there when it starts.
# Among containers the port is theirs to use: only what leaves the node is dropped.
ensure_chain DOCKER-USER
ensure_first DOCKER-USER -o "$primary" -p tcp --dport "$port" -j DROP

# The role's credentials are the node's. One hop keeps the tokens of version 2 from containers, but version 1, which some
# nodes have to answer to, asks for none.
ensure_first DOCKER-USER -d "$metadata/32" -j DROP
