// Imported when needed, and by these names only: the whole client is ten times the rest of the agent.
export { DescribeInstanceStatusCommand, DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
