# The image of every node, manager or worker: Debian 12, Docker, the agent. What distinguishes a node comes with its user
# data. Lines between "plugin-only" marks need the amazon plugin; Packer 1.6 checks the template without them.

variable "region" {
  type        = string
  description = "Where the image is built and kept."
  default     = "us-east-1"
}

variable "architecture" {
  type        = string
  description = "amd64 or arm64."
  default     = "amd64"

  validation {
    condition     = contains(["amd64", "arm64"], var.architecture)
    error_message = "The architecture must be amd64 or arm64."
  }
}

variable "instance_type" {
  type        = string
  description = "Machine to build on; empty takes a small one of the architecture."
  default     = ""
}

variable "subnet_id" {
  type        = string
  description = "Subnet to build in, with a way to the internet; empty takes one of the default VPC."
  default     = ""
}

variable "root_volume_size_gib" {
  type        = number
  description = "Smallest root volume that nodes of this image can have."
  default     = 8
}

variable "docker_channel" {
  type        = string
  description = "docker-ce (Docker's packages, at docker_version) or distribution (Debian's)."
  default     = "docker-ce"

  validation {
    condition     = contains(["docker-ce", "distribution"], var.docker_channel)
    error_message = "The Docker channel must be docker-ce or distribution."
  }
}

variable "docker_version" {
  type        = string
  description = "Version of docker-ce."
  default     = "29.7.2"
}

variable "ssm_agent_version" {
  type        = string
  description = "Version of the Session Manager agent, by which people get a shell."
  default     = "latest"
}

variable "agent_bundle" {
  type        = string
  description = "The agent as one file: dist/agent/swarm-node.cjs, after npm run build."
}

variable "node_runtime" {
  type        = string
  description = "The Node binary it runs on: what scripts/fetch-node-runtime.sh prints for this architecture."
}

variable "tags" {
  type        = map(string)
  description = "Tags on the image and on everything its build makes."
  default     = {}
}

locals {
  build_dir     = "/tmp/swarm-node-build"
  instance_type = { amd64 = "t3.small", arm64 = "t4g.small" }
  name          = "cdktf-swarm-node-${var.architecture}-${formatdate("YYYYMMDD-hhmmss", timestamp())}"
  tags = merge(var.tags, {
    "Name"                       = local.name
    "cdktf-swarm:architecture"   = var.architecture
    "cdktf-swarm:docker-channel" = var.docker_channel
    "cdktf-swarm:docker-version" = var.docker_channel == "docker-ce" ? var.docker_version : "distribution"
    "cdktf-swarm:source-ami"     = "{{ .SourceAMI }}"
  })
}

source "amazon-ebs" "node" {
  region        = var.region
  ami_name      = local.name
  instance_type = var.instance_type != "" ? var.instance_type : local.instance_type[var.architecture]
  subnet_id     = var.subnet_id

  source_ami_filter {
    # Debian's own account.
    owners      = ["136693071363"]
    most_recent = true
    filters = {
      name                = "debian-12-${var.architecture}-*"
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
  }

  # Encrypted here, the snapshot is too, without a second copy of the image.
  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_type           = "gp3"
    volume_size           = var.root_volume_size_gib
    iops                  = 3000
    throughput            = 125
    encrypted             = true
    delete_on_termination = true
  }

  ssh_username              = "admin"
  temporary_key_pair_type   = "ed25519"
  ssh_clear_authorized_keys = true
  shutdown_behavior         = "terminate"

  # plugin-only begin
  # Only this machine reaches the one that is built on.
  temporary_security_group_source_public_ip = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  # Instances of the image ask for tokens unless their launch template says otherwise.
  imds_support = "v2.0"
  # plugin-only end

  tags            = local.tags
  snapshot_tags   = local.tags
  run_tags        = merge(local.tags, { "Name" = "${local.name}-build" })
  run_volume_tags = local.tags
}

build {
  sources = ["source.amazon-ebs.node"]

  provisioner "shell" {
    inline = ["install -d -m 0755 ${local.build_dir}"]
  }

  provisioner "file" {
    source      = "${path.root}/files"
    destination = "${local.build_dir}/"
  }

  provisioner "file" {
    source      = var.node_runtime
    destination = "${local.build_dir}/node"
  }

  provisioner "file" {
    source      = var.agent_bundle
    destination = "${local.build_dir}/swarm-node.cjs"
  }

  provisioner "shell" {
    execute_command = "sudo env {{ .Vars }} sh '{{ .Path }}'"
    environment_vars = [
      "BUILD_DIR=${local.build_dir}",
      "AGENT_BUNDLE=${local.build_dir}/swarm-node.cjs",
      "NODE_RUNTIME=${local.build_dir}/node",
      "DOCKER_CHANNEL=${var.docker_channel}",
      "DOCKER_VERSION=${var.docker_version}",
      "SSM_AGENT_VERSION=${var.ssm_agent_version}",
      "REGION=${var.region}",
    ]
    scripts = [
      "${path.root}/scripts/10-base.sh",
      "${path.root}/scripts/check-kernel.sh",
      "${path.root}/scripts/20-docker.sh",
      "${path.root}/scripts/30-agent.sh",
      "${path.root}/scripts/40-storage.sh",
      "${path.root}/scripts/50-access.sh",
      "${path.root}/scripts/90-cleanup.sh",
    ]
  }

  post-processor "manifest" {
    output     = "${path.root}/../dist/packer-manifest.json"
    strip_path = true
    custom_data = {
      architecture   = var.architecture
      docker_channel = var.docker_channel
      docker_version = var.docker_version
    }
  }
}
