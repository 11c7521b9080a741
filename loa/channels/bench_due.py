"""How soon a due post is begun, and how soon one that nobody sends is told: `loa bench due`.

A database of its own, two workers, a simulator without faults. LOA_BENCH_POSTS (60) posts fall due one after the
other, half a second apart, on 20 pages. Then the workers are stopped, one more post falls due, and the look-out of
the health page runs as it does in a worker.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from loa.channels.bench import PAGES, drop, loa, sim_environment, stop


def run(out: Callable[..., None]) -> None:
    """Print both figures beside their bars; missing one ends with an error."""
    posts = int(os.environ.get("LOA_BENCH_POSTS", "60"))
    with tempfile.TemporaryDirectory(prefix="loa-due-") as folder:
        waits, told = due_run(Path(folder), posts=posts)
    waits.sort()
    out("begun after it was due, median s", f"{statistics.median(waits):.2f}", "posts", str(len(waits)))
    out("the slowest, s", f"{waits[-1]:.2f}", "allowed", "5")
    out("nobody sends it: told after s", f"{told:.0f}", "allowed", "60")
    if len(waits) < posts or waits[-1] > 5 or told > 60:
        raise SystemExit("due: a post was begun too late, or told too late")


def due_run(folder: Path, *, posts: int) -> tuple[list[float], float]:
    """(seconds from due to the first try of each post, seconds from due to the alarm of one nobody sends)."""
    environment, servers = sim_environment(folder)
    workers = []
    try:
        loa(environment, "migrate", "-v", "0")
        command = [sys.executable, "-m", "loa.cli", "faultrun", "work"]
        workers = [subprocess.Popen(command, env=environment) for _number in range(2)]  # noqa: S603
        waits = loa(environment, "faultrun", "due", str(posts), str(PAGES)).split()
        for worker in workers:
            worker.kill()
            worker.wait()
        told = float(loa(environment, "faultrun", "alarm"))
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
        stop(servers)
        drop(environment["DATABASE_URL"])
    return [float(wait) for wait in waits], told
