#cloud-config
# Tells the agent in the image what this node is, and starts it. Nothing else: what a node does is in its image, so
# that user data stays the same for as long as the node's place in the cluster does.
write_files:
  - path: ${path}
    owner: root:root
    permissions: "0600"
    content: ${jsonencode(jsonencode(settings))}
runcmd:
  # --no-block: the agent runs until shutdown, and cloud-init is not to wait for it.
  - [systemctl, start, --no-block, swarm-node.service]
