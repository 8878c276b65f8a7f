"""Launch templates hold exactly what was put into them, in every version."""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion
from moto.ec2.responses.launch_templates import LaunchTemplates


def apply() -> None:
    create_version = LaunchTemplate.create_version

    def create_parsed_version(self: LaunchTemplate, data: dict[str, Any], description: str) -> LaunchTemplateVersion:
        # moto parses the user data of a template's first version only, and cannot launch from a later one.
        if isinstance(data.get("UserData"), str):
            data["UserData"] = Base64EncodedString(data["UserData"])
        return create_version(self, data, description)

    LaunchTemplate.create_version = create_parsed_version
    LaunchTemplate.tags = property(LaunchTemplate.get_tags, lambda self, value: None)
    LaunchTemplates.create_launch_template = create_launch_template


def create_launch_template(self: LaunchTemplates) -> ActionResult:
    """As moto's, but tags of the template itself do not become tags of what is launched from it."""
    self.error_on_dryrun()
    template = self.ec2_backend.create_launch_template(
        self._get_param("LaunchTemplateName"),
        self._get_param("VersionDescription"),
        self._get_param("LaunchTemplateData", {}),
        self._parse_tag_specification(),
    )
    return ActionResult(
        {
            "LaunchTemplate": {
                "CreateTime": template.create_time,
                "CreatedBy": f"arn:{self.partition}:iam::{self.current_account}:root",
                "DefaultVersionNumber": template.default_version_number,
                "LatestVersionNumber": template.latest_version_number,
                "LaunchTemplateId": template.id,
                "LaunchTemplateName": template.name,
                "Tags": template.tags,
            }
        }
    )
