"""A small WebSub hub for our own feeds (W3C Recommendation, 23/01/2018): who subscribed learns of news at once.

Our own, because whether readers hear of an authority's news must not hang on a hub abroad, and because the feeds
of thousands of member sites cost one table here. It serves no other publisher's feeds.

- A request is answered 202 and *verified*: the callback is asked for a challenge it must repeat. Until then a
  subscription that stands is not touched, so nobody can end or change another's.
- The number that tells the page caches (`PublicVersion`) tells the hub too: feeds that somebody subscribed to are
  drawn anew when it has moved on, and delivered when they say something else than before.
- Delivery is the whole feed, signed with the subscriber's secret (HMAC-SHA256). It may arrive twice (a lost
  answer): a feed says the same each time, so that harms nobody. 410 ends the subscription, ten failures do too.
- Callbacks are reached by the one HTTP door: public addresses only, https, no redirects, a deadline.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import secrets
import time
from functools import cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from loa.channels.vault import opened, seal
from loa.core import clock
from loa.core.errors import AppError, InvalidInput, Unavailable
from loa.core.health import Reading, State
from loa.lib.http import Blocked, Door, DoorError, check_url
from loa.portal import feeds
from loa.portal.models import FeedSubscriber, FeedTopic, PublicVersion

log = logging.getLogger("loa.portal.hub")

#: seconds a subscription lasts: shortest, usual (ten days), longest
LEASES = (3600, 10 * 86400, 30 * 86400)
#: bytes of a secret (WebSub, 5.1: less than 200)
MOST_SECRET = 199
#: open requests and subscriptions, of one host and of all
MOST_PER_HOST, MOST_ASKED_PER_HOST, MOST = 500, 20, 20_000
#: a request that could not be verified is forgotten after so many tries / so long
TRIES, FORGET = 3, dt.timedelta(minutes=30)
#: failed deliveries in a row until a subscription ends; minutes between them
MOST_FAILURES = 10
BACK_OFF = (0.5, 1, 2, 5, 15, 30, 60, 120, 240, 360)
TIMEOUT = 15.0
HOLD = dt.timedelta(minutes=2)


@cache
def door() -> Door:
    """The door to callbacks; inside the own network only what the settings name."""
    return Door(agent="Loa WebSub", inside=_inside())


def _inside() -> frozenset[tuple[str, int]]:
    found = set()
    for text in settings.LOA_WEBSUB_INSIDE:
        host, _colon, port = text.rpartition(":")
        if host and port.isdigit():
            found.add((host, int(port)))
    return frozenset(found)


# — asking ———————————————————————————————————————————————————————————————————————————
@transaction.atomic
def ask(*, mode: str, topic: str, callback: str, seconds: str = "", secret: str = "") -> None:
    """Note a request; it is verified by the next look. Raises InvalidInput, Unavailable (too many)."""
    if mode not in ("subscribe", "unsubscribe"):
        raise InvalidInput("hub.mode must be subscribe or unsubscribe", code="hub.mode")
    if len(topic) > 500 or feeds.at_address(topic) is None:
        raise InvalidInput("hub.topic is not the address of a feed of this hub", code="hub.topic")
    host = _callback_host(callback)
    if len(secret.encode()) > MOST_SECRET:
        raise InvalidInput("hub.secret must be less than 200 bytes", code="hub.secret")
    if seconds and not (seconds.isascii() and seconds.isdigit() and len(seconds) < 12):
        raise InvalidInput("hub.lease_seconds must be a number", code="hub.lease_seconds")
    row = FeedSubscriber.objects.select_for_update().filter(url=topic, callback=callback).first()
    if row is None:
        if mode == "unsubscribe":
            return  # nothing to end; said to nobody
        of_host = FeedSubscriber.objects.filter(host=host)
        if (
            of_host.count() >= MOST_PER_HOST
            or of_host.exclude(asked="").count() >= MOST_ASKED_PER_HOST
            or FeedSubscriber.objects.count() >= MOST
        ):
            raise Unavailable("too many subscriptions; try again later", code="hub.full")
        row = FeedSubscriber(url=topic, callback=callback, host=host)
    lease = min(max(int(seconds) if seconds else LEASES[1], LEASES[0]), LEASES[2])
    row.asked, row.asked_at, row.asked_seconds = mode, clock.now(), lease
    row.asked_secret = seal({"secret": secret}) if secret and mode == "subscribe" else ""
    row.next_at = clock.now()
    row.save()


def _callback_host(callback: str) -> str:
    """The host of an acceptable callback. Raises InvalidInput."""
    try:
        parts = urlsplit(callback)
        inside = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)) in _inside()
        if not inside:
            check_url(callback)
    except (Blocked, ValueError) as error:
        raise InvalidInput("hub.callback is not an address this hub can reach", code="hub.callback") from error
    if len(callback) > 1000 or parts.fragment or (parts.scheme != "https" and not inside):
        raise InvalidInput("hub.callback must be an https address without a fragment", code="hub.callback")
    return str(parts.hostname)[:200]


# — the loop —————————————————————————————————————————————————————————————————————————
def tend(seconds: float = 20) -> int:
    """Verify, look, deliver for about so long. Returns how many callbacks were called."""
    until, called = time.monotonic() + seconds, 0
    now = clock.now()
    FeedSubscriber.objects.filter(active=True, lease_ends__lt=now, asked="").delete()
    FeedSubscriber.objects.filter(active=False).filter(Q(asked_at__lt=now - FORGET) | Q(asked="")).delete()
    while time.monotonic() < until and (row := _claim(~Q(asked=""))) is not None:
        _verify(row)
        called += 1
    if not FeedSubscriber.objects.filter(active=True).exists():
        return called
    _look()
    changed = Q(active=True, asked="") & ~Q(delivered=F("topic__digest"))
    while time.monotonic() < until and (row := _claim(changed)) is not None:
        _deliver(row)
        called += 1
    return called


def _claim(condition: Q) -> FeedSubscriber | None:
    now = clock.now()
    free = Q(held_until=None) | Q(held_until__lt=now)
    due = FeedSubscriber.objects.filter(condition, free, next_at__lte=now).order_by("next_at", "pk")
    for pk in list(due.values_list("pk", flat=True)[:8]):
        mine = secrets.token_hex(8)
        if FeedSubscriber.objects.filter(free, pk=pk).update(held_by=mine, held_until=now + HOLD):
            return FeedSubscriber.objects.select_related("topic").filter(pk=pk, held_by=mine).first()
    return None


def _free(row: FeedSubscriber, **fields: object) -> None:
    FeedSubscriber.objects.filter(pk=row.pk, held_by=row.held_by).update(held_by="", held_until=None, **fields)


def _verify(row: FeedSubscriber) -> None:
    """Ask the callback whether it meant it (WebSub, 5.3)."""
    challenge = secrets.token_urlsafe(24)
    asked = {"hub.mode": row.asked, "hub.topic": row.url, "hub.challenge": challenge}
    if row.asked == "subscribe":
        asked["hub.lease_seconds"] = str(row.asked_seconds)
    try:
        answer = door().get(_with(row.callback, asked), timeout=TIMEOUT, most_bytes=10_000, redirects=False)
    except DoorError as error:
        _again(row, f"{error.code}")
        return
    if not (200 <= answer.status < 300 and hmac.compare_digest(answer.body.strip(), challenge.encode())):
        # It says no: the request is void, whatever stood before goes on.
        _refused(row)
        return
    if row.asked == "unsubscribe":
        FeedSubscriber.objects.filter(pk=row.pk, held_by=row.held_by).delete()
        return
    with transaction.atomic():
        topic = _topic(row.url)
        if topic is None:
            _refused(row)
            return
        _free(
            row, active=True, topic=topic, secret=row.asked_secret, asked="", asked_secret="", failures=0,
            lease_ends=clock.now() + dt.timedelta(seconds=row.asked_seconds), next_at=clock.now(),
            delivered=row.delivered or topic.digest,
        )  # fmt: skip


def _with(callback: str, asked: dict[str, str]) -> str:
    parts = urlsplit(callback)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *asked.items()])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _again(row: FeedSubscriber, why: str) -> None:
    tries = row.failures + 1 if not row.active else 0
    since = clock.now() - (row.asked_at or clock.now())
    if tries >= TRIES or since > FORGET:
        _refused(row)
        return
    log.info("websub: %s could not be verified: %s", row.host, why)
    _free(
        row,
        next_at=clock.now() + dt.timedelta(seconds=30 * (tries + 1)),
        **({} if row.active else {"failures": tries}),
    )


def _refused(row: FeedSubscriber) -> None:
    if row.active:
        _free(row, asked="", asked_secret="", next_at=clock.now())
    else:
        FeedSubscriber.objects.filter(pk=row.pk, held_by=row.held_by).delete()


def _topic(url: str) -> FeedTopic | None:
    """The feed at an address with what it says now."""
    version = PublicVersion.objects.values_list("value", flat=True).first() or 0
    found = feeds.at_address(url)
    if found is None:
        return None
    digest = hashlib.sha256(found.text.encode()).hexdigest()
    topic, _made = FeedTopic.objects.get_or_create(
        url=url, defaults={"kind": found.kind, "body": found.text, "digest": digest, "seen": version}
    )
    return topic


def _look() -> None:
    """Draw anew the feeds somebody subscribed to, once what is public has changed."""
    version = PublicVersion.objects.values_list("value", flat=True).first() or 0
    stale = FeedTopic.objects.filter(subscribers__active=True).exclude(seen=version).distinct()
    for topic in stale:
        found = feeds.at_address(topic.url)
        if found is None:
            FeedTopic.objects.filter(pk=topic.pk).update(seen=version)
            continue
        digest = hashlib.sha256(found.text.encode()).hexdigest()
        changes = {"seen": version}
        if digest != topic.digest:
            changes |= {"body": found.text, "digest": digest, "kind": found.kind, "changed_at": clock.now()}  # type: ignore[dict-item]
        FeedTopic.objects.filter(pk=topic.pk, seen=topic.seen).update(**changes)
    FeedTopic.objects.filter(subscribers=None).delete()


def _deliver(row: FeedSubscriber) -> None:
    topic = row.topic
    assert topic is not None
    body = topic.body.encode()
    headers = {
        "Content-Type": topic.kind,
        "Link": f'<{feeds.hub_address()}>; rel="hub", <{topic.url}>; rel="self"',
    }
    try:
        secret = str(opened(row.secret)["secret"]) if row.secret else ""
    except AppError:
        # The key of the vault was changed: without the secret nothing we send would be believed.
        FeedSubscriber.objects.filter(pk=row.pk, held_by=row.held_by).delete()
        return
    if secret:
        headers["X-Hub-Signature"] = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    try:
        answer = door().send(
            "POST",
            row.callback,
            content=body,
            headers=headers,
            timeout=TIMEOUT,
            most_bytes=100_000,
            redirects=False,
        )
        status = answer.status
    except DoorError as error:
        # The answer is thrown away: too much of it means it arrived all the same.
        status = 200 if error.code == "too_large" else 0
    if 200 <= status < 300:
        _free(row, delivered=topic.digest, failures=0, next_at=clock.now())
    elif status == 410 or row.failures + 1 >= MOST_FAILURES:
        log.info("websub: %s ended (%s)", row.host, status)
        FeedSubscriber.objects.filter(pk=row.pk, held_by=row.held_by).delete()
    else:
        wait = dt.timedelta(minutes=BACK_OFF[min(row.failures, len(BACK_OFF) - 1)])
        _free(row, failures=row.failures + 1, next_at=clock.now() + wait)


def standing() -> Reading:
    """The line of the health page. Who does not answer there is no trouble of ours."""
    rows = FeedSubscriber.objects.filter(active=True)
    late = clock.now() - dt.timedelta(minutes=5)
    stuck = rows.filter(failures=0, next_at__lt=late, topic__changed_at__lt=late).exclude(
        delivered=F("topic__digest")
    )
    if stuck.exists():
        return Reading(
            State.BAD,
            _("%(n)d nơi đăng ký chưa nhận tin mới") % {"n": stuck.count()},
            _("Xem tiến trình nền có chạy không và mạng có ra được ngoài không."),
            mark=str(stuck.order_by("-pk")[0].pk),
        )
    return Reading(State.GOOD, _("%(n)d nơi đăng ký nhận nguồn cấp") % {"n": rows.count()})
