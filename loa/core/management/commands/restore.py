"""`loa restore FILE`: a backup put back into an empty installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.core.backup import restore
from loa.core.errors import AppError


class Command(BaseCommand):
    help = "Phục hồi từ một bản sao lưu vào thư mục dữ liệu và cơ sở dữ liệu còn trống."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            manifest = restore(options["file"])
        except AppError as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(f"Đã phục hồi bản sao lưu lúc {manifest.at}, {manifest.files} tệp.")
        call_command("prepare")
