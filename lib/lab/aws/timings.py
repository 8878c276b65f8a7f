"""How long the emulated account takes, in seconds: shorter than AWS, but never at once, so that the order shows."""

# From launch to running, from terminate or stop to done.
PENDING = 0.3
SHUTTING_DOWN = 0.5
# How long Auto Scaling needs to notice an instance that was terminated or stopped behind its back.
HEALTH_CHECK = 1.0
# How often Auto Scaling looks at its groups, and how long it waits after a launch that failed.
SCALING_TICK = 0.2
LAUNCH_RETRY = 5.0
# How long DescribeInstances still knows a terminated instance.
TERMINATED_IS_LISTED = 3600.0
