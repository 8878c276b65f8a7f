"""The machine images that the account owns, as a build with Packer leaves them: in every region, under one id."""

from typing import Any

from moto.ec2.models.amis import Ami, AmiBackend
from moto.ssm.models import SimpleSystemManagerBackend

NODE_IMAGE_ID = "ami-0cd7f5aa3e0000001"

# Set before the first request: names that DescribeImages finds, and parameters that hold the image's id.
IMAGE_NAMES: list[str] = []
IMAGE_PARAMETERS: list[str] = []


def apply() -> None:
    load_amis = AmiBackend._load_amis
    init_parameters = SimpleSystemManagerBackend.__init__

    def load_own_amis_too(self: AmiBackend) -> None:
        load_amis(self)
        for number, name in enumerate(IMAGE_NAMES):
            image_id = NODE_IMAGE_ID[:-1] + str(number + 1)
            self.amis[image_id] = own_image(self, image_id, name)

    def init(self: SimpleSystemManagerBackend, *args: Any, **options: Any) -> None:
        init_parameters(self, *args, **options)
        for name in IMAGE_PARAMETERS:
            self.put_parameter(
                name=name,
                description="",
                value=NODE_IMAGE_ID,
                parameter_type="String",
                allowed_pattern="",
                keyid="",
                overwrite=False,
                tags=[],
                data_type="text",
                tier="Standard",
                policies=None,
            )

    AmiBackend._load_amis = load_own_amis_too
    SimpleSystemManagerBackend.__init__ = init


def own_image(backend: Any, image_id: str, name: str) -> Ami:
    return Ami(
        backend,
        image_id,
        name=name,
        description="Docker Swarm node",
        owner_id=backend.account_id,
        architecture="x86_64",
        virtualization_type="hvm",
        root_device_name="/dev/xvda",
        root_device_type="ebs",
    )
