"""`loa prepare`: bring database, static files, translations and (in the demo) data up to date before serving."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from loa.core.prepared import Stamp, alone, fingerprint, migrations_of, ready_stamp
from loa.core.serving import before_serving, welcome_lines


class Command(BaseCommand):
    help = "Prepare database and static files; `loa serve` calls it when something has changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo when the database is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with alone(settings, waiting=lambda: self.stdout.write("Đang chờ một lần khởi động khác chuẩn bị xong …")):
            # Whoever held the right before may have done it all.
            if ready_stamp(settings, demo=options["demo"]) is None:
                self.prepare(demo=options["demo"])

    def prepare(self, *, demo: bool) -> None:
        """Everything in its order; the stamp last, so that what was interrupted is done again."""
        call_command("check")
        self.stdout.write("Đang chuẩn bị cơ sở dữ liệu …")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        for _name, prepare in before_serving.items():
            prepare(command=self, demo=demo)
        lines = [line for more in welcome_lines for line in more(demo=demo)]
        applied = migrations_of(settings.DATABASES["default"])
        Stamp(fingerprint(settings), demo, lines, applied).write(settings.DATA_DIR)
