"""`loa demo`: fill the database with the demo Sở; `--reset` empties it first."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.demo.build import build
from loa.demo.start import empty
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
            empty()
        call_command("migrate", verbosity=0, interactive=False)
        if Unit.objects.exists():
            raise CommandError("Cơ sở dữ liệu đã có đơn vị. Dùng `loa demo --reset` nếu muốn xoá hết và dựng lại.")
        build(units=options["units"], stories=options["stories"], seed=options["seed"], say=self.stdout.write)
