"""Fault run: workers killed at random while simulators drop, fail and turn away; afterwards every post is counted.

Simulators also do what was asked and answer 5xx. One post in twenty is withdrawn while it is under way.

Half of the accounts are pages (a third of their posts with photos), half are OAs, whose articles are worked on for
a while, are in no list until then, and have an id only afterwards. All waits are a hundredth of the usual ones.

A database of its own is made beside the configured one (a file, or `<name>_faults`), and dropped afterwards. Only
loopback. LOA_BENCH_POSTS (2000), LOA_BENCH_SECONDS (1800) bound it.
"""

from __future__ import annotations

import collections
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from loa.channels.facebook.sim import FacebookSim
from loa.channels.rules import IN_THE_WAY
from loa.channels.sim.server import Faults
from loa.channels.zalo.sim import LIVES, ZaloSim

#: accounts, and how many of them are OAs
PAGES, OAS = 20, 10
WORKERS = 2
#: seconds an article is worked on: as with all waits, a hundredth
WORKS_FOR = 0.8
#: seconds between two kills
KILLS = (0.7, 2.5)
#: how often each of the five faults strikes
OFTEN = 0.05
#: one post of so many is withdrawn while it is under way
WITHDRAWN = 20


def run(out: Callable[..., None]) -> None:
    """Print what became of every post; a post lost or doubled is an error."""
    posts = int(os.environ.get("LOA_BENCH_POSTS", "2000"))
    longest = float(os.environ.get("LOA_BENCH_SECONDS", "1800"))
    with tempfile.TemporaryDirectory(prefix="loa-faults-") as folder:
        found = fault_run(Path(folder), posts=posts, longest=longest)
    out("posts queued", str(posts), "workers killed", str(found["kills"]))
    out("on the page exactly once", str(found["once"]), "requests made to fail", str(found["faults"]))
    out("left for a person (chưa rõ)", str(found["unknown"]), "posts/s", f"{posts / found['seconds']:.0f}")
    out("of them articles of Zalo", str(found["articles"]), "posts with photos", str(found["photos"]))
    out("lost", str(found["lost"]), "allowed", "0")
    if found["waiting"]:
        out("still waiting when the time was over", str(found["waiting"]), "allowed", "0")
    out("doubled", str(found["doubled"]), "allowed", "0")
    out("out of order", str(found["disordered"]), "allowed", "0")
    out("taken for another, or without its photos", str(found["mistaken"]), "allowed", "0")
    out("withdrawn while under way", str(found["withdrawn"]), "of them for a person", str(found["asked"]))
    out("withdrawn and still out", str(found["staying"]), "allowed", "0")
    if any(found[name] for name in ("lost", "doubled", "disordered", "mistaken", "staying")):
        raise SystemExit(
            "delivery: a post was lost, doubled, out of order, taken for another or withdrawn in vain"
        )
    if found["waiting"]:
        raise SystemExit("delivery: the time was over before every post was settled (LOA_BENCH_SECONDS)")


def fault_run(folder: Path, *, posts: int, longest: float) -> dict[str, Any]:
    """Queue `posts`, let workers send and die, count. Keys: once, unknown, waiting, lost, doubled …"""
    environment, servers = sim_environment(folder, oas=OAS)
    sims = [server.simulator for server in servers]
    environment |= {
        "LOA_DELIVERY_LEASE": "5",
        "LOA_DELIVERY_TIMEOUT": "2",
        "LOA_DELIVERY_PACE": "1",  # a hundredth of the usual waits
    }
    try:
        loa(environment, "migrate", "-v", "0")
        loa(environment, "faultrun", "fill", str(posts), str(PAGES), str(OAS))
        for number, sim in enumerate(sims, 11):
            dice = random.Random(number)  # noqa: S311 - faults, no secrets
            sim.faults = Faults(OFTEN, OFTEN, error=OFTEN, error_after=OFTEN, rate=OFTEN, dice=dice)
        start = time.monotonic()
        kills = _work(environment, longest, posts // WITHDRAWN)
        seconds = time.monotonic() - start
        rows = loa(environment, "faultrun", "list").splitlines()
    finally:
        stop(servers)
        drop(environment["DATABASE_URL"])
    faults = int(sum(len(sim.calls) for sim in sims) * OFTEN * 5)
    return {**_count(rows, *sims), "kills": kills, "seconds": seconds, "faults": faults}


def sim_environment(folder: Path, *, oas: int = 0) -> tuple[dict[str, str], list[Any]]:
    """(environment of workers with a database of their own, the servers of Facebook and, with `oas`, of Zalo)."""
    sim, zalo = FacebookSim(), ZaloSim()
    names = [(str(9000 + n), f"Trang {n}", f"token-{n}") for n in range(PAGES)]
    sim.state["pages"] = {key: {"name": name, "token": token} for key, name, token in names[oas:]}
    zalo.works_for = WORKS_FOR
    zalo.state["oas"] = {key: {"name": name} for key, name, _token in names[:oas]}
    zalo.state["tokens"] = [
        {"oa": key, "access": token, "refresh": f"fresh-{token}", "dies": zalo.clock() + LIVES}
        for key, _name, token in names[:oas]
    ]
    servers = [sim.serve(), zalo.serve()] if oas else [sim.serve()]
    urls = [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    environment = {
        **os.environ,
        "LOA_DATA_DIR": str(folder),
        "DATABASE_URL": database(folder),
        "LOA_FACEBOOK_GRAPH_URL": urls[0],
        "LOA_ZALO_OPENAPI_URL": urls[-1],
        "LOA_ZALO_OAUTH_URL": urls[-1],
        "LOA_LOG_LEVEL": "ERROR",
    }
    return environment, servers


def stop(servers: list[Any]) -> None:
    """End simulators."""
    for server in servers:
        server.shutdown()
        server.server_close()


def _work(environment: dict[str, str], longest: float, withdrawn: int) -> int:
    """Keep two workers alive and kill one of them every now and then, until nothing is left to do.

    Beside them so many posts are withdrawn, by a process that is not killed.
    """
    command = [sys.executable, "-m", "loa.cli", "faultrun", "withdraw", str(withdrawn)]
    withdraws = subprocess.Popen(command, env=environment)  # noqa: S603
    dice = random.Random(5)  # noqa: S311 - when to kill, no secret
    workers: list[subprocess.Popen[bytes]] = []
    kills, end, look = 0, time.monotonic() + longest, 0.0
    try:
        while time.monotonic() < end:
            workers = [worker for worker in workers if worker.poll() is None]
            while len(workers) < WORKERS:
                command = [sys.executable, "-m", "loa.cli", "faultrun", "work"]
                workers.append(subprocess.Popen(command, env=environment))  # noqa: S603
            time.sleep(dice.uniform(*KILLS) + 2.5)  # a worker needs a while to start
            victim = dice.choice(workers)
            if victim.poll() is None:
                victim.send_signal(signal.SIGKILL)
                victim.wait()
                kills += 1
            if time.monotonic() > look:
                look = time.monotonic() + 8
                if loa(environment, "faultrun", "left").strip() == "0":
                    break
    finally:
        for worker in (withdraws, *workers):
            if worker.poll() is None:
                worker.kill()
                worker.wait()
    return kills


def _shown(facebook: FacebookSim, zalo: ZaloSim) -> list[tuple[str, str, str, int]]:
    """(page or OA, id, words, number of photos) of everything that is out, oldest first."""
    posts = [
        (post["id"].split("_")[0], post["id"], post["message"], len(post["media"]))
        for post in facebook.state["posts"]
    ]
    return posts + [(row["oa"], row["id"], row["body"]["title"], 0) for row in zalo.state["articles"]]


def _count(rows: list[str], facebook: FacebookSim, zalo: ZaloSim) -> dict[str, int]:
    """`rows`: "status page photos id withdrawal text" in the order in which they had to go out.

    "-" for an id not known and for what was not withdrawn; else how the withdrawal stands.
    """
    out = _shown(facebook, zalo)
    shown = collections.Counter(words for _page, _key, words, _photos in out)
    known = {key: (words, photos) for _page, key, words, photos in out}
    status, withdrawn, mistaken, photographed = {}, {}, 0, 0
    expected: dict[str, list[str]] = collections.defaultdict(list)
    for row in rows:
        state, page, photos, key, withdrawal, text = row.split(" ", 5)
        if withdrawal != "-":
            # Nothing is known of what a person is asked about, be it the post or its taking down.
            withdrawn[text] = "asked" if {state, withdrawal} & {"unknown", "todo"} else withdrawal
        status[text] = state
        expected[page].append(text)
        photographed += photos != "0"
        out_there = state == "sent" and text not in withdrawn
        mistaken += out_there and known.get(key) != (text, int(photos))
    disordered = 0
    for page, texts in expected.items():
        place = {text: number for number, text in enumerate(texts)}
        sure = [place[words] for where, _key, words, _n in out if where == page and status.get(words) == "sent"]
        disordered += sum(a > b for a, b in itertools.pairwise(sure))
    return {
        "once": sum(shown[text] == 1 for text in status),
        "articles": len(zalo.state["articles"]),
        "photos": photographed,
        "unknown": sum(state == "unknown" for state in status.values()),
        "doubled": sum(count > 1 for count in shown.values()),
        "waiting": sum(state in IN_THE_WAY for state in status.values()),
        "lost": sum(
            state not in ("sent", "unknown", *IN_THE_WAY) or (state == "sent" and not shown[text])
            for text, state in status.items()
            if text not in withdrawn
        ),
        "withdrawn": len(withdrawn),
        "asked": sum(stands == "asked" for stands in withdrawn.values()),
        "staying": sum(shown[text] > 0 and stands != "asked" for text, stands in withdrawn.items()),
        "disordered": disordered,
        "mistaken": mistaken,
    }


def loa(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "loa.cli", *arguments], env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def database(folder: Path) -> str:
    """A fresh database of the same kind as the configured one."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{folder / 'faults.sqlite3'}"
    name = f"{database['NAME']}_faults"
    _admin(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
    who, where = f"{database['USER']}:{database['PASSWORD']}@", f"{database['HOST']}:{database['PORT']}"
    host = who + where if database["HOST"] else ""
    return f"postgresql://{host}/{name}"


def drop(url: str) -> None:
    if url.startswith("postgresql"):
        _admin(f'DROP DATABASE IF EXISTS "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def _admin(*statements: str) -> None:
    from django.db import connection

    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(statement)
