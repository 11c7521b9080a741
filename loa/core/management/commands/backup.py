"""`loa backup FOLDER`: the whole installation in one file, for a timer of the machine to call every night."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.core.backup import backup
from loa.core.errors import AppError


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu, tệp đã tải lên và khoá vào một tệp .tar.gz."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="thư mục chứa các bản sao lưu")
        parser.add_argument("--keep", type=int, default=14, help="giữ bao nhiêu bản mới nhất (14)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError("--keep phải từ 1 trở lên.")
        try:
            path = backup(options["folder"], keep=options["keep"])
        except AppError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"Đã sao lưu vào {path} ({path.stat().st_size / 1024 / 1024:.1f} MB).")
