"""`loa listenbench fill|measure …`: the half of `loa bench listening-search` that runs in the bench's own
database.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from loa.listening.bench import large


class Command(BaseCommand):
    help = "For loa bench listening-search: fill a database of its own, measure in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["fill", "measure"])
        parser.add_argument("items", type=int, nargs="?", default=100_000)

    def handle(self, *args: Any, **options: Any) -> None:
        found = large.fill(options["items"]) if options["verb"] == "fill" else large.measure()
        self.stdout.write(json.dumps(found, ensure_ascii=False))
