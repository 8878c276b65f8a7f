export * from "./efs-file-system";
export * from "./nfs-security-group";
export * from "./rexray-plugin";
