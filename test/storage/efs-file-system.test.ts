import { expect, test } from "vitest";
import { EfsFileSystem, type EfsFileSystemProps } from "../../lib/storage";
import { network } from "../support/node-group";
import { reference, synth } from "../support/synth";

function fileSystem(overrides: Partial<EfsFileSystemProps> = {}, then: (efs: EfsFileSystem) => void = () => {}) {
  return synth((scope) => {
    then(new EfsFileSystem(scope, "Efs", { clusterName: "apps", network: network(), name: "apps", ...overrides }));
  });
}

test("fails when a file system is open, slow by default, or cannot be told by name", () => {
  expect(fileSystem().resource("aws_efs_file_system").properties).toEqual({
    encrypted: true,
    throughput_mode: "elastic",
    tags: { Name: "apps" },
  });
});

test("fails when an option does not reach the file system", () => {
  const stack = fileSystem({ throughputMode: "bursting", creationToken: "token", backup: false });

  expect(stack.resource("aws_efs_file_system").properties).toMatchObject({
    throughput_mode: "bursting",
    creation_token: "token",
  });
  expect(stack.resources("aws_efs_backup_policy")).toEqual([]);
});

test("fails when nobody keeps copies by default", () => {
  const stack = fileSystem();

  expect(stack.resource("aws_efs_backup_policy").properties).toEqual({
    file_system_id: reference(stack.resource("aws_efs_file_system"), "id"),
    backup_policy: { status: "ENABLED" },
  });
});

test("fails when a zone has no mount target, or one that lets everybody in", () => {
  const stack = fileSystem();

  const group = reference(stack.resource("aws_security_group"), "id");
  const targets = stack.resources("aws_efs_mount_target").map(({ properties }) => properties);
  expect(targets.map(({ subnet_id }) => subnet_id).sort()).toEqual(["subnet-a", "subnet-b", "subnet-c"]);
  expect(targets.map(({ security_groups }) => security_groups)).toEqual([[group], [group], [group]]);
});

test("fails when a group that is let in reaches another port, or nobody by that rule", () => {
  const stack = fileSystem({}, (efs) => efs.allowFrom("workers", "sg-workers"));

  expect(stack.resource("aws_vpc_security_group_ingress_rule").properties).toEqual({
    security_group_id: reference(stack.resource("aws_security_group"), "id"),
    referenced_security_group_id: "sg-workers",
    ip_protocol: "tcp",
    from_port: 2049,
    to_port: 2049,
    description: "NFS from workers",
  });
});

test("fails when anybody is let in who was not asked for", () => {
  expect(fileSystem().resources("aws_vpc_security_group_ingress_rule")).toEqual([]);
});

test("fails when a client cannot wait for everything it mounts through", () => {
  let count = 0;

  fileSystem({}, (efs) => {
    efs.allowFrom("workers", "sg-workers");
    count = efs.dependables.length;
  });

  expect(count).toBe(3 + 1);
});
