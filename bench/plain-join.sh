#!/bin/sh
# Forms a swarm of hosts that run Docker as a plain script would: init on the first, then everybody joins with the
# token of their role, managers one after the other and workers side by side. Nothing watches, nothing survives a
# fault: this is what the agent's time is compared with.
#
# usage: plain-join.sh prepare SOCKET HOST…        stops the agents and makes every host leave the swarm it is in
#        plain-join.sh join SOCKET MANAGERS HOST…  returns when all are Ready; the first MANAGERS hosts become managers
#
# SOCKET: the Docker engine that runs the hosts; HOST: container=address.
set -eu

action=$1
socket=$2
shift 2

# on HOST COMMAND…: runs a command on a host.
on() {
  host=${1%%=*}
  shift
  docker -H "unix://$socket" exec "$host" "$@"
}

prepare() {
  for host in "$@"; do on "$host" systemctl stop swarm-node; done
  for host in "$@"; do on "$host" docker swarm leave --force >/dev/null 2>&1 || true; done
}

# all_ready COUNT MANAGERS HOST: whether the host's swarm has so many Ready nodes and reachable managers.
all_ready() {
  on "$3" docker node ls --format '{{.Status}} {{.ManagerStatus}}' | awk -v nodes="$1" -v managers="$2" '
    $1 == "Ready" { ready++ }
    $2 == "Leader" || $2 == "Reachable" { reachable++ }
    END { exit !(ready == nodes && reachable == managers) }'
}

join() {
  managers=$1
  shift
  first=$1
  count=$#
  on "$first" docker swarm init --advertise-addr "${first#*=}" >/dev/null
  manager_token=$(on "$first" docker swarm join-token --quiet manager)
  worker_token=$(on "$first" docker swarm join-token --quiet worker)
  shift
  joined=1
  for host in "$@"; do
    if [ "$joined" -lt "$managers" ]; then
      on "$host" docker swarm join --token "$manager_token" "${first#*=}:2377" >/dev/null
    else
      on "$host" docker swarm join --token "$worker_token" "${first#*=}:2377" >/dev/null &
    fi
    joined=$((joined + 1))
  done
  wait
  tries=0
  until all_ready "$count" "$managers" "$first"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 600 ]; then
      echo "the swarm of the plain script is not Ready after a minute" >&2
      exit 1
    fi
    sleep 0.1
  done
}

case $action in
  prepare | join) "$action" "$@" ;;
  *)
    echo "usage: plain-join.sh prepare SOCKET HOST... | join SOCKET MANAGERS HOST..." >&2
    exit 2
    ;;
esac
