#!/bin/bash
# Usage: ask-swarm.sh ADDRESS METHOD [own]: calls a method of a manager's gRPC API on 2377, like
# docker.swarmkit.v1.Control/ListClusters, with an empty message. With `own` it shows the certificate by which this
# node is a member of the swarm. Prints headers, trailers and the answer.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
certificates=/var/lib/docker/swarm/certificates

identity=()
if [ "${3:-}" = own ]; then
  # Docker keeps notes of its own among the key's lines, which no other program reads over.
  sed '/^[a-z-]*: /d;/^$/d' "$certificates/swarm-node.key" >"$scratch/key"
  identity=(--cert "$certificates/swarm-node.crt" --key "$scratch/key")
fi
printf '\0\0\0\0\0' >"$scratch/message"
curl --silent --show-error --max-time 20 --http2 --include --output - \
  --resolve "swarm-manager:2377:$1" --cacert "$certificates/swarm-root-ca.crt" "${identity[@]}" \
  --header 'content-type: application/grpc' --header 'te: trailers' --data-binary "@$scratch/message" \
  "https://swarm-manager:2377/$2" | tr -d '\0'
