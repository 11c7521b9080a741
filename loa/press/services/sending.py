"""From approval to the last letter: releasing, taking back, and what a person decides about unknown letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import clean_lines
from loa.org.access import can
from loa.press import access, channels, hooks, selectors
from loa.press.models import Contact, Release, ReleaseLetter
from loa.press.rules import Letter, State, What, Why, letter_due
from loa.press.services.composing import back_to_draft, move


def start_due() -> int:
    """Release everything approved whose hour has come and that no hold stops. Returns how many."""
    due = (
        selectors.not_held().filter(state=State.APPROVED, release_at__lte=clock.now()).values_list("pk", flat=True)
    )
    return sum(_release(pk) for pk in list(due))


@transaction.atomic
def _release(pk: int) -> bool:
    """Write the ledger, a row for each chosen contact who still receives; a correction replaces the old one."""
    rows = Release.objects.select_for_update(of=("self",))
    # What it corrects first, as who withdraws that does.
    old = rows.filter(pk__in=Release.objects.filter(pk=pk).values("corrects")).first()
    release = rows.get(pk=pk)
    now = clock.now()
    if release.state != State.APPROVED or release.release_at is None or release.release_at > now:
        return False
    people = Contact.objects.filter(active=True, outlet__active=True)
    chosen = set(release.receivers.values_list("pk", flat=True))
    if release.corrects_id:
        # Whoever may have the wrong thing, of whichever edition, is told the right one, chosen or not.
        told = selectors.may_have().filter(release__uid=release.uid)
        chosen |= set(told.exclude(contact=None).values_list("contact_id", flat=True))
    letters = _letters(release, people.filter(pk__in=chosen), now)
    move(release, State.RELEASED)
    release.released_at = now
    release.intended = release.waiting = len(letters)
    release.save()
    ReleaseLetter.objects.bulk_create(letters)
    if old is not None and old.state == State.RELEASED:
        move(old, State.REPLACED)
        _drop_waiting(old, Why.WITHDRAWN)
        old.save()
    hooks.public_changed()
    if not release.embargo_until or release.embargo_until <= now:
        _announce(release)
    log("press.release.released", actor=None, obj=release, unit_id=release.unit_id, count=len(letters))
    return True


def _letters(release: Release, people: QuerySet[Contact], now: dt.datetime) -> list[ReleaseLetter]:
    """A row of the ledger for each, not saved; who keeps no embargo waits for its end."""
    what = What.CORRECTION if release.corrects_id else What.RELEASE
    return [
        ReleaseLetter(
            release=release,
            contact=contact,
            outlet=contact.outlet.name,
            what=what,
            due_at=letter_due(now, release.embargo_until, keeps_embargo=contact.keeps_embargo),
        )
        for contact in people.select_related("outlet")
    ]


def _announce(release: Release) -> None:
    release.announced_at = clock.now()
    release.save(update_fields=["announced_at"])
    channels.correct(release)
    for listener in hooks.announced:
        listener(release)


def embargoes_over() -> int:
    """Releases whose embargo has ended: their pages are public now, and feeds are told. Returns how many."""
    ready = Release.objects.filter(state=State.RELEASED, announced_at=None, embargo_until__lte=clock.now())
    done = 0
    for pk in list(ready.values_list("pk", flat=True)):
        with transaction.atomic():
            release = Release.objects.select_for_update(of=("self",)).get(pk=pk)
            if release.state == State.RELEASED and release.announced_at is None:
                hooks.public_changed()
                _announce(release)
                done += 1
    return done


def _drop_waiting(release: Release, why: Why) -> None:
    """Letters nobody holds will not go (of a locked release); the caller saves."""
    dropped = ReleaseLetter.objects.filter(release=release, state=Letter.WAITING).update(
        state=Letter.SKIPPED, why=why, settled_at=clock.now()
    )
    release.skipped += dropped
    release.waiting -= dropped


@transaction.atomic
def release_withdraw(*, actor: Any, release_id: int, reason: str) -> Release:
    """Take back what is out, with the editions before it: their pages say so, and whoever may have any of them is
    told, once. Raises NotFound, Refused, InvalidInput (no reason), Conflict."""
    release = access.release_for_control(actor, release_id)
    if not can(actor, "press.approve", release.unit_id):
        raise Refused(
            _("Chỉ người phát ngôn, lãnh đạo hoặc trưởng đơn vị được thu hồi thông cáo."), code="press.approve"
        )
    reason = clean_lines(reason)[:600]
    if not reason:
        raise InvalidInput(_("Hãy ghi lý do thu hồi; báo chí đọc được lý do này."), field="reason")
    move(release, State.WITHDRAWN, _("Chỉ thu hồi được thông cáo đang phát hành."))
    now = clock.now()
    _drop_waiting(release, Why.WITHDRAWN)
    told = selectors.may_have().filter(release__uid=release.uid, contact__active=True)
    # Once each; an outlet may have another name by now.
    outlets = dict(told.values_list("contact_id", "contact__outlet__name"))
    rows = [
        ReleaseLetter(release=release, contact_id=contact_id, outlet=outlet, what=What.WITHDRAWAL, due_at=now)
        for contact_id, outlet in outlets.items()
    ]
    ReleaseLetter.objects.bulk_create(rows)
    release.withdrawn_reason, release.withdrawn_at = reason, now
    release.intended += len(rows)
    release.waiting += len(rows)
    release.save()
    for old in Release.objects.select_for_update(of=("self",)).filter(uid=release.uid, state=State.REPLACED):
        move(old, State.WITHDRAWN)
        old.withdrawn_reason, old.withdrawn_at = reason, now
        old.save(update_fields=["state", "withdrawn_reason", "withdrawn_at"])
    _corrections_wait(release, actor, reason)
    channels.withdraw(release, actor)
    hooks.public_changed()
    if release.announced_at is not None:
        for listener in hooks.announced:
            listener(release)
    log("press.release.withdrawn", actor=actor, obj=release, unit_id=release.unit_id, reason=reason)
    return release


def _corrections_wait(release: Release, actor: Any, reason: str) -> None:
    """A correction of what was taken back does not go out by itself: somebody decides on it anew."""
    rows = Release.objects.select_for_update(of=("self",)).filter(uid=release.uid)
    for newer in rows.filter(state__in=(State.WAITING, State.APPROVED)):
        back_to_draft(newer, actor, _("Bản trước đã thu hồi: %(reason)s") % {"reason": reason}, tell=True)


@transaction.atomic
def unknown_decide(*, actor: Any, release_id: int, again: bool) -> int:
    """A person decides about letters whose outcome nobody knows: send again (some arrive twice), or take them as
    sent. Returns how many. Raises NotFound, Refused."""
    release = access.release_for_control(actor, release_id)
    rows = release.letters.filter(state=Letter.FAILED, why=Why.UNKNOWN)
    if release.state == State.WITHDRAWN:
        rows = rows.filter(what=What.WITHDRAWAL)
    now = clock.now()
    if again:
        count = rows.update(state=Letter.WAITING, why="", due_at=now, settled_at=None, attempts=0, handed_at=None)
        release.waiting += count
    else:
        count = rows.update(
            state=Letter.SENT, why="", reply=_("Coi như đã tới, theo quyết định của người phụ trách")
        )
        release.sent += count
    release.failed -= count
    release.save()
    code = "press.unknown.again" if again else "press.unknown.sent"
    log(code, actor=actor, obj=release, unit_id=release.unit_id, count=count)
    return count


@transaction.atomic
def letters_add(*, actor: Any, release_id: int, contact_ids: Iterable[int]) -> int:
    """Send a release that is out to more contacts, each once. Returns how many were added.

    Raises NotFound, Refused, Conflict.
    """
    release = access.release_for_control(actor, release_id)
    if release.state != State.RELEASED:
        raise Conflict(_("Chỉ gửi thêm được thông cáo đang phát hành."), code="press.letters.add")
    now = clock.now()
    had = set(release.letters.exclude(contact=None).values_list("contact_id", flat=True))
    people = Contact.objects.filter(
        active=True, outlet__active=True, outlet__unit=release.unit_id, pk__in=list(contact_ids)
    ).exclude(pk__in=had)
    rows = _letters(release, people, now)
    ReleaseLetter.objects.bulk_create(rows)
    release.receivers.add(*[row.contact_id for row in rows if row.contact_id])
    release.intended += len(rows)
    release.waiting += len(rows)
    release.save()
    if rows:
        log("press.letters.added", actor=actor, obj=release, unit_id=release.unit_id, count=len(rows))
    return len(rows)


# — what became of a letter ——————————————————————————————————————————————————————————
@transaction.atomic
def letter_settle(
    *,
    letter_id: int,
    lease: str,
    state: Letter,
    why: Why = Why.NONE,
    code: int = 0,
    reply: str = "",
    again: dt.timedelta | None = None,
    uncounted: bool = False,
) -> bool:
    """Write what became of a letter that is held under `lease`, and the release's counters with it.

    `again`: back to the queue for so long; `uncounted`: that try does not count. Returns False when somebody else
    has settled it.
    """
    row = ReleaseLetter.objects.filter(pk=letter_id, lease=lease, state=Letter.CLAIMED).first()
    if row is None:
        return False
    release = Release.objects.select_for_update(of=("self",)).get(pk=row.release_id)
    now = clock.now()
    if again is not None and release.state == State.WITHDRAWN and row.what != What.WITHDRAWAL:
        again, state, why = None, Letter.SKIPPED, Why.WITHDRAWN
    held = ReleaseLetter.objects.filter(pk=letter_id, lease=lease, state=Letter.CLAIMED)
    if again is not None:
        return bool(
            held.update(
                state=Letter.WAITING,
                due_at=now + again,
                code=code,
                reply=reply[:300],
                lease="",
                lease_until=None,
                handed_at=None,
                attempts=F("attempts") - (1 if uncounted else 0),
            )
        )
    done = held.update(
        state=state, why=why, code=code, reply=reply[:300], settled_at=now, lease="", lease_until=None
    )
    if done:
        setattr(release, state.value, getattr(release, state.value) + 1)
        release.waiting -= 1
        release.save(update_fields=[state.value, "waiting"])
    return bool(done)


@transaction.atomic
def address_dead(*, contact_id: int) -> None:
    """The far end says nobody has this address: it is written to no more, and the log says why."""
    contact = (
        Contact.objects.select_for_update(of=("self",)).select_related("outlet").filter(pk=contact_id).first()
    )
    if contact is not None and contact.active:
        contact.active, contact.left_at, contact.left_how = False, clock.now(), "dead"
        contact.save(update_fields=["active", "left_at", "left_how"])
        log("press.contact.dead", actor=None, obj=contact, unit_id=contact.outlet.unit_id)
