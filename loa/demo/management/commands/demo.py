"""`loa demo`: fill the database with the demo Sở; `--reset` empties it first."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from loa.demo.build import build
from loa.org.models import Unit


class Command(BaseCommand):
    help = "Fill the database with the demo Sở (600 schools, 300 stories unless said otherwise)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--units", type=int, default=600, help="schools and centres")
        parser.add_argument("--stories", type=int, default=300, help="published stories made in bulk")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--reset", action="store_true", help="empty the database and uploads first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            self.empty()
        call_command("migrate", verbosity=0, interactive=False)
        if Unit.objects.exists():
            raise CommandError("Cơ sở dữ liệu đã có đơn vị. Dùng `loa demo --reset` nếu muốn xoá hết và dựng lại.")
        build(units=options["units"], stories=options["stories"], seed=options["seed"], say=self.stdout.write)

    def empty(self) -> None:
        """Throw database content and uploads away; on SQLite the file itself, which is quicker."""
        if connection.vendor == "sqlite":
            name = str(connection.settings_dict["NAME"])
            connection.close()
            for suffix in ("", "-wal", "-shm"):
                Path(name + suffix).unlink(missing_ok=True)
        else:
            call_command("flush", verbosity=0, interactive=False)
        for folder in ("media", "private", "sim", "prepared"):
            path = settings.DATA_DIR / folder
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
