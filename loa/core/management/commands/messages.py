"""`loa messages`: bring the Vietnamese catalogue up to the installed libraries and compile it.

What a new version of a library says and ours does not know is added at the end, empty, for a person to
translate; the command then ends with status 1 so that nobody overlooks it. `--collect en` writes our own
strings (which are Vietnamese in the source) into locale/en for a translator, keeping what is translated there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from loa.core import catalogue

_HEADER = "".join(
    f"{line}\n"
    for line in (
        'msgid ""',
        'msgstr ""',
        '"Project-Id-Version: Loa\\n"',
        '"Language: {language}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        '"Plural-Forms: {plural}\\n"',
    )
)


class Command(BaseCommand):
    help = "Cập nhật và biên dịch bản dịch giao diện."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--collect", metavar="NGÔN_NGỮ", help="gom câu chữ của Loa để dịch, ví dụ: en")

    def handle(self, *args: Any, collect: str | None, **options: Any) -> None:
        if collect:
            self._collect(collect)
        added = 0
        for domain in catalogue.DOMAINS:
            lacking = catalogue.missing(domain)
            if lacking:
                with catalogue.vietnamese(domain).open("a", encoding="utf-8") as file:
                    file.writelines("\n" + catalogue.entry(message, [package]) for package, message in lacking)
            added += len(lacking)
        for path in catalogue.compile_all(force=True):
            self.stdout.write(f"Đã biên dịch {path}")
        if added:
            self.stderr.write(f"Còn {added} câu của thư viện chưa có tiếng Việt, đã ghi ở cuối locale/vi/…/*.po.")
            sys.exit(1)

    def _collect(self, language: str) -> None:
        path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        known = {message.key: message.text for message in catalogue.read_po(path)} if path.exists() else {}
        plural = catalogue.PLURALS.get(language, catalogue.PLURALS["en"])
        found = catalogue.own_messages(Path(settings.BASE_DIR) / "loa")
        entries = []
        for key, (message, places) in sorted(found.items(), key=lambda item: (item[0][1], item[0][0] or "")):
            text = known.get(key, "")
            entries.append(
                catalogue.entry(catalogue.Message(message.msgid, message.plural, message.context, text), places)
            )
        path.write_text("\n".join([_HEADER.format(language=language, plural=plural), *entries]), "utf-8")
        left = sum(not known.get(key) for key in found)
        self.stdout.write(f"{path}: {len(found)} câu, {left} câu chưa dịch.")
