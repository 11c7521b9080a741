"""`loa faultrun fill|work|left|list`: the database parts of `loa bench delivery`."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loa.channels import engine
from loa.channels.models import ChannelAccount, ChannelSecret, Delivery, Post
from loa.channels.rules import IN_THE_WAY, Intent
from loa.channels.vault import seal
from loa.core import clock
from loa.org.models import Unit
from loa.org.rules import Kind


class Command(BaseCommand):
    help = "Parts of the fault run (see loa bench delivery)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=["fill", "work", "left", "list"])
        parser.add_argument("numbers", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["part"])(*options["numbers"])

    def fill(self, posts: int, pages: int) -> None:
        """`posts` deliveries that are due, spread over `pages` pages of one unit."""
        if Unit.objects.exists():
            raise CommandError("Chỉ chạy trên cơ sở dữ liệu trống.")
        now = clock.now()
        unit = Unit.objects.create(
            slug="so", name="Sở mẫu", short_name="Sở mẫu", kind=Kind.SO, founded_on=clock.today()
        )
        accounts = []
        for number in range(pages):
            account = ChannelAccount.objects.create(
                unit=unit, kind="facebook", name=f"Trang {number}", external_id=str(9000 + number)
            )
            ChannelSecret.objects.create(account=account, sealed=seal({"access_token": f"token-{number}"}))
            accounts.append(account)
        made = Post.objects.bulk_create(
            Post(
                source="faultrun",
                source_id=number,
                unit=unit,
                title=f"Bài {number}",
                payload={"text": f"Bài số {number:05} của đợt thử", "link": "", "title": f"Bài {number}"},
                key=f"faultrun-{number}",
            )
            for number in range(posts)
        )
        Delivery.objects.bulk_create(
            Delivery(post=post, account=accounts[index % pages], intent=Intent.PUBLISH, due_at=now, next_at=now)
            for index, post in enumerate(made)
        )

    def work(self) -> None:
        """Send until killed."""
        engine.run("faults", threading.Event())

    def left(self) -> None:
        """How many are not settled."""
        self.stdout.write(str(Delivery.objects.filter(status__in=IN_THE_WAY).count()))

    def list(self) -> None:
        """Status, page and text of each, in the order in which they had to go out."""
        rows = Delivery.objects.order_by("due_at", "pk").values_list(
            "status", "account__external_id", "post__payload__text"
        )
        self.stdout.write("\n".join(f"{state} {page} {text}" for state, page, text in rows))
