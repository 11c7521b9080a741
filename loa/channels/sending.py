"""One try of one delivery: the lease it stands on, the requests it makes, what is written before each."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from loa.channels.models import Attempt, BroadcastArticle, ChannelAccount, ChannelSecret, Delivery
from loa.channels.rules import Intent, Status
from loa.channels.vault import opened
from loa.core import clock
from loa.lib.http import Answer, Door, DoorError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
#: most of an answer that is kept
KEPT = 4000
_TOKEN = re.compile(r'((?:access_token|refresh_token|secret_key|appsecret_proof)"?\s*[=:]\s*"?)[^"&\s,}]+')


class LeaseLost(Exception):
    """Another worker has the account now: nothing may be sent any more."""


def simulators(*names: str) -> set[tuple[str, int]]:
    """(host, port) of the simulators that the settings name, of these channels or of all."""
    found = [urlsplit(url) for name, url in settings.LOA_CHANNEL_URLS.items() if not names or name in names]
    return {(parts.hostname, parts.port) for parts in found if parts.hostname in LOOPBACK and parts.port}


@cache
def door() -> Door:
    """The door to the channels; inside the own network only simulators named in the settings."""
    inside = simulators()
    for name in settings.LOA_WEBPUSH_INSIDE:
        host, _colon, port = name.rpartition(":")
        inside.add((host, int(port)))
    return Door(agent="Loa", inside=inside)


def without_tokens(text: str) -> str:
    """An answer as it may be kept: no token in it."""
    return _TOKEN.sub(r"\1…", text)[:KEPT]


class Talk:
    """Requests for an account, without a delivery: health checks, renewing tokens."""

    def __init__(self, account: ChannelAccount) -> None:
        self.account = account
        self.last: Answer | None = None
        #: how many were made: channels count them
        self.requests = 0
        self._secret: dict[str, Any] | None = None

    def request(self, method: str, url: str, **content: Any) -> Answer:
        """One request, never redirected, at most LOA_DELIVERY_TIMEOUT long; raises DoorError."""
        self.last = None
        self.requests += 1
        options = {
            "timeout": settings.LOA_DELIVERY_TIMEOUT,
            "most_bytes": 2_000_000,
            "redirects": False,
            **content,
        }
        self.last = door().send(method, url, **options)
        return self.last

    def secret(self) -> dict[str, Any]:
        """The account's tokens; empty when it was never connected."""
        if self._secret is None:
            row = ChannelSecret.objects.filter(account=self.account).first()
            self._secret = opened(row.sealed) if row else {}
        return self._secret

    def forget_secret(self) -> None:
        """Read the tokens anew the next time: somebody renewed them."""
        self._secret = None

    def token(self) -> str:
        """The access token, or an empty text."""
        return str(self.secret().get("access_token") or "")


class Sending(Talk):
    """See `kinds.Sending`."""

    def __init__(self, delivery: Delivery, worker: str, attempt: Attempt) -> None:
        super().__init__(delivery.account)
        self.delivery = delivery
        self.worker = worker
        self.attempt = attempt

    @property
    def payload(self) -> dict[str, Any]:
        """The frozen post."""
        found: dict[str, Any] = self.delivery.post.payload
        return found

    @property
    def steps(self) -> dict[str, Any]:
        """Ids the channel gave so far."""
        found: dict[str, Any] = self.delivery.steps
        return found

    @property
    def external_id(self) -> str:
        """What the channel calls the post; for updates and withdrawals, that of the first delivery."""
        return self.delivery.external_id

    @property
    def since(self) -> dt.datetime:
        """The first moment at which the post can have appeared on the channel."""
        first = self.steps.get("first_call")
        return dt.datetime.fromisoformat(first) if first else self.delivery.called_at or self.delivery.due_at

    def keep(self, **steps: Any) -> None:
        """Write ids the channel gave."""
        self.delivery.steps = {**self.delivery.steps, **steps}
        self.delivery.save(update_fields=["steps"])

    def first(self) -> Delivery:
        """The delivery that put on the channel what this one changes or takes down; else this one."""
        found: Delivery = self.delivery.follows or self.delivery
        return found

    def withdrawn(self) -> bool:
        """Whether what is being sent was withdrawn in the meantime."""
        return Delivery.objects.filter(pk=self.delivery.pk, withdraw_wanted=True).exists()

    def leaving(self) -> bool:
        """Whether an article of this broadcast is not on the channel any more, or leaves it."""
        items = BroadcastArticle.objects.filter(broadcast__delivery=self.delivery)
        articles = Delivery.objects.filter(pk__in=items.values("delivery"))
        over = ~Q(status=Status.SENT) | Q(gone_at__isnull=False)
        going = Q(followers__intent=Intent.WITHDRAW) & ~Q(followers__status=Status.CANCELLED)
        return articles.filter(over | going).exists()

    def pictures(self) -> list[Any]:
        """Frozen pictures in order."""
        return list(self.delivery.post.pictures.filter(gone=False))

    def renew(self) -> None:
        """A long upload keeps the account; raises LeaseLost when another worker has it."""
        now = clock.now()
        until = now + dt.timedelta(seconds=settings.LOA_DELIVERY_LEASE)
        mine = ChannelAccount.objects.filter(pk=self.account.pk, lease_owner=self.worker)
        if not mine.update(lease_until=until):
            raise LeaseLost

    def publishing(self) -> None:
        """Nothing is sent on a lease that could end before the answer; raises LeaseLost."""
        now = clock.now()
        self.delivery.called_at = now
        self.delivery.steps = {"first_call": now.isoformat(), **self.delivery.steps}
        held = ChannelAccount.objects.filter(
            pk=self.account.pk,
            lease_owner=self.worker,
            lease_until__gt=now + dt.timedelta(seconds=settings.LOA_DELIVERY_TIMEOUT),
        )
        if not held.exists():
            raise LeaseLost
        done = Delivery.objects.filter(pk=self.delivery.pk, account__in=held).update(
            called_at=now, steps=self.delivery.steps
        )
        if not done:
            raise LeaseLost

    def taken(self, external_id: str) -> bool:
        """Whether another delivery of the account has that id already."""
        others = Delivery.objects.filter(Q(account=self.account, external_id=external_id)).exclude(
            pk=self.delivery.pk
        )
        return others.exists()


__all__ = ["DoorError", "LeaseLost", "Sending", "Talk", "door", "without_tokens"]
