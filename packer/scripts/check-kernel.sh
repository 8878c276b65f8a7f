#!/bin/sh
# Says which kernel features a swarm needs and this kernel has; fails if a required one is missing.
#   required  overlay          Docker's storage driver
#   required  vxlan            overlay networks
#   required  br_netfilter     rules on bridged traffic: isolation of networks
#   required  ip_vs, ip_vs_rr  service addresses and the routing mesh (without them only dnsrr and host-mode ports work)
#   optional  esp4, xfrm_user  encrypted overlay networks
#   optional  nfsv4            EFS
set -eu

config() {
  if [ -r /proc/config.gz ]; then
    gzip -dc /proc/config.gz
  elif [ -r "/boot/config-$(uname -r)" ]; then
    cat "/boot/config-$(uname -r)"
  fi
}
options=$(config)

has() {
  module=$1 option=$2
  case $options in *"$option=y"*) return 0 ;; esac
  [ -d "/sys/module/$module" ] || modprobe --quiet "$module" 2>/dev/null
}

missing=
check() {
  need=$1 module=$2 option=$3
  if has "$module" "$option"; then
    echo "$need $module yes"
  else
    echo "$need $module no"
    [ "$need" != required ] || missing="$missing $module"
  fi
}

check required overlay CONFIG_OVERLAY_FS
check required vxlan CONFIG_VXLAN
check required br_netfilter CONFIG_BRIDGE_NETFILTER
check required ip_vs CONFIG_IP_VS
check required ip_vs_rr CONFIG_IP_VS_RR
check optional esp4 CONFIG_INET_ESP
check optional xfrm_user CONFIG_XFRM_USER
check optional nfsv4 CONFIG_NFS_V4

if [ -n "$missing" ]; then
  echo "check-kernel: $(uname -r) has no$missing" >&2
  exit 1
fi
