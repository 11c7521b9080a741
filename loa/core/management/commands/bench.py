"""`loa bench [name …]`: run the registered benchmarks and print figures beside their baselines."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.core.bench import benches


class Command(BaseCommand):
    help = "Run benchmarks; without names, all of them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*")
        parser.add_argument("--path", type=Path, help="thư mục chứa bộ dữ liệu, cho những phép đo cần đến")

    def handle(self, *args: Any, **options: Any) -> None:
        known = dict(benches.items())
        unknown = set(options["names"]) - set(known)
        if unknown:
            raise CommandError(f"Không có phép đo: {', '.join(sorted(unknown))}. Đang có: {', '.join(known)}.")
        for name in options["names"] or known:
            self.stdout.write(f"\n{name}")
            run = importlib.import_module(known[name]).run
            wants = inspect.signature(run).parameters.get("path")
            if wants is None or (options["path"] is None and wants.default is None):
                run(self.line)
            elif options["path"] is None:
                self.stdout.write("  cần dữ liệu: loa bench " + name + " --path THƯ_MỤC")
            elif not options["path"].is_dir():
                raise CommandError(f"Không có thư mục {options['path']}.")
            else:
                run(self.line, path=options["path"])

    def line(self, what: str, value: str, baseline: str = "", baseline_value: str = "", ratio: str = "") -> None:
        """One figure; the baseline stands beside it."""
        rest = f"   {baseline}: {baseline_value}" if baseline else ""
        self.stdout.write(f"  {what:<58} {value:>12}{rest}{f'   ratio {ratio}' if ratio else ''}")
