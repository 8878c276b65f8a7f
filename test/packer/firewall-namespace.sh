#!/bin/sh
# firewall-namespace.sh FIREWALL: what FIREWALL does in a network of its own that looks like an instance's. Prints the
# rules after the first run, a line, and the rules after a second one.
set -eu
firewall=$1

ip link set lo up
ip link add eth0 type veth peer name outside
ip addr add 10.20.1.10/24 dev eth0
ip link set eth0 up
ip link set outside up
ip route add default via 10.20.1.1
ip link add docker_gwbridge type bridge
ip addr add 172.18.0.1/16 dev docker_gwbridge
ip link set docker_gwbridge up

sh "$firewall"
# What dockerd does to a chain that is there already.
iptables -A DOCKER-USER -j RETURN
iptables -I FORWARD -j DOCKER-USER
iptables -S
echo
sh "$firewall"
iptables -S
