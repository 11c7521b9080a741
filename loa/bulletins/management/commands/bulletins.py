"""`loa bulletins send`: a process that does nothing but send. `loa bulletins bounces`: read reports that came
back."""

from __future__ import annotations

import imaplib
import mailbox
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.bulletins import dsn, returned, services
from loa.bulletins.engine import run


class Command(BaseCommand):
    help = "Send bulletins, or read what came back."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        send = verbs.add_parser("send", help="send what is due, beside the workers")
        send.add_argument("--until-empty", action="store_true", help="stop when nothing is due")
        bounces = verbs.add_parser(
            "bounces", help="read reports: one mail from stdin, a Maildir or mbox, or a box by IMAP"
        )
        bounces.add_argument(
            "path", nargs="?", type=Path, help="Maildir folder or mbox file; read mails are removed"
        )
        bounces.add_argument(
            "--imap", action="store_true", help="LOA_BOUNCE_IMAP_HOST, _USER, _PASSWORD; read mails are deleted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "send":
            self.send(until_empty=options["until_empty"])
        elif options["imap"]:
            self.report(self.from_imap())
        elif options["path"]:
            self.report(self.from_folder(options["path"]))
        else:
            self.report(iter([sys.stdin.buffer.read(dsn.MOST_BYTES)]))

    def send(self, *, until_empty: bool) -> None:
        """Look for work once a second."""
        while True:
            run.recover()
            services.start_due()
            done = run.send_for(30)
            if not done:
                if until_empty:
                    return
                time.sleep(1)

    def report(self, mails: Iterator[bytes]) -> None:
        """Believe what can be believed, and say how many."""
        counts = returned.count(mails)
        self.stdout.write(
            f"Thư báo lỗi đã tính: {counts['counted']}; chỉ ghi nhận: {counts['noted']}; "
            f"không phải thư báo của bản tin: {counts['unknown']}."
        )

    def from_folder(self, path: Path) -> Iterator[bytes]:
        """Mails of a Maildir or mbox; each is removed once its report is in the database."""
        if not path.exists():
            raise CommandError(f"Không có hộp thư {path}.")
        box: Any = mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
        box.lock()
        try:
            for key in list(box.keys()):
                yield box.get_bytes(key)
                box.remove(key)
        finally:
            box.flush()
            box.unlock()

    def from_imap(self) -> Iterator[bytes]:
        """Mails of the box of the settings; raises CommandError when none is named or it cannot be opened."""
        if not settings.LOA_BOUNCE_IMAP_HOST:
            raise CommandError(
                "Chưa có LOA_BOUNCE_IMAP_HOST. Đặt máy chủ, _USER và _PASSWORD của hộp thư báo lỗi."
            )
        try:
            yield from returned.from_imap()
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"Không mở được hộp thư báo lỗi: {error}") from error
