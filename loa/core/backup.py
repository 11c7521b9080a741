"""One file that holds an installation: database, uploads, keys. What `loa backup` writes and `loa restore` reads.

    loa-20261129-0130.tar.gz
        manifest.json        what it is (`Manifest`)
        database             a copy of the SQLite file, or pg_dump's custom format
        media/ private/      what people uploaded
        keys/                secret-key and channel-key, where they lie in the data folder

The database is copied first: a file that came later is one too many, never one too few. The archive holds keys and
citizens' data: it is readable by its owner alone, and whoever stores it elsewhere must encrypt it.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.prepared import migrations_of

FOLDERS = ("media", "private")
KEYS = ("secret-key", "channel-key")


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `vendor`: sqlite or postgresql; `migrations`: its state (`migrations_of`)."""

    vendor: str
    at: str
    migrations: str
    files: int


@dataclass(frozen=True)
class LastBackup:
    """The last one made here: when, where, how large."""

    at: str
    path: str
    bytes: int

    @staticmethod
    def stamp() -> Path:
        """The file in the data folder that remembers it."""
        return Path(settings.DATA_DIR) / "backup.json"

    @classmethod
    def read(cls) -> LastBackup | None:
        """None when there was none, or its stamp cannot be read."""
        try:
            return cls(**json.loads(cls.stamp().read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def backup(folder: Path, *, keep: int = 14) -> Path:
    """Write an archive into `folder`, look whether it can be read back, drop all but the `keep` newest.

    Returns its path. Raises InvalidInput when the folder cannot be written or pg_dump is missing; an archive that
    is not whole never has the name of one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = tempfile.TemporaryDirectory(prefix=".loa-", dir=folder)
    except OSError as error:
        raise InvalidInput(
            _("Không ghi được vào %(folder)s: %(why)s.") % {"folder": folder, "why": error}
        ) from error
    now = clock.local(clock.now())
    with work as place:
        copied, made = Path(place) / "database", Path(place) / "archive"
        _copy_database(copied)
        manifest = Manifest(
            connection.vendor, now.isoformat(), migrations_of(settings.DATABASES["default"]), _count_files()
        )
        made.touch(mode=0o600)
        with tarfile.open(made, "w:gz", compresslevel=3) as archive:
            described = Path(place) / "manifest.json"
            described.write_text(json.dumps(asdict(manifest)), encoding="utf-8")
            archive.add(described, "manifest.json")
            archive.add(copied, "database")
            for name in FOLDERS:
                if (settings.DATA_DIR / name).is_dir():
                    archive.add(settings.DATA_DIR / name, name)
            for name in KEYS:
                if (settings.DATA_DIR / name).is_file():
                    archive.add(settings.DATA_DIR / name, f"keys/{name}")
        read_manifest(made)
        path = folder / f"loa-{now:%Y%m%d-%H%M%S}.tar.gz"
        made.replace(path)
    for old in sorted(folder.glob("loa-*.tar.gz"))[:-keep]:
        old.unlink()
    stamp = LastBackup(now.isoformat(), str(path), path.stat().st_size)
    LastBackup.stamp().write_text(json.dumps(asdict(stamp)), encoding="utf-8")
    return path


def read_manifest(path: Path) -> Manifest:
    """What an archive says of itself, once every byte of it was read. Raises InvalidInput."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            names = archive.getnames()  # to the end: a torn archive fails here
            described = archive.extractfile("manifest.json")
            if described is None or "database" not in names:
                raise KeyError("database")
            return Manifest(**json.loads(described.read()))
    except (OSError, EOFError, KeyError, TypeError, ValueError, tarfile.TarError) as error:
        raise InvalidInput(
            _("%(file)s không phải bản sao lưu của Loa, hoặc tệp bị hỏng. Hãy chọn bản khác.") % {"file": path}
        ) from error


def restore(path: Path) -> Manifest:
    """Put an archive back into an installation that is still empty; whoever calls prepares (migrates) afterwards.

    Raises InvalidInput (not an archive, made on the other kind of database, a tool is missing), Conflict (there is
    something already: a restore never overwrites).
    """
    manifest = read_manifest(path)
    if manifest.vendor != connection.vendor:
        raise InvalidInput(
            _("Bản sao lưu này của %(theirs)s, nơi này dùng %(ours)s. Hãy đặt DATABASE_URL cho đúng loại.")
            % {"theirs": manifest.vendor, "ours": connection.vendor}
        )
    data = Path(settings.DATA_DIR)
    if connection.introspection.table_names() or any((data / name).exists() for name in FOLDERS):
        raise Conflict(
            _("Nơi này đã có dữ liệu. Hãy phục hồi vào thư mục dữ liệu mới và cơ sở dữ liệu trống."),
            code="core.restore.full",
        )
    connection.close()
    with tempfile.TemporaryDirectory(prefix=".loa-", dir=data) as place:
        with tarfile.open(path, "r:gz") as archive:
            archive.extractall(place, filter="data")
        found = Path(place)
        _put_database(found / "database")
        for name in FOLDERS:
            if (found / name).is_dir():
                shutil.move(found / name, data / name)
        for key in KEYS:
            if (found / "keys" / key).is_file():
                shutil.move(found / "keys" / key, data / key)
                (data / key).chmod(0o600)
    return manifest


def _count_files() -> int:
    return sum(1 for name in FOLDERS for path in (settings.DATA_DIR / name).rglob("*") if path.is_file())


def _copy_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        with closing(sqlite3.connect(target)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise InvalidInput(_("Bản sao của cơ sở dữ liệu bị lỗi. Hãy kiểm tra ổ đĩa rồi sao lưu lại."))
        return
    _postgres("pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    _postgres("pg_restore", "--list", str(target))


def _put_database(source: Path) -> None:
    if connection.vendor == "sqlite":
        shutil.move(source, str(connection.settings_dict["NAME"]))
    else:
        _postgres("pg_restore", "--no-owner", "--exit-on-error", str(source), to_argument=True)


def _postgres(tool: str, *arguments: str, to_argument: bool = False) -> None:
    """Run one of PostgreSQL's tools on our database; the password goes through the environment."""
    database: dict[str, Any] = connection.settings_dict
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "NAME": "PGDATABASE"}
    environment = {
        **os.environ,
        **{variable: str(database[name]) for name, variable in names.items() if database.get(name)},
    }
    if to_argument:
        arguments = (*arguments, f"--dbname={database['NAME']}")
    program = shutil.which(tool)
    if program is None:
        raise InvalidInput(_("Máy này chưa có %(tool)s. Hãy cài gói postgresql-client.") % {"tool": tool})
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [program, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or [""]
        raise InvalidInput(_("%(tool)s không làm được: %(why)s") % {"tool": tool, "why": why[0]})
