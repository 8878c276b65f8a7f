/** Version of the agent, equal to the package's. */
export const AGENT_VERSION = "0.1.0";
