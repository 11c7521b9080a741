"""Evidence: stories count by themselves, everything else is added, checked and may be refused."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from loa.accounts.services import notify
from loa.audit.services import log, log_at
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.uploads import checked_file
from loa.lib.vi import clean
from loa.newsroom.models import Story
from loa.org.access import can, units_where, users_who_can
from loa.org.models import Unit
from loa.org.telling import Telling, tell_units
from loa.plans.models import Directive, Plan
from loa.plans.rules import DirectiveKind, PlanStatus, Proof
from loa.plans.rules.directives import genre_counts
from loa.plans.selectors.families import counts_for as topic_counts
from loa.plans.selectors.families import heads, lineages
from loa.reporting.events import units_reminded
from loa.reporting.models import Evidence, Report
from loa.reporting.rules import Slot, fingerprint_of_url
from loa.reporting.selectors.lines import Line, line_of, lines_of
from loa.reporting.selectors.obligations import lives_of


def _counting(plan_units: Iterable[int], day: dt.date, proof: Proof) -> list[Line]:
    """Directives of issued plans of those units that count `proof` on `day`, as they stand today."""
    rows = Directive.objects.filter(
        plan__status=PlanStatus.ISSUED,
        plan__unit__in=plan_units,
        proof=proof,
        starts_on__lte=day,
        ends_on__gte=day,
    ).select_related("plan__unit")
    return lines_of(rows, clock.today())


def _meets(directive: Directive, story: Story, families: Mapping[int, set[int]]) -> bool:
    """`families`: topic → the topics it counts for, of the plans above too."""
    return genre_counts(directive.genres, story.genre) and topic_counts(
        story.topic_id, directive.topic_id, families
    )


@transaction.atomic
def story_counted(*, story: Story, actor: Any) -> list[Evidence]:
    """Count a story that has just become public, for every directive it meets. Repeating it changes nothing."""
    if not story.live or story.published_at is None:
        return []
    day = clock.local(story.published_at).date()
    above = list(story.unit.links_up.filter(valid_from__lte=day).values_list("above", flat=True))
    found = [(line, line.of(day)) for line in _counting(above, day, Proof.STORY)]
    families = lineages([story.topic_id])
    stretches = [
        (line.number, stretch)
        for line, stretch in found
        if stretch and _meets(stretch.version_on(day), story, families)
    ]
    lives = lives_of([one for _line, stretch in stretches for one in stretch.versions], only=[story.unit_id])
    made = []
    for line, stretch in stretches:
        if not stretch.held_on(lives, story.unit_id, day):
            continue
        evidence, created = Evidence.objects.get_or_create(
            directive_id=line,
            fingerprint=f"story:{story.pk}",
            refused_at=None,
            defaults={
                "unit": story.unit,
                "topic": story.topic,
                "kind": Evidence.Kind.STORY,
                "slot": stretch.slot.start,
                "on": day,
                "title": story.title,
                "story": story,
                "added_by": None,
            },
        )
        if created:
            made.append(evidence)
            log(
                "reporting.evidence.counted",
                actor=actor,
                obj=evidence,
                unit_id=story.unit_id,
                directive=line,
                story=story.pk,
            )
    return made


@transaction.atomic
def story_uncounted(*, story: Story, actor: Any) -> int:
    """A story is no longer public: what it proved no longer counts. Returns how many proofs were taken back."""
    rows = Evidence.objects.filter(story=story, refused_at=None)
    taken = rows.update(refused_at=clock.now(), refused_reason=_("Bài đã được gỡ."))
    if taken:
        log("reporting.evidence.uncounted", actor=actor, obj=story, unit_id=story.unit_id, count=taken)
    return taken


@transaction.atomic
def story_recounted(*, story: Story, actor: Any) -> None:
    """What is public of a story changed (its topic, its genre): count it anew."""
    Evidence.objects.filter(story=story, refused_at=None).update(title=story.title, topic=story.topic_id)
    families = lineages([story.topic_id])
    proved = dict(Evidence.objects.filter(story=story, refused_at=None).values_list("directive", "on"))
    versions = Directive.objects.filter(Q(pk__in=proved) | Q(line__in=proved)).select_related("plan__unit")
    met = set()
    for line in lines_of(versions, clock.today()):
        day = proved[line.number]
        stretch = line.of(day)
        if _meets(stretch.version_on(day) if stretch else line.versions[0], story, families):
            met.add(line.number)
    stale = Evidence.objects.filter(story=story, refused_at=None).exclude(directive__in=met)
    stale.update(refused_at=clock.now(), refused_reason=_("Bài đã chuyển sang chủ đề hoặc thể loại khác."))
    story_counted(story=story, actor=actor)


@transaction.atomic
def report_counted(*, report: Report, actor: Any) -> Evidence | None:
    """Count an approved report for the directive that asks for it, on the day it was approved."""
    if report.directive is None or report.approved_at is None:
        return None
    stretch = line_of(report.directive, clock.today()).of(report.ends_on)
    if stretch is None:
        return None
    slot = stretch.slot
    evidence, created = Evidence.objects.get_or_create(
        directive_id=stretch.line,
        fingerprint=f"report:{report.pk}",
        refused_at=None,
        defaults={
            "unit": report.unit,
            "kind": Evidence.Kind.REPORT,
            "slot": slot.start,
            "on": clock.local(report.approved_at).date(),
            "title": report.title,
            "report": report,
        },
    )
    if created:
        log("reporting.evidence.counted", actor=actor, obj=evidence, unit_id=report.unit_id, report=report.pk)
    return evidence


def recount(*, plan: Plan, batch: int = 2000) -> int:
    """Count the stories that were public before their plan was issued. Returns how many proofs were made.

    Repeating it changes nothing: a story proves a directive once.
    """
    made = 0
    versions = list(plan.directives.filter(proof=Proof.STORY).select_related("plan__unit", "topic"))
    lives = lives_of(versions)
    families = heads(version.topic_id for version in versions if version.topic_id)
    for line in lines_of(versions, clock.today()):
        every = line.stretches()
        stories = Story.objects.filter(
            live=True,
            published_at__gte=clock.start_of(line.last.starts_on),
            published_at__lt=clock.end_of(line.last.ends_on),
        )
        known = set(
            Evidence.objects.filter(directive=line.number, refused_at=None).values_list("fingerprint", flat=True)
        )
        rows = []
        for story in stories.only("pk", "unit", "topic", "title", "published_at", "genre").iterator(batch):
            day = clock.local(story.published_at).date()
            stretch = next((one for one in every if one.slot.start <= day <= one.slot.end), None)
            if stretch is None and line.last.kind == DirectiveKind.DEADLINE:
                stretch = line.of(day)
            if stretch is None or f"story:{story.pk}" in known:
                continue
            if not _meets(stretch.version_on(day), story, families):
                continue
            if stretch.held_on(lives, story.unit_id, day):
                rows.append(
                    Evidence(
                        directive_id=line.number,
                        unit_id=story.unit_id,
                        topic_id=story.topic_id,
                        kind=Evidence.Kind.STORY,
                        slot=stretch.slot.start,
                        on=day,
                        title=story.title,
                        story_id=story.pk,
                        fingerprint=f"story:{story.pk}",
                    )
                )
        with transaction.atomic():
            made += len(Evidence.objects.bulk_create(rows, batch_size=batch, ignore_conflicts=True))
    return made


@transaction.atomic
def evidence_add(
    *,
    actor: Any,
    unit: Unit,
    directive: Directive,
    slot: Slot,
    kind: str,
    on: dt.date,
    title: str,
    url: str = "",
    outlet: str = "",
    file: UploadedFile | None = None,
) -> Evidence:
    """Add a proof that Loa could not see by itself: a link, a press clipping, a file.

    Raises:
        Refused: `actor` does not work for `unit`.
        InvalidInput: the date is outside the period, nothing is given as proof, or the file is not acceptable.
        Conflict: the same link or file already proves this directive, here or at another unit.
    """
    if not can(actor, "evidence.add", unit.pk):
        raise Refused(_("Anh/chị chỉ bổ sung minh chứng cho đơn vị mình."), code="evidence.add")
    stretch = line_of(directive, clock.today()).starting(slot.start)
    if stretch is None or not stretch.share(lives_of(stretch.versions, only=[unit.pk]), unit.pk):
        raise InvalidInput(_("Đơn vị không phải làm việc này trong kỳ đã chọn."), code="evidence.not_owed")
    _check_day(on, slot)
    print_of = _print_of(kind, url, file)
    _check_unused(stretch.line, print_of)
    try:
        with transaction.atomic():
            evidence = Evidence.objects.create(
                directive_id=stretch.line,
                unit=unit,
                topic=directive.topic,
                kind=kind,
                slot=slot.start,
                on=on,
                title=clean(title)[:300] or clean(outlet) or url[:300],
                url=url,
                outlet=clean(outlet),
                file=file or "",
                fingerprint=print_of,
                added_by=actor,
            )
    except IntegrityError:
        raise Conflict(
            _("Minh chứng này vừa được người khác thêm. Hãy tải lại trang."), code="evidence.double"
        ) from None
    log("reporting.evidence.added", actor=actor, obj=evidence, unit_id=unit.pk, directive=stretch.line, kind=kind)
    return evidence


def _check_day(on: dt.date, slot: Slot) -> None:
    if on > clock.today():
        raise InvalidInput(_("Ngày của minh chứng ở tương lai. Hãy ghi ngày đã thực hiện."), field="on")
    if on < slot.start:
        raise InvalidInput(
            _("Minh chứng ngày %(on)s có trước kỳ này (từ %(start)s). Hãy chọn đúng kỳ.")
            % {"on": on.strftime("%d/%m/%Y"), "start": slot.start.strftime("%d/%m/%Y")},
            field="on",
            code="evidence.before_period",
        )


def _print_of(kind: str, url: str, file: UploadedFile | None) -> str:
    """What one proof is known by wherever it is given in again. Refuses a proof that is none."""
    if kind in (Evidence.Kind.LINK, Evidence.Kind.CLIPPING) and not url:
        raise InvalidInput(_("Hãy dán đường dẫn tới tin, bài."), field="url")
    if kind == Evidence.Kind.FILE and file is None:
        raise InvalidInput(_("Hãy chọn tệp minh chứng."), field="file")
    if kind not in (Evidence.Kind.LINK, Evidence.Kind.CLIPPING, Evidence.Kind.FILE):
        raise InvalidInput(_("Loại minh chứng này Loa tự ghi nhận, không thêm bằng tay."), field="kind")
    print_of = f"file:{checked_file(file)}" if file is not None else f"url:{fingerprint_of_url(url)}"
    if len(print_of) > 100:
        print_of = f"url:{hashlib.sha256(print_of.encode()).hexdigest()}"
    return print_of


def _check_unused(line: int, print_of: str) -> None:
    used = (
        Evidence.objects.filter(directive=line, fingerprint=print_of, refused_at=None)
        .select_related("unit")
        .first()
    )
    if used is not None:
        raise Conflict(
            _("Minh chứng này đã được %(unit)s dùng ngày %(on)s. Mỗi tin, bài chỉ tính một lần.")
            % {"unit": used.unit.short_name, "on": used.on.strftime("%d/%m/%Y")},
            code="evidence.double",
        )


@transaction.atomic
def evidence_refuse(*, actor: Any, evidence: Evidence, reason: str) -> Evidence:
    """Say that a proof added by hand does not count; the unit is told why.

    Raises: Refused (no right above that unit), InvalidInput (no reason), Conflict (already refused).
    """
    evidence = Evidence.objects.select_for_update().select_related("unit", "directive").get(pk=evidence.pk)
    judges = can(actor, "evidence.judge", evidence.unit_id)
    own = evidence.added_by_id == actor.pk
    if not (judges or own):
        raise Refused(_("Anh/chị không có quyền bác minh chứng của đơn vị này."), code="evidence.judge")
    if evidence.story_id:
        raise InvalidInput(_("Tin, bài đã đăng tự được tính; muốn thôi tính thì gỡ bài."), code="evidence.story")
    if not reason.strip():
        raise InvalidInput(_("Hãy ghi lý do để đơn vị biết cách bổ sung."), field="reason")
    if evidence.refused_at:
        raise Conflict(_("Minh chứng này đã được bác trước đó."), code="evidence.refused")
    evidence.refused_at, evidence.refused_reason = clock.now(), clean(reason)[:300]
    evidence.save(update_fields=["refused_at", "refused_reason"])
    log("reporting.evidence.refused", actor=actor, obj=evidence, unit_id=evidence.unit_id, reason=reason)
    if not own:
        notify(
            users=users_who_can("evidence.add", evidence.unit_id),
            code="reporting.evidence.refused",
            key=f"evidence:{evidence.pk}",
            url=f"/lam-viec/tien-do/don-vi/{evidence.unit_id}/",
            title=evidence.title,
            reason=evidence.refused_reason,
        )
    return evidence


@transaction.atomic
def remind(*, actor: Any, plan: Plan, units: Iterable[Unit], text: str = "") -> int:
    """Remind the people of late units, of each unit once a day. Returns how many people were told.

    The same few statements for one unit and for all that are late: an authority reminds a thousand at once.
    Raises Refused when one of the units is not theirs.
    """
    units, text, day = list(units), clean(text)[:300], clock.today()
    ids = {unit.pk for unit in units}
    if units_where(actor, "evidence.judge").filter(pk__in=ids).count() < len(ids):
        raise Refused(_("Anh/chị chỉ nhắc được các đơn vị trong phạm vi của mình."), code="remind")
    words = {
        unit.pk: Telling(
            f"reminder:{plan.pk}:{unit.pk}:{day.isoformat()}",
            f"/lam-viec/tien-do/don-vi/{unit.pk}/",
            {"unit": unit.short_name, "plan": plan.title, "text": text},
        )
        for unit in units
    }
    told = tell_units("evidence.add", words, code="reporting.reminder", again_when_read=False)
    log_at(ids, "reporting.reminded", actor=actor, obj=plan)
    for listener in units_reminded:
        listener(actor=actor, plan=plan, units=units, text=text, day=day)
    return told
