"""Auto Scaling: groups whose instances come and go on their own, with hooks, health checks and AWS's rules."""

from . import api, model


def apply() -> None:
    api.apply()
    model.apply()
