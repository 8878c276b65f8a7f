"""How long the emulated account takes, in seconds: shorter than AWS, but never at once, so that the order shows."""

# From launch to running, from terminate or stop to done.
PENDING = 0.3
SHUTTING_DOWN = 0.5
# How long the status checks of an instance are initializing after each start.
INITIALIZING = 2.0
# From a spot notice to the end of the instance: as AWS has it, for a node has to drain in this time.
SPOT_NOTICE = 120.0
# How long Auto Scaling needs to notice an instance that was terminated, stopped or impaired behind its back.
HEALTH_CHECK = 1.0
# How often Auto Scaling looks at its groups, and how long it waits after a launch that failed.
SCALING_TICK = 0.2
LAUNCH_RETRY = 5.0
# How long DescribeInstances still knows a terminated instance.
TERMINATED_IS_LISTED = 3600.0
