# Apart from the template, so that `packer validate docker-host.pkr.hcl` also works with Packer 1.6, the last version in
# Debian, which has the builder built in and does not know this block.
packer {
  required_version = ">= 1.14.0"

  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.3.0, < 2.0.0"
    }
  }
}
