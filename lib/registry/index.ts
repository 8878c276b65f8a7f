export * from "./node-settings";
export * from "./records";
export * from "./registry-table";
export * from "./table-name";
