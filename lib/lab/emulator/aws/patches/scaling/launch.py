"""The launch of one instance of an Auto Scaling group from its launch template, or its launch configuration."""

from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup
from moto.ec2.models.instances import Instance
from moto.ec2.models.launch_templates import LaunchTemplateVersion
from moto.ec2.models.subnets import Subnet


def launch_instance(group: FakeAutoScalingGroup, place: Subnet | str, tags: dict[str, str]) -> Instance:
    """`place` is the subnet, or the availability zone of a group that names none."""
    where = {"placement": place} if isinstance(place, str) else {"subnet_id": place.id}
    backend = group.ec2_backend
    common = {"region_name": group.region, "is_instance_type_default": False, **where}
    if group.ec2_launch_template is None:
        configuration = group.launch_config
        reservation = backend.run_instances(
            configuration.image_id,
            1,
            configuration.user_data,
            configuration.security_groups,
            instance_type=configuration.instance_type,
            launch_config=configuration,
            associate_public_ip=configuration.associate_public_ip_address or None,
            tags={"instance": tags},
            **common,
        )
        associate_profile(reservation.instances[0], configuration.instance_profile_name)
        return reservation.instances[0]

    version = group.ec2_launch_template.get_version(group.launch_template_version)
    data = version.data
    interface = (data.get("NetworkInterfaces") or [{}])[0]
    options: dict[str, Any] = {}
    if data.get("BlockDeviceMappings"):
        options["block_device_mappings"] = [m for m in data["BlockDeviceMappings"] if m.get("Ebs")]
    reservation = backend.run_instances(
        version.image_id,
        1,
        version.user_data,
        data.get("SecurityGroups", []),
        instance_type=instance_type(group, version),
        security_group_ids=[*data.get("SecurityGroupIds", []), *interface.get("Groups", [])],
        launch_template={"LaunchTemplateId": version.template.id, "Version": version.number},
        key_name=data.get("KeyName"),
        # The group's subnet decides unless the template does.
        associate_public_ip=interface.get("AssociatePublicIpAddress"),
        metadata_options=data.get("MetadataOptions") or {},
        ebs_optimized=bool(data.get("EbsOptimized")),
        monitoring_state="enabled" if (data.get("Monitoring") or {}).get("Enabled") else "disabled",
        instance_market_options=(data.get("InstanceMarketOptions") or {}).get("MarketType"),
        tags={"instance": tags, "volume": tag_specification(version, "volume")},
        **common,
        **options,
    )
    instance = reservation.instances[0]
    profile = data.get("IamInstanceProfile") or {}
    try:
        associate_profile(instance, profile.get("Name"), profile.get("Arn"))
    except Exception:
        instance.terminate()
        raise
    return instance


def instance_type(group: FakeAutoScalingGroup, version: LaunchTemplateVersion) -> str:
    """The first choice of a mixed group, else the template's."""
    policy = (group.mixed_instances_policy or {}).get("LaunchTemplate", {})
    overrides = policy.get("Overrides") or [{}]
    return overrides[0].get("InstanceType") or version.instance_type


def tag_specification(version: LaunchTemplateVersion, kind: str) -> dict[str, str]:
    specifications = version.data.get("TagSpecifications") or []
    return {
        tag["Key"]: tag["Value"]
        for specification in specifications
        if specification.get("ResourceType") == kind
        for tag in specification.get("Tags") or []
    }


def associate_profile(instance: Instance, name: str | None, arn: str | None = None) -> None:
    if name and name.startswith("arn:"):
        name, arn = None, name
    if name or arn:
        instance.ec2_backend.associate_iam_instance_profile(
            instance.id, iam_instance_profile_name=name, iam_instance_profile_arn=arn
        )
