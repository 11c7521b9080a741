"""`loa search rebuild [KIND …]` makes the full-text index anew; `loa search find WORDS` shows what it finds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.core import fts


class Command(BaseCommand):
    help = "Làm lại chỉ mục tìm kiếm (rebuild) hoặc tìm thử (find)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["rebuild", "find"])
        parser.add_argument(
            "words", nargs="*", help="rebuild: loại nội dung (bỏ trống là tất cả); find: từ cần tìm"
        )

    def handle(self, *args: Any, verb: str, words: list[str], **options: Any) -> None:
        if verb == "rebuild":
            unknown = set(words) - set(fts.registered())
            if unknown:
                known = ", ".join(fts.registered()) or "(chưa có loại nào)"
                raise CommandError(f"Không có loại {', '.join(sorted(unknown))}. Các loại: {known}.")
            for kind in words or fts.registered():
                self.stdout.write(f"{kind}: {fts.rebuild(kind)}")
            return
        found = fts.search(" ".join(words))
        for hit in found.hits:
            self.stdout.write(f"{hit.rank} {hit.kind} {hit.object_id} {hit.title}")
        self.stdout.write(f"{'hơn ' if found.more else ''}{found.count} kết quả")
