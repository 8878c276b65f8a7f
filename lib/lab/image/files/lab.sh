#!/bin/sh
# What makes a node image bootable as a container of the lab. Each step is a difference from an AMI.
set -eu
lab=${BUILD_DIR:?where the files of this build were put}/lab

install -m 0755 "$lab/entrypoint.sh" /usr/local/sbin/lab-entrypoint
install -m 0644 "$lab/environment" /etc/swarm-node/environment

# Units for hardware, consoles and networks that belong to the machine outside, or that would reach for the internet.
grep -v -e '^#' -e '^$' "$lab/masked-units.txt" | xargs systemctl mask

install -m 0644 "$lab/cloud-init.cfg" /etc/cloud/cloud.cfg.d/99-lab.cfg
printf 'policy: enabled\ndatasource: Ec2\n' >/etc/cloud/ds-identify.cfg
# cloud-init tells EC2 by the hypervisor's id. Elsewhere it takes the service for an imitation and asks without a token.
source=/usr/lib/python3/dist-packages/cloudinit/sources/DataSourceEc2.py
hypervisor=/etc/lab-hypervisor-uuid
echo ec200000-0000-4000-8000-000000000000 >"$hypervisor"
sed -i "s#\"/sys/hypervisor/uuid\"#\"$hypervisor\"#" "$source"
if ! grep -q "$hypervisor" "$source"; then
  echo "lab: cloud-init no longer reads /sys/hypervisor/uuid in $source" >&2
  exit 1
fi
python3 -m py_compile "$source"
# With a DHCP client cloud-init waits a minute for a server; addresses come from Docker here.
rm -f /sbin/dhclient /usr/sbin/dhclient

# Nobody reads them in a host.
rm -rf /usr/share/doc /usr/share/man /usr/share/info
find /usr/share/locale -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
