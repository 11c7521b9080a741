"""Whether everything is prepared for serving, answered without loading Django: that is what a start waits for."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

#: answered by every prepared database, from a table of ours
IS_THERE = "SELECT 1 FROM core_workerbeat LIMIT 1"
_WATCHED = ("loa/**/migrations/*.py", "loa/**/static/**/*", "locale/**/*.po", "requirements/base.txt")


@dataclass(frozen=True)
class Stamp:
    """What the last preparation left: for which code and settings, with demo or not, what to greet with."""

    mark: str
    demo: bool
    lines: list[str] = field(default_factory=list)
    #: of the database (`migrations_of`)
    migrations: str = ""

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

    Keyed, so that the stamp gives away no password of the environment. Of files: names, sizes and times, not
    contents. `settings`: the settings module, or django.conf.settings.
    """
    root = Path(settings.BASE_DIR)
    database = settings.DATABASES["default"]
    # Django adds defaults of its own to that dictionary: only what says which database it is.
    where = [str(database.get(name) or "") for name in ("ENGINE", "NAME", "HOST", "PORT")]
    digest = hmac.new(str(settings.SECRET_KEY).encode(), repr(where).encode(), "sha256")
    for name in sorted(os.environ):
        if name.startswith("LOA_") and name != "LOA_DEMO":
            digest.update(f"{name}={os.environ[name]}\n".encode())
    for pattern in _WATCHED:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                stat = path.stat()
                digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _conninfo(database: dict[str, Any]) -> str:
    from psycopg.conninfo import make_conninfo

    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    options = {ours: str(database[theirs]) for theirs, ours in names.items() if database.get(theirs)}
    return make_conninfo(**options, connect_timeout=5)


def _rows(database: dict[str, Any], question: str) -> list[Any] | None:
    """What the database answers, asked without Django; None when it gives no answer."""
    if database["ENGINE"].endswith("sqlite3"):
        path = Path(str(database["NAME"]))
        if not path.is_file():
            return None
        try:
            with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
                return connection.execute(question).fetchall()
        except sqlite3.Error:
            return None
    import psycopg

    try:
        with psycopg.connect(_conninfo(database)) as connection:
            return connection.execute(question.encode()).fetchall()
    except psycopg.Error:
        return None


def database_is_there(database: dict[str, Any]) -> bool:
    """Whether the database holds our tables: somebody may have deleted it since."""
    return _rows(database, IS_THERE) is not None


def migrations_of(database: dict[str, Any]) -> str:
    """One word for the migrations the database has: a copy from before an update may have been put back."""
    rows = _rows(database, "SELECT app, name FROM django_migrations ORDER BY app, name")
    return "" if rows is None else hashlib.sha256(repr(rows).encode()).hexdigest()


#: of PostgreSQL's advisory locks, the one that whoever prepares a database holds ("loa" in ASCII)
_ADVISORY = 0x6C6F61


@contextlib.contextmanager
def alone(settings: Any, *, waiting: Callable[[], object]) -> Iterator[None]:
    """Hold the right to prepare: two starts at once would make the same tables. `waiting` is called when another
    start has it; on PostgreSQL that may be on another machine. The right ends with the process that holds it.
    """
    database = settings.DATABASES["default"]
    with (Path(settings.DATA_DIR) / "prepare.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        if database["ENGINE"].endswith("sqlite3"):
            yield
            return
        import psycopg

        with psycopg.connect(_conninfo(database), autocommit=True) as connection:
            free = connection.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY]).fetchone()
            if free is None or not free[0]:
                waiting()
                connection.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY])
            yield


def ready_stamp(settings: Any, *, demo: bool) -> Stamp | None:
    """The stamp when nothing is left to prepare; None when `loa prepare` must run first."""
    stamp = Stamp.read(Path(settings.DATA_DIR))
    if stamp is None or (demo and not stamp.demo) or stamp.mark != fingerprint(settings):
        return None
    database = settings.DATABASES["default"]
    return stamp if database_is_there(database) and migrations_of(database) == stamp.migrations else None
