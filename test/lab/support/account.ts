import { ask } from "./ask";

/** What is left in the emulated account, of every kind of thing a cluster is made of. */
export async function remainingResources(endpoint: string): Promise<readonly string[]> {
  const post = (service: string, body: string, headers: Record<string, string>) =>
    ask(endpoint, {
      method: "POST",
      body,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=lab/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
        ...headers,
      },
    });
  const query = (service: string, version: string, action: string, filter = "") =>
    post(service, `Action=${action}&Version=${version}${filter}`, {
      "content-type": "application/x-www-form-urlencoded",
    });
  const efs = await ask(`${endpoint}/2015-02-01/file-systems`, {
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=lab/20260101/us-east-1/elasticfilesystem/aws4_request, SignedHeaders=host, Signature=0",
    },
  });
  const dynamodb = await post("dynamodb", "{}", {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.ListTables",
  });
  const live =
    "&Filter.1.Name=instance-state-name&Filter.1.Value.1=pending&Filter.1.Value.2=running&Filter.1.Value.3=stopped";
  const ec2 = (action: string, filter = "") => query("ec2", "2016-11-15", action, filter);
  const notDefault = (xml: string, id: RegExp) =>
    xml
      .split(/<item>/)
      .filter((item) => !/<(isDefault|defaultForAz)>true/.test(item))
      .flatMap((item) => item.match(id) ?? []);
  return [
    ...notDefault(await ec2("DescribeVpcs"), /vpc-[0-9a-f]{8,}/),
    ...notDefault(await ec2("DescribeSubnets"), /subnet-[0-9a-f]{8,}/),
    ...((await ec2("DescribeInstances", live)).match(/<instanceId>i-[0-9a-f]+/g) ?? []),
    ...((await ec2("DescribeLaunchTemplates")).match(/lt-[0-9a-f]{8,}/g) ?? []),
    ...((await ec2("DescribeNatGateways", "&Filter.1.Name=state&Filter.1.Value.1=available")).match(
      /nat-[0-9a-f]{8,}/g,
    ) ?? []),
    ...((await ec2("DescribeInternetGateways")).match(/igw-[0-9a-f]{8,}/g) ?? []),
    ...((await ec2("DescribeAddresses")).match(/eipalloc-[0-9a-f]{8,}/g) ?? []),
    ...((await ec2("DescribeVpcEndpoints")).match(/vpce-[0-9a-f]{8,}/g) ?? []),
    ...((await ec2("DescribeNetworkInterfaces")).match(/<networkInterfaceId>eni-[0-9a-f]+/g) ?? []),
    ...((await query("autoscaling", "2011-01-01", "DescribeAutoScalingGroups")).match(/<AutoScalingGroupName>[^<]+/g) ??
      []),
    ...((await query("iam", "2010-05-08", "ListRoles")).match(/<RoleName>[^<]+/g) ?? []),
    ...((await query("iam", "2010-05-08", "ListInstanceProfiles")).match(/<InstanceProfileName>[^<]+/g) ?? []),
    ...((JSON.parse(dynamodb) as { TableNames: string[] }).TableNames ?? []),
    ...((JSON.parse(efs) as { FileSystems: { FileSystemId: string }[] }).FileSystems ?? []).map(
      (system) => system.FileSystemId,
    ),
  ];
}
