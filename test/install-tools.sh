#!/usr/bin/env bash
# Installs what the tests need beside Node and Terraform, where it is missing: as root on Debian or Ubuntu;
# elsewhere it names what is missing. The lab installs what it needs itself.
set -euo pipefail

declare -A package=([packer]=packer [iptables]=iptables [ip]=iproute2 [shellcheck]=shellcheck [python3]=python3)
missing=()
for command in "${!package[@]}"; do
  command -v "$command" >/dev/null || missing+=("${package[$command]}")
done
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
command -v terraform >/dev/null || { echo "terraform is missing: install 1.5 or newer" >&2 && exit 1; }
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]}; on Debian or Ubuntu: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
