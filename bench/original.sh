#!/bin/sh
# Forms a swarm on hosts that are there as the procedure does that this project replaces: one manager is launched, its
# tokens are read by hand, a second apply launches the others with them, and they join one after another. What a person
# takes to copy two tokens is not counted.
#
# usage: original.sh prepare SOCKET CLI HOST…        takes the agents away, and turns the hosts off
#        original.sh form SOCKET CLI MANAGERS HOST…  returns when all are Ready; the first MANAGERS hosts become managers
#
# SOCKET: the Docker engine that runs the hosts; CLI: the program cdktf-swarm; HOST: name=container=address. Run in the
# directory of the lab's project.
set -eu

action=$1
socket=$2
cli=$3
shift 3

name_of() { printf '%s\n' "$1" | cut -d= -f1; }
container_of() { printf '%s\n' "$1" | cut -d= -f2; }
address_of() { printf '%s\n' "$1" | cut -d= -f3; }

# on HOST COMMAND…: runs a command on a host, as ssh would.
on() {
  container=$(container_of "$1")
  shift
  docker -H "unix://$socket" exec "$container" "$@"
}

# retry SECONDS COMMAND…: until it succeeds.
retry() {
  tries=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
      echo "gave up: $*" >&2
      exit 1
    fi
    sleep 0.2
  done
}

names() { for host in "$@"; do name_of "$host"; done; }

# launch HOST…: boots hosts that are off, and waits until their engines answer.
launch() {
  # shellcheck disable=SC2046 # names have no blanks
  node "$cli" lab fault start $(names "$@") >/dev/null
  for host in "$@"; do retry 120 on "$host" docker info --format '{{.ID}}'; done
}

# apply: what Terraform takes to look at what there is once more; launching is not part of it.
apply() {
  eval "$(node "$cli" lab env)"
  npx --no -- cdktf deploy dev --auto-approve >/dev/null 2>&1
}

# all_ready NODES MANAGERS HOST: whether the host's swarm has so many Ready nodes and reachable managers.
all_ready() {
  on "$3" docker node ls --format '{{.Status}} {{.ManagerStatus}}' | awk -v nodes="$1" -v managers="$2" '
    $1 == "Ready" { ready++ }
    $2 == "Leader" || $2 == "Reachable" { reachable++ }
    END { exit !(ready == nodes && reachable == managers) }'
}

prepare() {
  for host in "$@"; do on "$host" systemctl disable --now swarm-node; done
  for host in "$@"; do on "$host" docker swarm leave --force >/dev/null 2>&1 || true; done
  node "$cli" lab fault kill --all >/dev/null
}

form() {
  managers=$1
  first=$2
  shift
  count=$#
  launch "$first"
  on "$first" docker swarm init --advertise-addr "$(address_of "$first")" >/dev/null
  manager_token=$(on "$first" docker swarm join-token --quiet manager)
  worker_token=$(on "$first" docker swarm join-token --quiet worker)
  shift
  apply
  launch "$@"
  joined=1
  for host in "$@"; do
    if [ "$joined" -lt "$managers" ]; then token=$manager_token; else token=$worker_token; fi
    on "$host" docker swarm join --token "$token" --advertise-addr "$(address_of "$host")" \
      "$(address_of "$first"):2377" >/dev/null
    joined=$((joined + 1))
  done
  retry 120 all_ready "$count" "$managers" "$first"
}

case $action in
  prepare | form) "$action" "$@" ;;
  *)
    echo "usage: original.sh prepare SOCKET CLI HOST... | form SOCKET CLI MANAGERS HOST..." >&2
    exit 2
    ;;
esac
