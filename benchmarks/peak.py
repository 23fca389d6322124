"""The most memory that a process held at a time."""

import resource
import sys
from pathlib import Path


def peak_mib() -> float:
    """Return it for this process, MiB.

    Linux counts in `getrusage` also what the process that started this one held, so there its own count is read.
    """
    own = Path("/proc/self/status")
    if own.is_file():
        for line in own.read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
