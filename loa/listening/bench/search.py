"""Search and screens of listening at a million items, on the configured kind of database.

A database of its own is made beside the configured one (a file, or `<name>_listening`) and dropped afterwards.
LOA_BENCH_ITEMS (1,000,000) sets the size; with LOA_BENCH_DIR the database stays and the next run uses it again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

#: milliseconds
SEARCH_LIMIT, PAGE_LIMIT = 50, 300


def run(out: Callable[..., None]) -> None:
    """Fill, measure, print; a bar that is missed is an error."""
    items = int(os.environ.get("LOA_BENCH_ITEMS", "1000000"))
    kept = os.environ.get("LOA_BENCH_DIR")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        _run(out, Path(kept), items, keep=True)
        return
    with tempfile.TemporaryDirectory(prefix="loa-listening-") as folder:
        _run(out, Path(folder), items, keep=False)


def _run(out: Callable[..., None], folder: Path, items: int, *, keep: bool) -> None:
    sqlite = connection.vendor == "sqlite"
    name = f"{settings.DATABASES['default']['NAME']}_listening"
    url = f"sqlite:///{folder / 'listening.sqlite3'}" if sqlite else _beside(name)
    environment = {**os.environ, "DATABASE_URL": url, "LOA_DATA_DIR": str(folder), "LOA_LOG_LEVEL": "ERROR"}
    ready = folder / f"filled-{connection.vendor}-{items}"
    try:
        if not ready.exists():
            if not sqlite:
                _admin(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}"')
            _loa(environment, "migrate", "-v", "0")
            start = time.monotonic()
            filled = json.loads(_loa(environment, "listenbench", "fill", str(items)).splitlines()[-1])
            ready.write_text(json.dumps({**filled, "seconds": time.monotonic() - start}))
        filled = json.loads(ready.read_text())
        found = json.loads(_loa(environment, "listenbench", "measure").splitlines()[-1])
    finally:
        if not sqlite and not keep:
            _admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    out("items", f"{items}", "words each, on average", f"{filled['words']:.0f}")
    out("filled in", f"{filled['seconds']:.0f} s", "database", f"{found['vendor']}, {found['megabytes']:.0f} MB")
    late = []
    for what, row in found["searches"].items():
        out(what, f"{row['p95']:.1f} ms", f"p50 ({row['clock']} time)", f"{row['p50']:.1f} ms")
    out(
        "all searches",
        f"{found['all']['p95']:.1f} ms",
        "p50",
        f"{found['all']['p50']:.1f} ms",
        f"bar {SEARCH_LIMIT} ms",
    )
    if found["all"]["p95"] > SEARCH_LIMIT:
        late.append("searches")
    out(
        "baseline: icontains over the texts",
        f"{found['baseline']:.0f} ms",
        "the same question in the index",
        f"{found['same']:.1f} ms",
    )
    for what, row in found["pages"].items():
        out(what, f"{row['p95']:.0f} ms", "p50", f"{row['p50']:.0f} ms, {row['queries']} queries, {row['kb']} KB")
        if row["p95"] > PAGE_LIMIT:
            late.append(what)
    if late:
        raise SystemExit("listening-search: over the bar: " + ", ".join(late))


def _beside(name: str) -> str:
    database: Any = settings.DATABASES["default"]
    who, where = f"{database['USER']}:{database['PASSWORD']}@", f"{database['HOST']}:{database['PORT']}"
    return f"postgresql://{who + where if database['HOST'] else ''}/{name}"


def _loa(environment: dict[str, str], *args: str) -> str:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-m", "loa.cli", *args], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"loa {' '.join(args)}: {done.stderr[-2000:]}")
    return done.stdout


def _admin(*statements: str) -> None:
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute(statement)
