"""Digests: drafted by the timetable, edited and approved by people, mailed once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.relay import Outcome, Relay
from loa.lib.calendar.periods import period_of
from loa.lib.calendar.workdays import is_working_day, next_working_day
from loa.lib.vanban.write import write_docx, write_pdf
from loa.listening.access import MANAGE
from loa.listening.digest.document import official_document
from loa.listening.digest.gather import (
    Said,
    Span,
    figures,
    lines,
    opening_of,
    renewed,
    said_before,
    same_line,
    sorted_lines,
    title_of,
)
from loa.listening.digest.model import DIGEST_MOVES, MONTH_DAY, Kind, State
from loa.listening.digest.typed import Typed
from loa.listening.models import Digest, DigestLine, DigestMail, DigestPlan, Item, Source
from loa.listening.rules import PRIVATE
from loa.listening.watch.rules import DIGEST_TRIES, MailState, retry_after
from loa.org import access as rights
from loa.org.models import Unit

MOST_RECIPIENTS = 50
LEASE = dt.timedelta(minutes=30)
#: a report of the month that was made by hand so long before it is due is that month's
EARLY = dt.timedelta(days=14)


def draft_due() -> int:
    """Draft what is due now: on working days from the hour each unit chose. Returns how many. Runs every few
    minutes.
    """
    now = clock.local(clock.now())
    day = now.date()
    if not is_working_day(day):
        return 0
    made = 0
    plans = {plan.unit_id: plan for plan in DigestPlan.objects.all()}
    for unit_id in _drafted_for(set(plans)):
        plan = plans.get(unit_id) or DigestPlan(unit_id=unit_id)
        if now.time() < plan.hour:
            continue
        if plan.active and not Digest.objects.filter(unit=unit_id, kind=Kind.DAY, day=day).exists():
            made += digest_draft(unit_id=unit_id, kind=Kind.DAY, day=day) is not None
        if plan.monthly:
            made += _month_drafted(unit_id, day, plan.hour)
    return made


def _month_drafted(unit_id: int, day: dt.date, hour: dt.time) -> bool:
    """Draft the report that was due last, on the 25th or the next working day, unless it is there: a worker that
    stood still makes up for it. After the end of its month it ends on the 25th, so that it is that month's; a unit
    that did not listen then has none. `day` is a working day.
    """
    month = day.replace(day=MONTH_DAY)
    if next_working_day(month) > day:
        month = (day.replace(day=1) - dt.timedelta(days=1)).replace(day=MONTH_DAY)
    if _monthly(unit_id, month):
        return False
    if month.month == day.month:
        return digest_draft(unit_id=unit_id, kind=Kind.MONTH, day=day) is not None
    until = dt.datetime.combine(month, hour, tzinfo=clock.VIETNAM)
    if not Source.objects.filter(unit=unit_id, created_at__lt=until).exists():
        return False
    return digest_draft(unit_id=unit_id, kind=Kind.MONTH, day=month, until=until) is not None


def _drafted_for(planned: set[int]) -> list[int]:
    """Units that hear the press or public bodies, and those that saved when it is to be: a school that hears but
    its own page has nothing to review.
    """
    heard = Source.objects.filter(active=True).exclude(outlet__in=PRIVATE)
    return sorted(planned | set(heard.order_by().values_list("unit", flat=True).distinct()))


def _monthly(unit_id: int, since: dt.date) -> bool:
    """Whether the report of the month is there: since the day it is due, or made by hand shortly before."""
    return Digest.objects.filter(unit=unit_id, kind=Kind.MONTH, day__gte=since - EARLY).exists()


def _before(unit_id: int, kind: Kind, until: dt.datetime) -> Digest | None:
    """The one before."""
    return Digest.objects.filter(unit=unit_id, kind=kind, until__lt=until).order_by("-until").first()


def _since(before: Digest | None, kind: Kind, until: dt.datetime) -> dt.datetime:
    """Where the one before ended; a day, or a month, when there is none."""
    if kind == Kind.MONTH:
        month = clock.local(until).replace(day=1) - dt.timedelta(days=1)
        return before.until if before else month.replace(day=MONTH_DAY)
    most = until - dt.timedelta(days=10)  # after a long holiday, not from the last digest of last year
    return max(before.until, most) if before else until - dt.timedelta(days=1)


@transaction.atomic
def digest_draft(*, unit_id: int, kind: Kind, day: dt.date, until: dt.datetime | None = None) -> Digest | None:
    """Make the draft of a day and tell those who keep listening; None when somebody else made it meanwhile.

    A month's begins with what the officer wrote into the approved digests of its days.
    """
    now = clock.now()
    until = until or now
    before = _before(unit_id, kind, until)
    since = _since(before, kind, until)
    span = Span(unit_id, kind, since, until, before.gathered_at if before else None)
    numbers = figures(span)
    said = said_before(unit_id, since, until) if kind == Kind.MONTH else Said()
    per_day = _("Ngày %(day)s: %(words)s")
    days = [per_day % {"day": one.strftime("%d/%m"), "words": words} for one, words in said.summaries]
    digest, made = Digest.objects.get_or_create(
        unit_id=unit_id,
        kind=kind,
        day=day,
        defaults={
            "since": since,
            "until": until,
            "figures": numbers,
            "summary": "\n".join([opening_of(numbers), *days])[:8000],
            "proposal": "\n".join(said.proposals)[:8000],
            "made_at": now,
            "gathered_at": now,
        },
    )
    if not made:
        return None
    found = lines(span, said)
    for line in found:
        line.digest = digest
    DigestLine.objects.bulk_create(found)
    notify(
        users=rights.users_who_can(MANAGE, unit_id),
        code="listening.digest_drafted",
        key=str(digest.pk),
        url=reverse("listening:digest", args=[digest.pk]),
        title=title_of(digest),
    )
    return digest


def draft_locked(actor: Any, digest: Digest, approved: str = "") -> Digest:
    """The draft, locked for who edits it. Raises Refused, Conflict (with the words `approved`)."""
    rights.require(actor, MANAGE, digest.kept_by, _("Bạn chưa được phân công biên tập điểm báo."))
    digest = Digest.objects.select_for_update(of=("self",)).get(pk=digest.pk)
    if digest.state != State.DRAFT:
        at = clock.local(digest.approved_at).strftime("%H:%M ngày %d/%m") if digest.approved_at else ""
        words = _("%(who)s đã duyệt điểm báo này lúc %(at)s nên không sửa được nữa.")
        raise Conflict(approved or words % {"who": digest.approved_by, "at": at})
    return digest


def touched(digest: Digest, actor: Any) -> tuple[str, ...]:
    """Words or lines that were there are others now: whoever filled a form before must look again. Returns the
    fields to save.
    """
    digest.edited_by, digest.edited_at = actor, clock.now()
    digest.version += 1
    return "edited_by", "edited_at", "version"


def _saved_since(actor: Any, digest: Digest) -> Conflict:
    """Who was first, and what to do."""
    at = clock.local(digest.edited_at).strftime("%H:%M ngày %d/%m") if digest.edited_at else ""
    if digest.edited_by_id == actor.pk:
        words = _(
            "Chính bạn đã lưu điểm báo này ở một trang khác lúc %(at)s, nên lời bạn vừa viết chưa được lưu. "
            "Lời ấy còn nguyên ở dưới, cạnh bản đang lưu: hãy ghép hai bản rồi lưu lại."
        )
    else:
        words = _(
            "%(who)s đã lưu điểm báo này lúc %(at)s, sau khi bạn mở trang, nên lời bạn vừa viết chưa được lưu. "
            "Lời ấy còn nguyên ở dưới, cạnh bản đang lưu: hãy ghép hai bản rồi lưu lại."
        )
    return Conflict(words % {"who": digest.edited_by, "at": at}, code="listening.digest.version")


@transaction.atomic
def digest_edit(
    *,
    actor: Any,
    digest: Digest,
    summary: str,
    proposal: str,
    texts: Mapping[int, str],
    shown: set[int],
    seen: set[int] | None = None,
    version: int | None = None,
) -> Digest:
    """Save the officer's words: `texts` of stories by the pk of their line, `shown` the lines that stay, of those
    that were `seen` (None: all). `version`: the one the form was filled on (None: the one there is). What is there
    already writes nothing and stands in nobody's way.

    Raises Refused, Conflict (it is approved; somebody saved since `version`).
    """
    digest = draft_locked(actor, digest)
    rows = list(digest.lines.all())
    typed = Typed(summary, proposal, texts, shown, seen)
    stale = version is not None and version != digest.version
    if not typed.lay_over(digest, rows) and not (stale and typed.gone(rows)):
        return digest
    if stale:
        raise _saved_since(actor, digest)
    digest.save(update_fields=["summary", "proposal", *touched(digest, actor)])
    DigestLine.objects.bulk_update(rows, ["text", "shown"])
    log("listening.digest.edited", actor=actor, obj=digest, unit_id=digest.unit_id)
    return digest


def known_now(rows: Sequence[DigestLine]) -> None:
    """What was put in by hand before it was analysed has its tone now, and its case unless another line of `rows`
    tells of that. Not saved. One query.
    """
    by_item = {line: line.item_id for line in rows if line.item_id and line.added_by_id}
    items = Item.objects.in_bulk(list(by_item.values()))
    cases = {line.case_id for line in rows if line.story}
    for line, key in by_item.items():
        item = items[key]
        line.tone = line.tone or item.tone
        if line.story and not line.case_id and item.case_id not in cases:
            line.case_id = item.case_id
            cases.add(item.case_id)


@transaction.atomic
def digest_renew(*, actor: Any, digest: Digest) -> int:
    """Bring the draft up to this moment: new lines, figures and sentences that were made. The officer's words
    stay, and lines that are hidden stay hidden. Returns how many lines are new.

    Raises Refused, Conflict (it is approved; a later one has begun where it ends).
    """
    digest = draft_locked(actor, digest)
    if digest.keeper_id:
        raise Conflict(_("Đơn vị của bản này đã kết thúc: tin mới nằm ở điểm báo của đơn vị tiếp nhận."))
    if Digest.objects.filter(unit=digest.unit_id, kind=digest.kind, until__gt=digest.until).exists():
        raise Conflict(_("Đã có điểm báo mới hơn: tin đến sau nằm ở bản ấy."))
    kind, before = Kind(digest.kind), _before(digest.unit_id, Kind(digest.kind), digest.until)
    now = clock.now()
    until = now
    if kind == Kind.MONTH:  # what comes after its month is of the next
        last = period_of(digest.day, "month").end
        until = max(digest.until, min(now, dt.datetime.combine(last, dt.time.max, tzinfo=clock.VIETNAM)))
    span = Span(digest.unit_id, kind, digest.since, until, before.gathered_at if before else None)
    numbers = figures(span)
    old, new = opening_of(digest.figures), opening_of(numbers)
    if digest.summary.startswith(old):
        digest.summary = new + digest.summary.removeprefix(old)
    digest.figures, digest.until, digest.gathered_at = numbers, until, now
    digest.save(update_fields=["summary", "figures", "until", "gathered_at", *touched(digest, actor)])
    kept = list(digest.lines.all())
    known_now(kept)
    there = {same_line(line): line for line in kept}
    said = said_before(digest.unit_id, span.since, span.until) if kind == Kind.MONTH else Said()
    fresh = []
    for line in lines(span, said):
        mine = there.get(same_line(line))
        if mine is None:
            line.digest = digest
            fresh.append(line)
        elif line.story:
            mine.text = renewed(mine.text, line.text)
    sorted_lines([*kept, *fresh])
    DigestLine.objects.bulk_update(kept, ["text", "number", "tone", "case"])
    DigestLine.objects.bulk_create(fresh)
    log("listening.digest.renewed", actor=actor, obj=digest, unit_id=digest.unit_id, count=len(fresh))
    return len(fresh)


@transaction.atomic
def digest_approve(
    *, actor: Any, digest: Digest, version: int | None = None, seen: Collection[int] | None = None
) -> Digest:
    """Approve: from now on nothing changes; letters to the recipients are queued, each once. `version` and `seen`:
    what was read, its words and its lines; nothing else is approved (None: whatever stands there).

    Raises Refused, Conflict (it is approved; somebody saved since, or put something in).
    """
    digest = draft_locked(actor, digest)
    DIGEST_MOVES.require(digest.state, State.APPROVED, _("Điểm báo đã được duyệt."))
    if version is not None and version != digest.version:
        raise _saved_since(actor, digest)
    new = digest.lines.filter(shown=True).exclude(pk__in=seen).count() if seen is not None else 0
    if new:
        words = _(
            "Chưa duyệt: có %(n)d tin được thêm vào điểm báo sau khi bạn mở trang. Lời bạn viết đã lưu; "
            "hãy xem các tin ấy rồi duyệt."
        )
        raise Conflict(words % {"n": new}, code="listening.digest.version")
    digest.state, digest.approved_by, digest.approved_at = State.APPROVED, actor, clock.now()
    digest.save(update_fields=["state", "approved_by", "approved_at"])
    rows = list(digest.lines.all())
    known_now(rows)
    DigestLine.objects.bulk_update([line for line in rows if line.added_by_id], ["tone", "case"])
    plan = DigestPlan.objects.filter(unit=digest.unit_id).first()
    addresses = addresses_in(plan.recipients) if plan else []
    DigestMail.objects.bulk_create(
        [DigestMail(digest=digest, address=address, mail_after=clock.now()) for address in addresses],
        ignore_conflicts=True,
    )
    cancel_notices(code="listening.digest_drafted", key=str(digest.pk))
    log("listening.digest.approved", actor=actor, obj=digest, unit_id=digest.unit_id, count=len(addresses))
    return digest


@transaction.atomic
def digest_send_again(*, actor: Any, digest: Digest) -> int:
    """Queue anew the letters that certainly did not go; one of which nobody knows is left alone. Returns how many.

    Raises Refused, Conflict (there are none).
    """
    rights.require(actor, MANAGE, digest.kept_by, _("Bạn chưa được phân công biên tập điểm báo."))
    refused = DigestMail.objects.filter(digest=digest, mail=MailState.REFUSED)
    n = refused.update(
        mail=MailState.READY, mail_after=clock.now(), attempts=0, claim="", settled_at=None, trouble=""
    )
    if not n:
        raise Conflict(_("Không có thư nào cần gửi lại. Hãy tải lại trang."))
    log("listening.digest.sent_again", actor=actor, obj=digest, unit_id=digest.unit_id, count=n)
    return n


def addresses_in(text: str) -> list[str]:
    """Addresses of a field, one a line or parted by commas, each once. Raises InvalidInput with the wrong one."""
    found: dict[str, None] = {}
    for one in text.replace(",", "\n").replace(";", "\n").splitlines():
        address = one.strip().lower()
        if not address:
            continue
        try:
            validate_email(address)
        except ValidationError as error:
            raise InvalidInput(
                _("“%(one)s” không phải địa chỉ thư. Hãy sửa lại.") % {"one": address}, field="recipients"
            ) from error
        found.setdefault(address)
    if len(found) > MOST_RECIPIENTS:
        raise InvalidInput(_("Nhiều nhất %(n)d địa chỉ.") % {"n": MOST_RECIPIENTS}, field="recipients")
    return list(found)


@transaction.atomic
def digest_plan_save(
    *, actor: Any, unit: Unit, active: bool, hour: dt.time, monthly: bool, recipients: str
) -> DigestPlan:
    """When the unit's digests draft themselves and to whom they go. Raises Refused, InvalidInput."""
    rights.require(actor, MANAGE, unit.pk, _("Bạn chưa được phân công đặt lịch điểm báo."))
    addresses = addresses_in(recipients)
    plan, _made = DigestPlan.objects.select_for_update().get_or_create(unit=unit)
    plan.active, plan.hour, plan.monthly = active, hour, monthly
    plan.recipients = "\n".join(addresses)
    plan.save()
    log("listening.digest.planned", actor=actor, obj=unit, unit_id=unit.pk)
    return plan


# — out ————————————————————————————————————————————————————————————————————————————————


def files_of(digest: Digest) -> list[tuple[str, bytes, str]]:
    """(name, bytes, type) of the document as .docx and .pdf; both print the same page."""
    document = official_document(digest)
    stem = f"diem-bao-{digest.day:%Y-%m-%d}" if digest.kind == Kind.DAY else f"bao-cao-du-luan-{digest.day:%Y-%m}"
    made = digest.approved_at or digest.made_at
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return [
        (f"{stem}.docx", write_docx(document, made_at=made), word),
        (f"{stem}.pdf", write_pdf(document, made_at=made), "application/pdf"),
    ]


def send_digest_mails(limit: int = 25) -> int:
    """Send letters of approved digests that are due. Returns how many were looked at. Outside a transaction."""
    now = clock.now()
    DigestMail.objects.filter(mail=MailState.SENDING, lease_until__lt=now).update(
        mail=MailState.UNKNOWN, settled_at=now, trouble="the worker stopped while sending"
    )
    due = DigestMail.objects.filter(mail__in=(MailState.READY, MailState.LATER), mail_after__lte=now)
    keys = list(due.order_by("mail_after", "pk").values_list("pk", flat=True)[:limit])
    if not keys:
        return 0
    claim = secrets.token_hex(12)
    due.filter(pk__in=keys).update(
        mail=MailState.SENDING, claim=claim, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    rows = list(
        DigestMail.objects.filter(pk__in=keys, claim=claim, mail=MailState.SENDING)
        .select_related("digest__unit")
        .order_by("digest", "pk")
    )
    files: dict[int, list[tuple[str, bytes, str]]] = {}
    with Relay() as relay:
        for row in rows:
            digest = row.digest
            attached = files.setdefault(digest.pk, []) or files_of(digest)
            files[digest.pk] = attached
            message = EmailMessage(title_of(digest), _letter(digest), settings.DEFAULT_FROM_EMAIL, [row.address])
            for name, data, kind in attached:
                message.attach(name, data, kind)
            _settle(row, relay.send(message))
    return len(rows)


def _letter(digest: Digest) -> str:
    stories = list(digest.lines.filter(story=True, shown=True))
    parts = [digest.summary]
    if stories:
        parts.append("\n".join(f"- {line.title}" for line in stories))
    parts.append(_("Bản đầy đủ trong tệp kèm theo."))
    return "\n\n".join(part for part in parts if part)


def _settle(row: DigestMail, result: Any) -> None:
    now = clock.now()
    values: dict[str, Any] = {"settled_at": now, "trouble": result.trouble}
    match result.outcome:
        case Outcome.SENT:
            values["mail"] = MailState.SENT
        case Outcome.LATER if row.attempts < DIGEST_TRIES:
            values |= {
                "mail": MailState.LATER,
                "mail_after": now + retry_after(row.attempts),
                "settled_at": None,
            }
        case Outcome.UNKNOWN:
            values["mail"] = MailState.UNKNOWN
        case _:
            values["mail"] = MailState.REFUSED
    DigestMail.objects.filter(pk=row.pk, claim=row.claim, mail=MailState.SENDING).update(**values)
