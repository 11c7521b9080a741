"""`loa faultrun …`: the database parts of `loa bench delivery` and `loa bench due`."""

from __future__ import annotations

import datetime as dt
import io
import random
import threading
import time
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q
from PIL import Image

from loa.channels import engine, services
from loa.channels.models import (
    Attempt,
    ChannelAccount,
    ChannelSecret,
    Delivery,
    Post,
    PostPicture,
    private_storage,
)
from loa.channels.rules import IN_THE_WAY, UNDER_WAY, Intent
from loa.channels.vault import seal
from loa.core import clock, health
from loa.org.models import Unit
from loa.org.rules import Kind

WORDS = "Bài số %05d của đợt thử"


class Command(BaseCommand):
    help = "Parts of the fault run (see loa bench delivery)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=["fill", "work", "withdraw", "left", "list", "due", "alarm"])
        parser.add_argument("numbers", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["part"])(*options["numbers"])

    def fill(self, posts: int, pages: int, oas: int) -> None:
        """`posts` deliveries that are due, spread over `pages` accounts, the first `oas` of them OAs."""
        now = clock.now()
        self._fill(posts, pages, [now] * posts, oas)

    def _fill(self, posts: int, pages: int, due: list[dt.datetime], oas: int = 0) -> list[int]:
        if Unit.objects.exists():
            raise CommandError("Chỉ chạy trên cơ sở dữ liệu trống.")
        unit = Unit.objects.create(
            slug="so", name="Sở mẫu", short_name="Sở mẫu", kind=Kind.SO, founded_on=clock.today()
        )
        accounts = []
        for number in range(pages):
            account = ChannelAccount.objects.create(
                unit=unit,
                kind="zalo" if number < oas else "facebook",
                name=f"Trang {number}",
                external_id=str(9000 + number),
            )
            ChannelSecret.objects.create(account=account, sealed=seal({"access_token": f"token-{number}"}))
            accounts.append(account)
        made = Post.objects.bulk_create(
            Post(
                source="faultrun",
                source_id=number,
                unit=unit,
                title=f"Bài {number}",
                payload={"link": "", "author": "", **dict.fromkeys(("text", "title"), WORDS % number)},
                key=f"faultrun-{number}",
            )
            for number in range(posts)
        )
        if oas:
            self._pictures(made, pages, oas)
        rows = Delivery.objects.bulk_create(
            Delivery(
                post=post,
                account=accounts[index % pages],
                intent=Intent.PUBLISH,
                due_at=due[index],
                next_at=due[index],
            )
            for index, post in enumerate(made)
        )
        return [row.pk for row in rows]

    def _pictures(self, posts: list[Post], pages: int, oas: int) -> None:
        """A cover for every article; two photos for every third post of a page. All are one file."""
        out = io.BytesIO()
        Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
        name = private_storage().save("channels/faultrun.jpg", ContentFile(out.getvalue()))
        PostPicture.objects.bulk_create(
            PostPicture(
                post=post,
                position=position,
                file=name,
                alt="Ảnh thử",
                width=64,
                height=48,
                key=f"faultrun-{index}-{position}",
            )
            for index, post in enumerate(posts)
            for position in range(1 if index % pages < oas else 2 if index // pages % 3 == 0 else 0)
        )

    def due(self, posts: int, pages: int) -> None:
        """Posts that fall due half a second apart; prints how many seconds after that each was begun."""
        first = clock.now() + dt.timedelta(seconds=20)  # workers need a while to start
        moments = [first + dt.timedelta(seconds=number / 2) for number in range(posts)]
        self._fill(posts, pages, moments)
        end = moments[-1] + dt.timedelta(seconds=30)
        while clock.now() < end and Delivery.objects.filter(status__in=IN_THE_WAY).exists():
            time.sleep(0.5)
        rows = Attempt.objects.filter(number=1).values_list("started_at", "delivery__due_at")
        self.stdout.write(" ".join(f"{(started - at).total_seconds():.3f}" for started, at in rows))

    def alarm(self) -> None:
        """Nobody sends: prints the seconds from due until the look-out tells of it."""
        account = ChannelAccount.objects.order_by("pk")[0]
        post = Post.objects.create(
            source="faultrun", source_id=0, unit=account.unit, title="Kẹt", payload={"text": "Kẹt"}, key="stuck"
        )
        start = clock.now()
        ChannelAccount.objects.update(lease_until=start)
        Delivery.objects.create(post=post, account=account, intent=Intent.PUBLISH, due_at=start, next_at=start)
        health.GRACE = 0.0  # this process has just started; a worker has not
        while (clock.now() - start).total_seconds() < 120:
            told = health.watch() or []
            if any(line.name == "channels.late" and line.reading.state == health.State.BAD for line in told):
                break
            time.sleep(0.5)
        self.stdout.write(f"{(clock.now() - start).total_seconds():.1f}")

    def work(self) -> None:
        """Send until killed."""
        engine.run("faults", threading.Event())

    def withdraw(self, count: int) -> None:
        """Withdraw what so many posts were made from, each while its post is under way."""
        dice, done = random.Random(3), 0  # noqa: S311 - which, no secrets
        while done < count:
            going = Delivery.objects.filter(
                intent=Intent.PUBLISH, status__in=UNDER_WAY, withdraw_wanted=False, called_at__isnull=False
            )
            found = list(going.values_list("post__source_id", flat=True)[:50])
            if found:
                done += services.source_withdraw(actor=None, source="faultrun", source_id=dice.choice(found))
            time.sleep(0.1)

    def left(self) -> None:
        """How many are not settled."""
        self.stdout.write(str(Delivery.objects.filter(status__in=IN_THE_WAY).count()))

    def list(self) -> None:
        """Status, page, number of photos, id, standing of its withdrawal and text of each post, in their order."""
        taken_down = dict(Delivery.objects.filter(intent=Intent.WITHDRAW).values_list("follows_id", "status"))
        rows = (
            Delivery.objects.filter(intent=Intent.PUBLISH)
            .order_by("due_at", "pk")
            .annotate(photos=Count("post__pictures", filter=Q(account__kind="facebook")))
            .values_list(
                "status", "account__external_id", "photos", "external_id", "post__payload__text",
                "pk", "withdraw_wanted", "code",
            )
        )  # fmt: skip
        for state, page, photos, key, text, pk, wanted, code in rows:
            over = taken_down.get(pk) or (state if wanted or code == "withdrawn" else "-")
            self.stdout.write(f"{state} {page} {photos} {key or '-'} {over} {text}")
