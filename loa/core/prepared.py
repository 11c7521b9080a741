"""Whether everything is prepared for serving, answered without loading Django: that is what a start waits for."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: a table of ours that every prepared database has
TABLE = "core_workerbeat"
_WATCHED = ("loa/**/migrations/*.py", "loa/**/static/**/*", "locale/**/*.po", "requirements/base.txt")


@dataclass(frozen=True)
class Stamp:
    """What the last preparation left: for which code and settings, with demo or not, what to greet with."""

    mark: str
    demo: bool
    lines: list[str] = field(default_factory=list)

    def write(self, data_dir: Path) -> None:
        """Replace the stamp in one step."""
        new = data_dir / "prepared.new"
        new.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")
        new.replace(data_dir / "prepared")

    @classmethod
    def read(cls, data_dir: Path) -> Stamp | None:
        """The stamp, or None when there is none that can be read."""
        try:
            return cls(**json.loads((data_dir / "prepared").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def fingerprint(settings: Any) -> str:
    """Changes when migrations, static files, installed versions, the database or LOA_ settings do.

    Of files: names, sizes and times, not contents. `settings`: the settings module, or django.conf.settings.
    """
    root = Path(settings.BASE_DIR)
    database = settings.DATABASES["default"]
    # Django adds defaults of its own to that dictionary: only what says which database it is.
    where = [str(database.get(name) or "") for name in ("ENGINE", "NAME", "HOST", "PORT")]
    digest = hashlib.sha256(repr(where).encode())
    for name in sorted(os.environ):
        if name.startswith("LOA_") and name != "LOA_DEMO":
            digest.update(f"{name}={os.environ[name]}\n".encode())
    for pattern in _WATCHED:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def database_is_there(database: dict[str, Any]) -> bool:
    """Whether the database holds our tables: somebody may have deleted it since."""
    if database["ENGINE"].endswith("sqlite3"):
        path = Path(str(database["NAME"]))
        if not path.is_file():
            return False
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            try:
                rows = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (TABLE,))
                return rows.fetchone() is not None
            except sqlite3.Error:
                return False
    import psycopg
    from psycopg.conninfo import make_conninfo

    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    options = {ours: str(database[theirs]) for theirs, ours in names.items() if database.get(theirs)}
    try:
        with psycopg.connect(make_conninfo(**options, connect_timeout=5)) as connection:
            row = connection.execute("SELECT to_regclass(%s)", (TABLE,)).fetchone()
            return row is not None and row[0] is not None
    except psycopg.Error:
        return False


def ready_stamp(settings: Any, *, demo: bool) -> Stamp | None:
    """The stamp when nothing is left to prepare; None when `loa prepare` must run first."""
    stamp = Stamp.read(Path(settings.DATA_DIR))
    if stamp is None or (demo and not stamp.demo) or stamp.mark != fingerprint(settings):
        return None
    return stamp if database_is_there(settings.DATABASES["default"]) else None
