"""`loa channelkey add|reseal|drop`: another key for what is sealed (docs/how-to/change-the-channel-key.md)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.channels import vault
from loa.channels.services.resealing import Resealed, reseal
from loa.core.errors import Conflict


class Command(BaseCommand):
    help = "Change the key under which tokens, numbers and sealed words lie in the database."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("add", help="a new key in front of the old ones; the old ones go on opening")
        again = verbs.add_parser("reseal", help="seal everything under the first key, in one transaction")
        again.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        again.add_argument(
            "--leave-lost", action="store_true", help="leave what no key opens; those pages are connected again"
        )
        verbs.add_parser("drop", help="forget the old keys, once nothing lies under them")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "add":
            self.add()
        elif options["verb"] == "drop":
            self.drop()
        else:
            self.reseal(dry_run=options["dry_run"], leave_lost=options["leave_lost"])

    def add(self) -> None:
        """A new key: into the file, or shown where the environment holds the keys."""
        fresh = vault.make_key()
        if settings.LOA_CHANNEL_KEY:
            old = ",".join(vault.keys())
            self.stdout.write("Khoá nằm ở biến môi trường. Đặt giá trị này rồi khởi động lại mọi máy:")
            self.stdout.write(f"LOA_CHANNEL_KEY={fresh},{old}")
            return
        vault.write_keys([fresh, *vault.keys()])
        self.stdout.write(f"Đã thêm khoá mới vào {vault.key_file().name}; khoá cũ vẫn mở được.")

    def reseal(self, *, dry_run: bool, leave_lost: bool) -> None:
        if len(vault.keys()) < 2:
            raise CommandError("Mới có một khoá. Hãy chạy “loa channelkey add” trước.")
        try:
            told = reseal(dry_run=dry_run, leave_lost=leave_lost)
        except Conflict as error:
            raise CommandError(str(error)) from error
        self._say(told)
        self.stdout.write("Chạy thử: chưa đổi gì." if dry_run else "Xong. Tiếp theo: loa channelkey drop")

    def drop(self) -> None:
        """Only the first key stays; refused while something needs an old one."""
        keys = vault.keys()
        if len(keys) < 2:
            raise CommandError("Chỉ còn một khoá, không có khoá cũ để bỏ.")
        told = reseal(dry_run=True)
        if told.done:
            self._say(told)
            raise CommandError("Còn mục khoá bằng khoá cũ. Hãy chạy “loa channelkey reseal” trước.")
        if settings.LOA_CHANNEL_KEY:
            self.stdout.write("Không còn mục nào dùng khoá cũ. Đặt LOA_CHANNEL_KEY là khoá đầu rồi khởi động lại.")
            return
        vault.write_keys(keys[:1])
        self.stdout.write("Đã bỏ khoá cũ. Bản sao lưu trước hôm nay vẫn cần khoá ấy: hãy giữ nó cùng bản sao.")

    def _say(self, told: Resealed) -> None:
        for name in sorted({*told.done, *told.fresh, *told.lost}):
            done, fresh, lost = (found.get(name, 0) for found in (told.done, told.fresh, told.lost))
            tail = f", {lost} không mở được bằng khoá nào" if lost else ""
            self.stdout.write(f"  {name}: {done} khoá lại, {fresh} đã ở khoá mới{tail}")
