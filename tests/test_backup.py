"""An installation in one file, and put back into an empty one; on both databases, with their own tools."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from loa.core import clock
from loa.core.backup import LastBackup, backup, read_manifest, restore
from loa.core.errors import Conflict, InvalidInput
from loa.core.health import State
from loa.core.probes import backups

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(cast, settings, tmp_path):
    """An installation with a unit, an upload, a private file and its keys."""
    settings.DATA_DIR = tmp_path / "var"
    for name, text in (
        ("media/anh.jpg", "ảnh"),
        ("private/plans/ke-hoach.pdf", "kế hoạch"),
        ("static/a.css", "x"),
        ("secret-key", "k"),
    ):
        path = settings.DATA_DIR / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return settings.DATA_DIR


def test_everything_is_in_it_and_nobody_else_may_read_it(house, tmp_path):
    path = backup(tmp_path / "safe")
    manifest = read_manifest(path)
    assert (manifest.vendor, manifest.files) == (connection.vendor, 2)
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as archive:
        names = set(archive.getnames())
        assert {
            "manifest.json",
            "database",
            "media/anh.jpg",
            "private/plans/ke-hoach.pdf",
            "keys/secret-key",
        } <= names
        assert not [name for name in names if name.startswith("static")]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_it_comes_back_in_an_empty_place(house, cast, tmp_path):
    """By the command, in a process of its own, as somebody whose server has burnt down."""
    path = backup(tmp_path / "safe")
    new = tmp_path / "new"
    database = f"sqlite:///{new}/loa.sqlite3"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS loa_restored")
            cursor.execute("CREATE DATABASE loa_restored TEMPLATE template0")
        database = "postgresql:///loa_restored"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LOA_")},
        "LOA_DATA_DIR": str(new), "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }  # fmt: skip
    ask = (
        "from loa.core.backup import restore; from pathlib import Path; import django; django.setup();"
        "from django.conf import settings; settings.DATA_DIR.mkdir(exist_ok=True);"
        f"print(restore(Path({str(path)!r})).files);"
        "from loa.org.models import Unit; print(sorted(Unit.objects.values_list('slug', flat=True)))"
    )
    try:
        done = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        files, units = done.stdout.splitlines()
        assert files == "2"
        assert cast.school.slug in units
        assert (new / "media/anh.jpg").read_text(encoding="utf-8") == "ảnh"
        assert (new / "private/plans/ke-hoach.pdf").read_text(encoding="utf-8") == "kế hoạch"
        assert (new / "secret-key").read_text() == "k"
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP DATABASE loa_restored WITH (FORCE)")


def test_only_the_newest_are_kept(house, tmp_path):
    made = []
    for day in ("2026-11-27", "2026-11-28", "2026-11-29"):
        with clock.frozen(day):
            made.append(backup(tmp_path / "safe", keep=2))
    assert sorted((tmp_path / "safe").iterdir()) == made[1:]
    assert LastBackup.read().path == str(made[2])


def test_a_restore_overwrites_nothing(house, tmp_path):
    path = backup(tmp_path / "safe")
    with pytest.raises(Conflict, match="đã có dữ liệu"):
        restore(path)
    assert (house / "media/anh.jpg").read_text(encoding="utf-8") == "ảnh"


@pytest.mark.parametrize("harm", ["torn", "other", "empty", "missing"])
def test_what_is_no_backup_is_told(house, tmp_path, harm):
    path = backup(tmp_path / "safe")
    if harm == "torn":
        path.write_bytes(path.read_bytes()[:-200])
    elif harm == "other":
        with tarfile.open(path, "w:gz") as archive:
            archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    elif harm == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    with pytest.raises(InvalidInput, match="không phải bản sao lưu"):
        read_manifest(path)
    with pytest.raises(CommandError, match="không phải bản sao lưu"):
        call_command("restore", str(path))


def test_a_folder_that_cannot_be_written_is_told_and_leaves_nothing(house, tmp_path):
    (tmp_path / "safe").write_text("một tệp, không phải thư mục")
    with pytest.raises(InvalidInput, match="Không ghi được vào"):
        backup(tmp_path / "safe")
    assert LastBackup.read() is None


def test_the_system_page_says_when_nobody_saves(house, tmp_path, settings):
    settings.LOA_DEMO = False
    assert backups().state == State.LOOK
    assert "loa backup" in backups().todo
    with clock.frozen("2026-11-27"):
        backup(tmp_path / "safe")
        assert (backups().state, "27/11/2026" in backups().figure) == (State.GOOD, True)
    with clock.frozen("2026-11-30"):
        assert backups().state == State.LOOK


def test_the_copy_of_a_sqlite_database_is_whole(house, tmp_path, cast):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own file")
    with tarfile.open(backup(tmp_path / "safe")) as archive:
        archive.extract("database", tmp_path, filter="data")
    with closing(sqlite3.connect(tmp_path / "database")) as copy:
        assert copy.execute("SELECT count(*) FROM org_unit WHERE id = ?", [cast.school.pk]).fetchone() == (1,)
