"""For each line of input, a line of JSON: what the functions say that tell the time, in seconds."""

import ctypes
import json
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.time.restype = ctypes.c_long


def time_of_day() -> float:
    value = (ctypes.c_long * 2)()
    if libc.gettimeofday(value, None) != 0:
        raise OSError(ctypes.get_errno())
    return value[0] + value[1] / 1e6


def stored_time() -> int:
    value = ctypes.c_long()
    libc.time(ctypes.byref(value))
    return value.value


for _ in sys.stdin:
    wall = {
        "clock_gettime": time.clock_gettime(time.CLOCK_REALTIME),
        "coarse": time.clock_gettime(5),
        "gettimeofday": time_of_day(),
        "time": libc.time(None),
        "stored": stored_time(),
    }
    print(json.dumps({"wall": wall, "monotonic": time.monotonic()}), flush=True)
