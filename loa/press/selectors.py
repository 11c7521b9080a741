"""Reads: releases, the register, whom a release is meant for, and what anybody may see."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from loa.channels.holding import held_units
from loa.channels.models import Hold
from loa.channels.selectors import holds_over
from loa.core import clock
from loa.newsroom.models import Story
from loa.newsroom.rules import PUBLISHABLE
from loa.org.access import in_force as links_in_force
from loa.org.access import units_where
from loa.org.models import Unit, UnitLink
from loa.press import access
from loa.press.models import Beat, Contact, Outlet, Release, ReleaseLetter, ReleasePhoto, Spokesperson
from loa.press.rules import Letter, State, What, Why, wants

#: stories offered when a release begins from one
MOST_STORIES = 40


# — staff ————————————————————————————————————————————————————————————————————————————
def releases_for(user: Any) -> QuerySet[Release]:
    """Releases of the person's units, the newest first."""
    return access.readable(user).select_related("unit", "approved_by")


def waiting_for(user: Any) -> int:
    """Releases that wait for this person's approval."""
    if not access.sees_press(user):
        return 0
    mine = Release.hands.through.objects.filter(release=OuterRef("pk"), user=user)
    waiting = Release.objects.filter(state=State.WAITING, unit__in=units_where(user, "press.approve"))
    return waiting.filter(~Exists(mine)).count()


def stories_to_start_from(user: Any) -> QuerySet[Story]:
    """Public stories of the units for which the person writes releases and of all below them, newest first."""
    links = UnitLink.objects.filter(links_in_force(clock.today()), above__in=units_where(user, "press.write"))
    found = Story.objects.filter(live=True, unit__in=links.values("below"))
    return found.select_related("unit").order_by("-published_at", "-pk")


def outlets_of(units: QuerySet[Unit]) -> QuerySet[Outlet]:
    """The register of these units: outlets with their contacts and what those follow; three queries."""
    contacts = Contact.objects.prefetch_related("beats").order_by("-active", "name", "pk")
    return (
        Outlet.objects.filter(unit__in=units)
        .select_related("unit")
        .prefetch_related(Prefetch("contacts", queryset=contacts))
        .annotate(receiving=Count("contacts", filter=Q(contacts__active=True)))
        .order_by("-active", "name", "pk")
    )


def beats_of(unit_id: int) -> list[Beat]:
    """The topics of a unit's register."""
    return list(Beat.objects.filter(unit=unit_id))


def spokespersons_of(units: QuerySet[Unit], day: dt.date | None = None) -> QuerySet[Spokesperson]:
    """Entries of these units; with a day, those in force on it."""
    found = Spokesperson.objects.filter(unit__in=units).select_related("unit")
    return found.filter(in_force(day)) if day else found


def in_force(day: dt.date) -> Q:
    """Spokespersons on that day (the last day included)."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def reachable(unit_id: int) -> QuerySet[Contact]:
    """Contacts of a unit's register who may be written to."""
    found = Contact.objects.filter(outlet__unit=unit_id, active=True, outlet__active=True)
    return found.select_related("outlet").prefetch_related("beats")


def proposed(unit_id: int, beat_ids: set[int]) -> list[int]:
    """Contacts meant by a release on these topics."""
    return [row.pk for row in reachable(unit_id) if wants([beat.pk for beat in row.beats.all()], beat_ids)]


def receivers_to_choose(release: Release) -> list[dict[str, Any]]:
    """Outlets with their contacts, each with whether it is chosen and follows the topics: for the form."""
    chosen = set(release.receivers.values_list("pk", flat=True))
    beats = set(release.beats.values_list("pk", flat=True))
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in reachable(release.unit_id):
        followed = list(row.beats.all())
        groups[str(row.outlet)].append(
            {
                "contact": row,
                "chosen": row.pk in chosen,
                "meant": wants([beat.pk for beat in followed], beats),
                "beats": followed,
            }
        )
    return [{"outlet": name, "rows": rows} for name, rows in sorted(groups.items())]


def letters_of(release: Release) -> list[ReleaseLetter]:
    """The ledger of a release that was found by `access`."""
    return list(release.letters.select_related("contact").order_by("outlet", "what", "pk"))


def unknown_count(release: Release) -> int:
    """Letters of which nobody knows whether they arrived."""
    return release.letters.filter(state=Letter.FAILED, why=Why.UNKNOWN).count()


def overdue() -> QuerySet[Release]:
    """Approved releases that should have gone out five minutes ago, and those whose letters do not move."""
    late = clock.now() - dt.timedelta(minutes=5)
    stuck = letters_not_held().filter(release=OuterRef("pk"), state=Letter.WAITING, due_at__lt=late)
    return Release.objects.filter(
        Q(pk__in=not_held().filter(state=State.APPROVED, release_at__lt=late).values("pk")) | Exists(stuck)
    )


# — holds ————————————————————————————————————————————————————————————————————————————
#: a letter that surely never arrived
NEVER_ARRIVED = (Why.REFUSED, Why.GAVE_UP, Why.FILES)


def may_have() -> QuerySet[ReleaseLetter]:
    """Letters that told of a release and have arrived, or may have: their readers are told what became of it."""
    rows = ReleaseLetter.objects.filter(state__in=[Letter.SENT, Letter.CLAIMED, Letter.FAILED])
    return rows.exclude(what=What.WITHDRAWAL).exclude(state=Letter.FAILED, why__in=NEVER_ARRIVED)


def not_held() -> QuerySet[Release]:
    """Releases no hold of the channels stops (for everybody, or for a branch their unit is in). What mends one
    that is out is not stopped, as on the channels."""
    mends = Q(corrects__state=State.RELEASED)
    return Release.objects.filter(mends | ~Q(pk__in=_held().values("pk")))


def letters_not_held() -> QuerySet[ReleaseLetter]:
    """Letters no hold stops: those of units that are free, withdrawals, and corrections to who may have the wrong
    one."""
    had = may_have().filter(release__uid=OuterRef("release__uid"), contact=OuterRef("contact"))
    had = had.exclude(release=OuterRef("release"))
    free = ~Q(release__in=_held()) | Q(what=What.WITHDRAWAL) | Q(Exists(had), what=What.CORRECTION)
    return ReleaseLetter.objects.filter(free)


def _held() -> QuerySet[Release]:
    return Release.objects.filter(held_units()).order_by()


def holds_on(release: Release) -> list[Hold]:
    """Holds that keep a release or its letters waiting, or will once it is approved: who put each, and why."""
    found = holds_over(release.unit_id)
    if not found:
        return []
    if release.state in (State.WAITING, State.APPROVED):
        waits = not not_held().filter(pk=release.pk).exists()
    else:
        waiting = release.letters.filter(state=Letter.WAITING)
        waits = waiting.exclude(pk__in=letters_not_held().filter(release=release).values("pk")).exists()
    return found if waits else []


def photos_for_press(release: Release) -> list[ReleasePhoto]:
    """Pictures the press may have now: described, credited, consented to, also at the story they come from."""
    allowed = [consent.value for consent in PUBLISHABLE]
    found = release.photos.filter(consent__in=allowed).filter(
        Q(story_photo=None) | Q(story_photo__consent__in=allowed)
    )
    return [photo for photo in found if not photo.missing]


# — anybody ——————————————————————————————————————————————————————————————————————————
def told_public(units: QuerySet[Unit]) -> QuerySet[Release]:
    """Releases whose page anybody may open: public ones, and withdrawn ones (their page says so)."""
    now = clock.now()
    free = Q(embargo_until=None) | Q(embargo_until__lte=now)
    return (
        Release.objects.filter(free, unit__in=units, state__in=[State.RELEASED, State.REPLACED, State.WITHDRAWN])
        .filter(released_at__lte=now)
        .select_related("unit", "spokesperson", "corrects")
        .prefetch_related("beats")
    )


def listed(units: QuerySet[Unit], beat: Beat | None = None) -> QuerySet[Release]:
    """Releases as lists and feeds show them, newest first: the last edition of each."""
    later = Release.objects.filter(corrects=OuterRef("pk"), state=State.WITHDRAWN)
    found = told_public(units).exclude(state=State.REPLACED).exclude(Exists(later))
    found = found.order_by("-released_at", "-pk")
    return found.filter(beats=beat) if beat else found


def public_beats(units: QuerySet[Unit]) -> list[Beat]:
    """Topics on which something is listed."""
    rows = listed(units).order_by().values("beats")
    return list(Beat.objects.filter(unit__in=units, pk__in=rows))


def speakers(units: QuerySet[Unit]) -> list[Spokesperson]:
    """Whom the press may call today."""
    return list(spokespersons_of(units, clock.today()).filter(published=True))


def by_key(key: str) -> Release | None:
    """The release a private link opens: from its release on, whatever its embargo."""
    states = [State.RELEASED, State.REPLACED, State.WITHDRAWN]
    return (
        Release.objects.filter(key=key, state__in=states)
        .select_related("unit", "spokesperson", "corrects")
        .prefetch_related("beats")
        .first()
    )
