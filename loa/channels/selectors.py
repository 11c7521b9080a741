"""Reads: deliveries newest first, what waits for a person, the accounts and holds of the units one cares for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loa.channels.holding import held_units
from loa.channels.kinds import kinds
from loa.channels.models import (
    Attempt,
    Broadcast,
    ChannelAccount,
    Delivery,
    FollowerDay,
    Health,
    Hold,
    Live,
    Measure,
    MeasureDay,
    MessageTemplate,
    Post,
    PostLink,
    PostLinkDay,
    Video,
)
from loa.channels.rules import CLAIMABLE, IN_THE_WAY, MEASURES, MENDING, Intent, Status
from loa.channels.zalo.broadcast import Earlier, Forecast, forecast
from loa.core import clock
from loa.lib.vi import fold
from loa.org import access
from loa.org.access import in_force
from loa.org.models import Unit, UnitLink

#: rests shorter than this are not worth a word
SHORT = dt.timedelta(minutes=1)
#: longer than any channel keeps a post for its hour
KEPT_FOR = dt.timedelta(days=90)
ASKING = (Status.UNKNOWN, Status.FAILED, Status.TODO)
#: of a page that is used no more nobody is asked, but for what must be mended on it all the same
ASKED = Q(account__active=True) | Q(intent__in=MENDING) | Q(withdraw_wanted=True)


def _mine(user: Any) -> Q:
    publish = access.units_where(user, "channel.publish").values("pk")
    manage = access.units_where(user, "channel.manage").values("pk")
    return Q(account__unit__in=publish) | Q(account__unit__in=manage)


def deliveries(user: Any, *, state: str = "", account: int | None = None) -> QuerySet[Delivery]:
    """Deliveries of the person's units, newest first. `state`: a Status, or "ask" for those that need a person."""
    rows = Delivery.objects.filter(_mine(user)).select_related("post", "account", "account__unit", "created_by")
    if state == "ask":
        rows = rows.filter(ASKED, status__in=ASKING)
    elif state:
        rows = rows.filter(status=state)
    if account:
        rows = rows.filter(account=account)
    return rows.order_by("-due_at", "-pk")


def accounts(user: Any, query: str = "") -> QuerySet[ChannelAccount]:
    """Accounts the person publishes on or manages, of one's own units first; `query`: words of the unit's name."""
    publish = access.units_where(user, "channel.publish").values("pk")
    manage = access.units_where(user, "channel.manage").values("pk")
    rows = ChannelAccount.objects.filter(Q(unit__in=publish) | Q(unit__in=manage), kind__in=kinds())
    for word in fold(query).split():
        rows = rows.filter(unit__folded__contains=word)
    return rows.select_related("unit").order_by(
        "-active", access.own_first(user, "unit"), "unit__sort_key", "kind", "name"
    )


def usable(user: Any) -> list[ChannelAccount]:
    """Accounts the person may publish on now."""
    units = access.units_where(user, "channel.publish").values("pk")
    rows = ChannelAccount.objects.filter(unit__in=units, active=True, secret__isnull=False)
    return list(rows.select_related("unit").order_by(access.own_first(user, "unit"), "kind", "name")[:50])


def of_source(source: str, source_id: int) -> list[Delivery]:
    """Deliveries made of one thing, newest last. One query."""
    rows = Delivery.objects.filter(post__source=source, post__source_id=source_id)
    return list(rows.select_related("post", "account").order_by("due_at", "pk"))


def newest_of_source(source: str, source_id: int, accounts: Sequence[int]) -> dict[int, Delivery]:
    """account → the newest post of one thing that stands on it or is on its way. One query."""
    rows = Delivery.objects.filter(
        post__source=source, post__source_id=source_id, account__in=accounts, intent=Intent.PUBLISH
    )
    rows = rows.exclude(status__in=(Status.FAILED, Status.CANCELLED)).select_related("created_by")
    return {row.account_id: row for row in rows.order_by("pk")}


def changes_of(row: Delivery) -> list[Delivery]:
    """Corrections and the taking down of what a delivery put on its channel, oldest first."""
    rows = Delivery.objects.filter(follows=row).select_related("post", "account", "created_by")
    return list(rows.order_by("pk"))


def posts_out(deliveries: Sequence[Delivery]) -> dict[int, Post]:
    """delivery → the post readers find there now: its own, or that of the last correction. Three queries."""
    out = {row.pk: row.post_id for row in deliveries}
    changes = Delivery.objects.filter(follows__in=list(out), intent=Intent.UPDATE, status=Status.SENT)
    out |= {first: post for first, post in changes.order_by("pk").values_list("follows", "post") if first}
    posts = Post.objects.prefetch_related("pictures").in_bulk(out.values())
    return {key: posts[post] for key, post in out.items()}


def whole(row: Delivery) -> Delivery:
    """A delivery with its attempts and pictures."""
    rows = Delivery.objects.select_related(
        "post__unit", "post__video", "account__unit", "created_by", "follows__post"
    ).prefetch_related(Prefetch("attempts", queryset=Attempt.objects.order_by("number")), "post__pictures")
    return rows.get(pk=row.pk)


def holds() -> list[Hold]:
    """Holds in force. They are few, and everybody who publishes must know of them."""
    return list(Hold.objects.filter(ended_at=None).select_related("unit", "begun_by"))


def kept_by_channels(rows: QuerySet[Delivery]) -> list[Delivery]:
    """Of these deliveries, those the channel keeps for an hour to come: it shows them by itself. One query."""
    now = clock.now()
    found = rows.filter(intent=Intent.PUBLISH, status=Status.SENT, gone_at=None, sent_at__gt=now - KEPT_FOR)
    handed = found.filter(post__payload__has_key="scheduled_for").select_related("post", "account")
    return [row for row in handed.order_by("pk") if (row.kept_until or now) > now]


def kept_under_hold(user: Any) -> list[Delivery]:
    """What a hold in force cannot stop because the channel keeps the hour, of the person's units. Two queries."""
    held = ChannelAccount.objects.filter(held_units())
    return kept_by_channels(Delivery.objects.filter(_mine(user), account__in=held))


def holds_on(row: Delivery) -> list[Hold]:
    """Holds that keep this delivery waiting: none when it is out, or mends what is out."""
    if row.status not in (Status.PENDING, Status.RETRY) or row.intent in MENDING:
        return []
    return holds_over(row.account.unit_id)


def holds_over(unit_id: int) -> list[Hold]:
    """Holds that stop what a unit sends, each with who put it and why. One query."""
    above = UnitLink.objects.filter(in_force(clock.today()), below=unit_id).values("above")
    rows = Hold.objects.filter(ended_at=None).filter(Q(unit=None) | Q(unit__in=above))
    return list(rows.select_related("unit", "begun_by"))


def stopped(user: Any) -> list[ChannelAccount]:
    """Pages on which posts wait because the page is broken or rests: broken ones first, five at most.

    `waiting` on each: how many. One query.
    """
    now = clock.now()
    waiting = Delivery.objects.filter(account=OuterRef("pk"), status__in=IN_THE_WAY)
    broken = Q(Exists(waiting), health=Health.BROKEN)
    resting = Q(Exists(waiting.filter(due_at__lte=now)), paused_until__gt=now + SHORT)
    rows = accounts(user).filter(broken | resting, active=True).order_by("health", "name")
    return list(rows.annotate(waiting=Count("deliveries", filter=Q(deliveries__status__in=IN_THE_WAY)))[:5])


def stop_of(row: Delivery) -> str:
    """Why the page itself keeps a delivery waiting: "broken", "resting" or nothing."""
    if row.status not in CLAIMABLE or not row.account.active:
        return ""
    if row.account.health == Health.BROKEN:
        return "broken"
    now, until = clock.now(), row.account.paused_until
    # Its own hour of trying again is said anyway.
    rests = until is not None and until > now + SHORT and until > row.next_at and row.due_at <= now
    return "resting" if rests else ""


def hold_units(user: Any) -> list[Unit]:
    """Branches with pages in them that the person may stop: units of pages and all above them. Few."""
    below = ChannelAccount.objects.filter(active=True).values("unit")
    above = UnitLink.objects.filter(in_force(clock.today()), below__in=below).values("above")
    return list(access.units_where(user, "channel.hold").filter(pk__in=above).order_by("sort_key")[:500])


def sees_channels(user: Any) -> bool:
    """Whether the channels are among the person's rooms."""
    return any(access.can(user, ability) for ability in ("channel.publish", "channel.manage"))


def waiting_for(user: Any) -> int:
    """How many deliveries and accounts ask this person for a decision; kept on the user."""
    known: int | None = getattr(user, "_loa_channels_waiting", None)
    if known is None:
        known = Delivery.objects.filter(_mine(user), ASKED, status__in=ASKING).count()
        known += accounts(user).filter(health=Health.BROKEN, active=True).count()
        known += (
            broadcasts(user)
            .filter(state=Broadcast.State.ASKED, account__active=True)
            .exclude(asked_by=user)
            .count()
        )
        user._loa_channels_waiting = known
    return known


# — broadcasts ———————————————————————————————————————————————————————————————————
def broadcasts(user: Any) -> QuerySet[Broadcast]:
    """Broadcasts of the OAs the person publishes on, newest first."""
    units = access.units_where(user, "channel.publish").values("pk")
    rows = Broadcast.objects.filter(account__unit__in=units)
    return rows.select_related("account", "asked_by", "decided_by", "delivery").prefetch_related(
        Prefetch("articles", queryset=Delivery.objects.select_related("post"))
    )


def broadcast_forecast(
    account: ChannelAccount, target: Mapping[str, Sequence[str]], day: dt.date, *, without: int | None = None
) -> Forecast:
    """What a broadcast on `day` would find: two queries. What may have arrived counts as if it had."""
    begins = clock.start_of(day.replace(day=1))
    rows = Broadcast.objects.filter(account=account, state=Broadcast.State.APPROVED, at__gte=begins)
    rows = rows.filter(at__lt=clock.start_of((day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)))
    gone = (Status.FAILED, Status.CANCELLED)
    earlier = [
        Earlier(clock.local(at).date(), aimed)
        for at, aimed in rows.exclude(pk=without or 0)
        .exclude(delivery__status__in=gone)
        .values_list("at", "target")
    ]
    return forecast(
        day,
        target,
        earlier,
        followers=int(account.facts.get("followers") or 0),
        month_cap=account.monthly_cap,
        verified=account.facts.get("verified"),
    )


def broadcastable(account: ChannelAccount) -> list[Delivery]:
    """Articles of an OA that are out, newest first."""
    rows = Delivery.objects.filter(
        account=account, intent=Intent.PUBLISH, status=Status.SENT, gone_at=None
    ).exclude(external_id="")
    return list(rows.select_related("post").order_by("-sent_at")[:20])


# — reactions and reach ——————————————————————————————————————————————————————————
def measures_of(deliveries: Sequence[Delivery]) -> dict[int, list[Measure]]:
    """delivery → its numbers in the order of the screens. Two queries. `row.post` must be there."""
    found: dict[int, list[Measure]] = {}
    for one in Measure.objects.filter(delivery__in=[row.pk for row in deliveries]):
        found.setdefault(one.delivery_id, []).append(one)
    opened = _opened(deliveries)
    for row in deliveries:
        count = opened.get((row.account_id, row.post.source, row.post.source_id))
        if count is not None and row.intent == Intent.PUBLISH and row.status == Status.SENT:
            told = Measure(delivery=row, name="visits", value=count, taken_at=clock.now())
            found.setdefault(row.pk, []).append(told)
    for rows in found.values():
        rows.sort(key=lambda one: MEASURES.index(one.name) if one.name in MEASURES else 99)
    return found


def _opened(deliveries: Sequence[Delivery]) -> dict[tuple[int, str, int], int]:
    """(account, source, id) → how often the address was opened; those without one are left out. One query."""
    rows = PostLink.objects.filter(
        account__in={row.account_id for row in deliveries},
        source__in={row.post.source for row in deliveries},
        source_id__in={row.post.source_id for row in deliveries},
    )
    told = rows.annotate(n=Coalesce(Sum("days__count"), 0)).values_list("account", "source", "source_id", "n")
    return {(account, source, source_id): n for account, source, source_id, n in told}


def _opened_days(row: Delivery) -> dict[dt.date, int]:
    """day → how often the post's address was opened on it."""
    days = PostLinkDay.objects.filter(
        link__account=row.account_id, link__source=row.post.source, link__source_id=row.post.source_id
    )
    return dict(days.values_list("day", "count"))


def measure_days(row: Delivery) -> tuple[list[dt.date], dict[str, list[int | None]]]:
    """(days, name → how far it had grown by each of them; None: not told on that day). Two queries."""
    points = list(MeasureDay.objects.filter(delivery=row).order_by("day").values_list("day", "name", "value"))
    opened = _opened_days(row)
    days = sorted({day for day, _name, _value in points} or opened)
    points += [(day, "visits", sum(n for other, n in opened.items() if other <= day)) for day in days if opened]
    known = {(day, name): value for day, name, value in points}
    names = [name for name in MEASURES if any(one == name for _day, one, _value in points)]
    return days, {name: [known.get((day, name)) for day in days] for name in names}


def follower_days(account: ChannelAccount, *, days: int = 90) -> list[tuple[dt.date, int]]:
    """(day, followers) of the last days, oldest first; days nobody looked are left out. One query."""
    rows = FollowerDay.objects.filter(account=account, day__gt=clock.today() - dt.timedelta(days=days))
    return list(rows.order_by("day").values_list("day", "count"))


# — films ————————————————————————————————————————————————————————————————————————
def videos(user: Any) -> QuerySet[Video]:
    """Films the person may use, newest first."""
    units = access.units_where(user, "channel.publish").values("pk")
    return Video.objects.filter(unit__in=units, gone_at=None).select_related("unit", "uploaded_by")


def lives(user: Any) -> QuerySet[Live]:
    """Live broadcasts of the person's pages, newest first."""
    units = access.units_where(user, "channel.publish").values("pk")
    return Live.objects.filter(account__unit__in=units).select_related("account", "created_by")


def templates(user: Any) -> QuerySet[MessageTemplate]:
    """Templates of the person's OAs: those that may be used first."""
    units = access.units_where(user, "channel.publish").values("pk")
    rows = MessageTemplate.objects.filter(account__unit__in=units).exclude(status="GONE")
    return rows.select_related("account").order_by("account__name", "name")
