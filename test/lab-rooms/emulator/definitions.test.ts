import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeSecurityGroupRulesCommand,
  ModifySecurityGroupRulesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NODE_IMAGE_ID } from "../../../lib/lab/emulator/moto";
import { Account, START_TIMEOUT_MS } from "./account";

let account: Account;

beforeAll(async () => {
  account = await Account.start();
}, START_TIMEOUT_MS);
afterAll(() => account.moto.stop());

async function securityGroup(): Promise<string> {
  const { GroupId } = await account.ec2.send(
    new CreateSecurityGroupCommand({
      GroupName: account.name("group"),
      Description: "test",
      VpcId: await account.vpc(),
    }),
  );
  return GroupId ?? "";
}

async function fileSystem(): Promise<string> {
  const { FileSystemId } = await account.rest("elasticfilesystem", "POST", "/2015-02-01/file-systems", {
    CreationToken: account.name("files"),
  });
  return `/2015-02-01/file-systems/${FileSystemId}`;
}

test("a rule of a protocol without ports has none, and keeps its description", async () => {
  // GIVEN
  const group = await securityGroup();

  // WHEN
  const { SecurityGroupRules } = await account.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      IpPermissions: [{ IpProtocol: "50", UserIdGroupPairs: [{ GroupId: group, Description: "ESP" }] }],
    }),
  );

  // THEN
  const { SecurityGroupRules: described } = await account.ec2.send(
    new DescribeSecurityGroupRulesCommand({
      SecurityGroupRuleIds: [SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? ""],
    }),
  );
  expect(described?.[0]).toMatchObject({ IpProtocol: "50", FromPort: -1, ToPort: -1, Description: "ESP" });
  const { rules } = await account.state();
  expect(rules.find((rule) => rule.groupId === group && rule.direction === "ingress")).toEqual({
    groupId: group,
    direction: "ingress",
    protocol: "50",
    fromPort: null,
    toPort: null,
    cidr: null,
    sourceGroupId: group,
  });
});

test("one call with two permissions makes two rules with two ids", async () => {
  // GIVEN
  const group = await securityGroup();

  // WHEN
  const { SecurityGroupRules } = await account.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      IpPermissions: [7946, 2377].map((port) => ({
        IpProtocol: "tcp",
        FromPort: port,
        ToPort: port,
        IpRanges: [{ CidrIp: "10.0.0.0/8" }],
      })),
    }),
  );

  // THEN
  expect(new Set(SecurityGroupRules?.map((rule) => rule.SecurityGroupRuleId)).size).toBe(2);
});

test("the same rule with another description is a duplicate", async () => {
  // GIVEN
  const group = await securityGroup();
  const authorize = (description: string): Promise<unknown> =>
    account.ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [{ IpProtocol: "50", UserIdGroupPairs: [{ GroupId: group, Description: description }] }],
      }),
    );
  await authorize("one");

  // WHEN
  const again = authorize("other");

  // THEN
  await expect(again).rejects.toMatchObject({ name: "InvalidPermission.Duplicate" });
});

test("a modified rule keeps its id and takes all that is new", async () => {
  // GIVEN
  const group = await securityGroup();
  const { SecurityGroupRules } = await account.ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: group,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId: group }] }],
    }),
  );
  const id = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "";

  // WHEN
  await account.ec2.send(
    new ModifySecurityGroupRulesCommand({
      GroupId: group,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: id,
          SecurityGroupRule: { IpProtocol: "50", ReferencedGroupId: group, Description: "new" },
        },
      ],
    }),
  );

  // THEN
  const { SecurityGroupRules: rules } = await account.ec2.send(
    new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] }),
  );
  expect(rules?.[0]).toMatchObject({ IpProtocol: "50", Description: "new", ReferencedGroupInfo: { GroupId: group } });
});

test("tags of a launch template are not tags of what it launches", async () => {
  // GIVEN / WHEN
  const { LaunchTemplate } = await account.ec2.send(
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: account.name("tagged"),
      LaunchTemplateData: { InstanceType: "t3.small" },
      TagSpecifications: [{ ResourceType: "launch-template", Tags: [{ Key: "owner", Value: "team" }] }],
    }),
  );

  // THEN
  const { LaunchTemplateVersions } = await account.ec2.send(
    new DescribeLaunchTemplateVersionsCommand({
      LaunchTemplateId: LaunchTemplate?.LaunchTemplateId,
      Versions: ["$Latest"],
    }),
  );
  expect(LaunchTemplate?.Tags).toEqual([{ Key: "owner", Value: "team" }]);
  expect(LaunchTemplateVersions?.[0]?.LaunchTemplateData?.TagSpecifications ?? []).toEqual([]);
});

test("the backup policy of a file system is what was put", async () => {
  // GIVEN
  const path = await fileSystem();
  const before = await account.rest("elasticfilesystem", "GET", `${path}/backup-policy`);

  // WHEN
  await account.rest("elasticfilesystem", "PUT", `${path}/backup-policy`, { BackupPolicy: { Status: "ENABLED" } });

  // THEN
  const after = await account.rest("elasticfilesystem", "GET", `${path}/backup-policy`);
  expect([before, after]).toEqual([{ BackupPolicy: { Status: "DISABLED" } }, { BackupPolicy: { Status: "ENABLED" } }]);
});

test("a file system's throughput mode can be changed", async () => {
  // GIVEN
  const path = await fileSystem();

  // WHEN
  const updated = await account.rest("elasticfilesystem", "PUT", path, { ThroughputMode: "elastic" });

  // THEN
  expect(updated["ThroughputMode"]).toBe("elastic");
});

test("the account owns an image for the nodes", async () => {
  // GIVEN / WHEN
  const { Images } = await account.ec2.send(
    new DescribeImagesCommand({ Owners: ["self"], Filters: [{ Name: "name", Values: ["cdktf-swarm-node-*"] }] }),
  );

  // THEN
  expect(Images?.map((image) => image.ImageId)).toEqual([NODE_IMAGE_ID]);
});

test("what the emulator lacks is refused at once and not with an error that SDKs repeat", async () => {
  // GIVEN / WHEN
  const lacking = account.rest("elasticfilesystem", "GET", "/2015-02-01/account-preferences-of-nobody");

  // THEN
  await expect(lacking).rejects.toThrow(/^4\d\d /);
});
