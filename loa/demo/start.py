"""What the demo does when Loa starts; the builder itself is imported only when there is something to build."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from loa.org.models import Unit


def building() -> Path:
    """A file that is there from the first row of the demo to the last: a half demo is known by it."""
    return Path(settings.DATA_DIR) / "demo.building"


def load_if_empty(*, command: Any, demo: bool) -> None:
    """Fill an empty database when the demo is asked for, and one whose building was broken off; all else stays."""
    if not demo:
        return
    if building().exists():
        command.stdout.write("Lần dựng Sở mẫu trước dừng giữa chừng: dựng lại từ đầu.")
        empty()
        call_command("migrate", verbosity=0, interactive=False)
    if not Unit.objects.exists():
        from loa.demo.build import build

        build(say=command.stdout.write)


def empty() -> None:
    """Throw database content and uploads away; on SQLite the file itself, which is quicker."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
    else:
        call_command("flush", verbosity=0, interactive=False)
    for folder in ("media", "private", "sim", "prepared", building().name):
        path = settings.DATA_DIR / folder
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
