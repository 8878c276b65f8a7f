# Settings of the managed plugin, as `docker plugin install` takes them. No key and no secret: it uses the node's role.
EFS_REGION: "${region}"
EFS_TAG: "${tag}"
EFS_SECURITYGROUPS: "${security_group_id}"
LINUX_VOLUME_FILEMODE: "0755"
REXRAY_LOGLEVEL: "warn"
REXRAY_PREEMPT: "false"
---
# /etc/rexray/config.yml, for REX-Ray as a service. File systems are Terraform's: creating and removing them is off.
rexray:
  logLevel: warn
libstorage:
  service: efs
  integration:
    volume:
      operations:
        create: { disable: true }
        remove: { disable: true }
        mount: { preempt: false }
  server:
    services:
      efs:
        driver: efs
        efs:
          region: "${region}"
          tag: "${tag}"
          securityGroups: ["${security_group_id}"]
linux:
  volume: { fileMode: 0755, rootPath: /data }
