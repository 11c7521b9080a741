"""Spikes become alerts: the right people are told, somebody takes it, else the leaders are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import InvalidInput
from loa.listening.access import MANAGE
from loa.listening.models import Alert, AlertWish, Item, ItemTopic, Source, Spike, Telling, ZaloLink
from loa.listening.services.line import helpers, leaders
from loa.listening.watch.detect import detect, items_of
from loa.listening.watch.rules import (
    ALERT_MOVES,
    ESCALATES,
    OLD,
    QUIET_FROM,
    QUIET_TO,
    AlertState,
    Level,
    MailState,
    after_quiet,
    level_of,
    usual_words,
)
from loa.listening.watch.texts import name_of
from loa.org import access as rights
from loa.org.models import UnitLink


def watch_all() -> int:
    """Look for spikes in what every unit hears, each in its own transaction. Returns how many were told of."""
    units = set(Source.objects.order_by().values_list("unit", flat=True).distinct())
    above = UnitLink.objects.filter(rights.in_force(clock.today()), below__in=Source.objects.values("unit"))
    tops = set(above.filter(above__parent=None).values_list("above", flat=True))
    # Those at the top last: what one unit below was told of is not told there as something else.
    return sum(watch(unit_id) for unit_id in [*sorted(units - tops), *sorted(tops)])


@transaction.atomic
def watch(unit_id: int, now: dt.datetime | None = None) -> int:
    """Spikes of one unit as they stand, and who is told of those that began, doubled or became graver."""
    since = (now or clock.now()) - OLD
    return sum(_alert(one.spike, tell=one.tell) for one in detect(unit_id, now) if one.spike.ended_at > since)


def _alert(spike: Spike, *, tell: bool) -> bool:
    """The alert of a live spike as it stands: made, told of anew (`tell`, or its level rose) or left alone.

    Returns whether people were told.
    """
    alert = Alert.objects.select_for_update(of=("self",)).select_related("taken_by").filter(spike=spike).first()
    if not tell and (alert is None or alert.level == Level.URGENT):
        return False
    topics = frozenset(ItemTopic.objects.filter(item__in=items_of(spike)).values_list("code", flat=True))
    level = level_of(topics=topics, items=spike.items, negative=spike.negative, strength=spike.strength)
    if alert is None:
        kind, _sep, key = spike.about.partition(":")
        meant = int(key) if kind == "v" else None
        at = clock.now()
        alert = Alert.objects.create(
            spike=spike, unit_id=spike.unit_id, meant_id=meant, level=level, at=at, waits_since=at
        )
        again = False
    else:
        # Of what was closed only something new that is said makes it go on, no second look at what was known.
        risen = level > alert.level and (alert.state != AlertState.CLOSED or spike.items > spike.told_items)
        if not tell and not risen:
            return False
        again = True
        _grown(alert, level)
    spike.told_at, spike.told_items = clock.now(), spike.items
    spike.save(update_fields=["told_at", "told_items"])
    people = helpers(alert)
    told = {user.pk: user for user in _told(alert)} if again else {}
    taker = alert.taken_by if alert.state == AlertState.TAKEN else None
    if taker is not None:
        # In somebody's hands it is theirs to hear of, and of those who were not told yet.
        people = {pk: user for pk, user in people.items() if pk not in told} | {taker.pk: taker}
    else:
        people |= told
    _tell(alert, people, topics, again=again, whatever={taker.pk} if taker is not None else ())
    return True


def _told(alert: Alert) -> QuerySet[Any]:
    """Those who were told of it so far."""
    tellings = Telling.objects.filter(alert=alert)
    return get_user_model().objects.filter(is_active=True, pk__in=tellings.values("user"))


def _grown(alert: Alert, level: Level) -> None:
    """There is more of it, or it is graver: the clock begins anew. What was closed is open again, and what became
    urgent, whoever has it in hand."""
    risen = level > alert.level
    if risen:
        for lower in range(alert.level, level):  # one notice of one alert, the gravest
            cancel_notices(code=_notice(lower), key=str(alert.pk))
        alert.level = level
    if alert.state == AlertState.CLOSED or (risen and level == Level.URGENT):
        alert.state = AlertState.OPEN
    alert.waits_since, alert.leaderless_at = clock.now(), None
    alert.save(update_fields=["level", "state", "waits_since", "leaderless_at"])


def _notice(level: int) -> str:
    """The code of the notice of an alert of that level."""
    return f"listening.alert_{Level(level).name.lower()}"


def _tell(
    alert: Alert,
    people: dict[int, Any],
    topics: Iterable[str],
    *,
    again: bool = False,
    whatever: Collection[int] = (),
) -> None:
    """Tell people inside Loa, and queue mails and Zalo messages of those who want them. In the caller's
    transaction.

    Those of `whatever` are told whatever topics and levels they chose; only who wants no mail or Zalo at all gets
    none.
    """
    wishes = {wish.user_id: wish for wish in AlertWish.objects.filter(user__in=people)}
    linked = set(ZaloLink.objects.filter(user__in=people, linked_at__isnull=False).values_list("user", flat=True))
    about = frozenset(topics)
    now = clock.now()
    bell: list[Any] = []
    for pk, user in people.items():
        wish = wishes.get(pk) or AlertWish(user_id=pk)
        must = pk in whatever
        if not must and (alert.level < wish.least or (wish.topics and not about & frozenset(wish.topics))):
            continue
        bell.append(user)
        mailed = bool(wish.mail) and (must or alert.level >= wish.mail) and bool(user.email)
        telling, made = Telling.objects.get_or_create(alert=alert, user=user, defaults={"at": now})
        if again and not made:
            telling.at = now
            telling.save(update_fields=["at"])
        # Told anew: a mail that still waits says it all; one that went, or did not, is followed by another that
        # says something new.
        if mailed and (made or (again and telling.mail not in (MailState.READY, MailState.LATER))):
            telling.mail, telling.claim, telling.attempts = MailState.READY, "", 0
            telling.mail_after = after_quiet(clock.local(now), wish.quiet_from, wish.quiet_to)
            telling.save(update_fields=["mail", "claim", "attempts", "mail_after"])
        phoned = bool(wish.zalo) and (must or alert.level >= wish.zalo) and pk in linked
        if phoned and (made or (again and telling.zalo not in (MailState.READY, MailState.SENDING))):
            telling.zalo, telling.zalo_key = MailState.READY, ""
            telling.zalo_after = after_quiet(clock.local(now), wish.quiet_from, wish.quiet_to)
            telling.save(update_fields=["zalo", "zalo_key", "zalo_after"])
    notify(
        users=bell,
        code=_notice(alert.level),
        key=str(alert.pk),
        url=reverse("listening:alert", args=[alert.pk]),
        about=name_of(alert.spike.about),
        items=alert.spike.items,
        usual=usual_words(alert.spike.expected),
    )


def escalate_waiting() -> int:
    """Tell the leaders of alerts nobody took in time; the hours in which nobody could hear of one do not count.
    Returns how many. Runs every few minutes.
    """
    now = clock.now()
    told = 0
    for level, span in ESCALATES.items():
        late = Alert.objects.filter(level=level, state=AlertState.OPEN, waits_since__lt=now - span)
        for pk in late.filter(waits_since__gt=now - OLD).values_list("pk", flat=True):
            with transaction.atomic():
                alert = Alert.objects.select_for_update(of=("self",)).select_related("spike").get(pk=pk)
                if alert.state != AlertState.OPEN or _heard_from(alert) >= now - span:
                    continue
                told += _escalate(alert, now)
    return told


def _heard_from(alert: Alert) -> dt.datetime:
    """The earliest moment from which one of those who see to it can have heard of it: who is mailed or gets Zalo
    after their own quiet hours, who is told inside Loa alone in the morning. At once where none of them was told.
    """
    since = clock.local(alert.waits_since)
    told = Telling.objects.filter(alert=alert, user__is_active=True).select_related("user__alert_wish")
    moments = {}
    for one in told:
        wish = getattr(one.user, "alert_wish", None) or AlertWish()
        bell = one.mail == one.zalo == MailState.NONE
        hours = (QUIET_FROM, QUIET_TO) if bell else (wish.quiet_from, wish.quiet_to)
        moments[one.user_id] = after_quiet(since, *hours)
    if all(at <= since for at in moments.values()):  # by day: nobody needs to be asked for
        return since
    people = helpers(alert)
    return min((at for pk, at in moments.items() if pk in people), default=since)


def _escalate(alert: Alert, now: dt.datetime) -> bool:
    """Tell the leaders; without any the alert says so, and the next round looks again. Returns whether it told."""
    people = leaders(alert)
    if not people:
        if alert.leaderless_at is None:
            alert.leaderless_at = now
            alert.save(update_fields=["leaderless_at"])
        return False
    alert.state, alert.escalated_at, alert.leaderless_at = AlertState.ESCALATED, now, None
    alert.save(update_fields=["state", "escalated_at", "leaderless_at"])
    log(
        "listening.alert.escalated",
        actor=None,
        obj=alert.spike,
        unit_id=alert.unit_id,
        about=name_of(alert.spike.about),
    )
    _tell(alert, people, (), again=True, whatever=people)
    return True


def _locked(actor: Any, alert: Alert) -> Alert:
    """The alert, locked, for one who may deal with it."""
    if not may_deal(actor, alert):
        rights.require(actor, MANAGE, alert.unit_id, _("Bạn chưa được phân công xử lý cảnh báo này."))
    return Alert.objects.select_for_update(of=("self",)).select_related("spike").get(pk=alert.pk)


def may_deal(user: Any, alert: Alert) -> bool:
    """Whether the person may take or close the alert."""
    return user.pk in helpers(alert)


@transaction.atomic
def alert_take(*, actor: Any, alert: Alert, by: Any = None, note: str = "") -> Alert:
    """Take the alert, or give it to `by` (one of `helpers`), who is told. Mails that wait are not sent any more.

    Raises Refused, InvalidInput (not one of those people), Conflict (it is taken already).
    """
    alert = _locked(actor, alert)
    to = by or actor
    ALERT_MOVES.require(alert.state, AlertState.TAKEN, _("Cảnh báo đã có người nhận. Hãy tải lại trang."))
    if by is not None and by.pk != actor.pk and by.pk not in helpers(alert):
        raise InvalidInput(_("Người này không phụ trách cảnh báo. Hãy chọn trong danh sách."), field="nguoi")
    alert.state, alert.taken_by, alert.taken_at = AlertState.TAKEN, to, clock.now()
    _noted(alert, note)
    alert.save(update_fields=["state", "taken_by", "taken_at", "note"])
    _settled(alert)
    log(
        "listening.alert.taken",
        actor=actor,
        obj=alert.spike,
        unit_id=alert.unit_id,
        about=name_of(alert.spike.about),
        who=str(to),
    )
    if to.pk != actor.pk:
        notify(
            users=[to],
            code="listening.alert_given",
            key=str(alert.pk),
            url=reverse("listening:alert", args=[alert.pk]),
            about=name_of(alert.spike.about),
            by=str(actor),
        )
    return alert


@transaction.atomic
def alert_close(*, actor: Any, alert: Alert, note: str = "") -> Alert:
    """It is dealt with, or nothing to deal with. Raises Refused, Conflict."""
    alert = _locked(actor, alert)
    ALERT_MOVES.require(alert.state, AlertState.CLOSED, _("Cảnh báo đã đóng. Hãy tải lại trang."))
    alert.state = AlertState.CLOSED
    if alert.taken_by_id is None:
        alert.taken_by, alert.taken_at = actor, clock.now()
    _noted(alert, note)
    alert.save(update_fields=["state", "taken_by", "taken_at", "note"])
    _settled(alert)
    log(
        "listening.alert.closed",
        actor=actor,
        obj=alert.spike,
        unit_id=alert.unit_id,
        about=name_of(alert.spike.about),
    )
    return alert


def _noted(alert: Alert, note: str) -> None:
    if note.strip():
        alert.note = f"{alert.note}\n{note.strip()}".strip()[:4000]


def _settled(alert: Alert) -> None:
    """Nobody else needs to be told any more."""
    waiting = Telling.objects.filter(alert=alert, mail__in=(MailState.READY, MailState.LATER))
    waiting.update(mail=MailState.DROPPED, settled_at=clock.now())
    phoned = Telling.objects.filter(alert=alert, zalo__in=(MailState.READY, MailState.LATER))
    phoned.update(zalo=MailState.DROPPED, zalo_at=clock.now())
    for level in Level:
        cancel_notices(code=_notice(level), key=str(alert.pk))


@transaction.atomic
def wish_save(*, actor: Any, **values: Any) -> AlertWish:
    """How the person wants to be alerted. Not audited: nothing but their own bell and box changes."""
    wish, _made = AlertWish.objects.select_for_update().get_or_create(user=actor)
    for name in ("least", "mail", "zalo", "topics", "quiet_from", "quiet_to"):
        if name in values:
            setattr(wish, name, values[name])
    wish.save()
    return wish


def items_for_alert(alert: Alert, limit: int = 50) -> list[Item]:
    """The items of its spike, the newest first."""
    return list(items_of(alert.spike).select_related("case").order_by("-published_at", "-pk").distinct()[:limit])
