"""Writes of hot issues: one verb, one function; each writes an entry of the issue's log and an audit line."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.services import notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.incidents import access
from loa.incidents.models import Entry, Evidence, Incident
from loa.incidents.rules import MOVES, Deed, Level, State
from loa.lib.vi import clean, clean_lines
from loa.listening.access import MANAGE
from loa.listening.events import Matter
from loa.listening.models import Case, Item, ItemTopic, ItemUnit
from loa.listening.rules import PRIVATE, Tone
from loa.listening.themes import topic_names
from loa.org import access as rights

#: items that are attached, the newest; figures count all
MOST_EVIDENCE = 300
LEADS = "report.approve"


def _handled(actor: Any, incident: Incident) -> Incident:
    if not access.may_handle(actor, incident):
        raise Refused(_("Bạn chưa được phân công xử lý vấn đề này."), code=MANAGE)
    return Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)


def _note(actor: Any, incident: Incident, deed: Deed, text: str = "", **data: Any) -> None:
    Entry.objects.create(incident=incident, by=actor, deed=deed, text=text, data=data)
    log(f"incidents.{deed.value}", actor=actor, obj=incident, unit_id=incident.unit_id, **data)


@transaction.atomic
def incident_open(*, actor: Any, matter: Matter) -> Incident:
    """A hot issue of what was heard, with everything attached; the one that is open already when there is one, of
    two the newer (their cases were merged).

    Leaders of the unit are told. Raises Refused.
    """
    rights.require(actor, MANAGE, matter.unit_id, _("Bạn chưa được phân công lập vấn đề nóng."))
    same = Q(key=matter.key) | Q(case=matter.case) if matter.case is not None else Q(key=matter.key)
    known = Incident.objects.filter(same, unit=matter.unit_id).exclude(state=State.CLOSED).first()
    if known is not None:
        return known
    incident = Incident.objects.create(
        unit_id=matter.unit_id,
        title=matter.title[:300],
        level=min(max(matter.level, Level.WATCH), Level.GRAVE),
        key=matter.key,
        case=matter.case,
        spike=matter.spike,
        lead=actor,
        opened_by=actor,
    )
    added = _attach(incident, matter)
    _note(actor, incident, Deed.OPENED, count=added)
    leaders = [user for user in rights.users_who_can(LEADS, incident.unit_id) if user.pk != actor.pk]
    notify(
        users=leaders,
        code="incidents.opened",
        key=str(incident.pk),
        url=reverse("incidents:incident", args=[incident.pk]),
        title=incident.title,
        by=str(actor),
    )
    return incident


def case_merged(*, actor: Any, case: Case, into: Case) -> None:
    """What was made of a case is of the one it goes into: found by it, brought up to date from it. In the
    transaction of listening.

    Where both have an open issue both stay: one key is one open issue's, so that the other keeps its own.
    """
    rows = Incident.objects.filter(Q(case=case) | Q(key=f"case:{case.pk}"), unit=into.unit_id)
    key = f"case:{into.pk}"
    taken = Incident.objects.filter(unit=into.unit_id, key=key).exclude(state=State.CLOSED).exists()
    for incident in rows.select_for_update(of=("self",)):
        incident.case = into
        still = incident.state != State.CLOSED
        if not (still and taken):
            incident.key = key
            taken = taken or still
        incident.save(update_fields=["case", "key"])
        _note(actor, incident, Deed.MERGED, case=case.title, into=into.title)


@transaction.atomic
def incident_refresh(*, actor: Any, incident: Incident, matter: Matter) -> int:
    """Attach what came since, count anew; returns how many items are new. Raises Refused, Conflict (closed)."""
    incident = _open(_handled(actor, incident))
    added = _attach(incident, matter)
    if added:
        _note(actor, incident, Deed.ADDED, count=added)
    return added


def _open(incident: Incident) -> Incident:
    if incident.state == State.CLOSED:
        raise Conflict(_("Vấn đề đã kết thúc. Mở lại trước khi sửa."))
    return incident


def _attach(incident: Incident, matter: Matter) -> int:
    known = set(incident.evidence.values_list("item", flat=True))
    fresh = [
        item for item in matter.items.order_by("-published_at", "-pk")[:MOST_EVIDENCE] if item.pk not in known
    ]
    rows = [_evidence(incident, item) for item in fresh]
    Evidence.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    incident.figures = _figures(list(matter.items.values_list("pk", flat=True)))
    incident.save(update_fields=["figures"])
    return len(fresh)


def _evidence(incident: Incident, item: Item) -> Evidence:
    """A copy of what a paper wrote; of a private person no more than that they spoke, when and in which tone."""
    private = item.outlet in PRIVATE
    return Evidence(
        incident=incident,
        item=item,
        title="" if private else item.title or item.text[:200],
        outlet_name=item.outlet_name,
        url="" if private else item.url,
        at=item.published_at,
        tone=item.tone,
        private=private,
    )


def _figures(keys: list[int]) -> dict[str, Any]:
    rows = list(Item.objects.filter(pk__in=keys).values_list("tone", "outlet", "outlet_name", "published_at"))
    tones = Counter(tone for tone, *_rest in rows)
    moments = [at for *_rest, at in rows]
    units: Counter[tuple[int, str]] = Counter(
        ItemUnit.objects.filter(item__in=keys).values_list("unit", "unit__short_name")
    )
    topics = Counter(ItemTopic.objects.filter(item__in=keys).values_list("code", flat=True))
    names = topic_names()
    return {
        "total": len(rows),
        **{str(tone): tones[tone] for tone in Tone},
        "private": sum(outlet in PRIVATE for _tone, outlet, *_rest in rows),
        "outlets": len({name for _tone, _outlet, name, _at in rows}),
        "first": min(moments).isoformat() if moments else "",
        "last": max(moments).isoformat() if moments else "",
        "units": [[pk, name, n] for (pk, name), n in units.most_common(5)],
        "topics": [[code, names.get(code, code), n] for code, n in topics.most_common(3)],
    }


@transaction.atomic
def incident_note(*, actor: Any, incident: Incident, text: str) -> None:
    """Write down what was done or decided. Raises Refused, InvalidInput (nothing written)."""
    incident = _handled(actor, incident)
    text = clean_lines(text)[:4000]
    if not text:
        raise InvalidInput(_("Hãy ghi việc đã làm hoặc ý kiến chỉ đạo."), field="text")
    _note(actor, incident, Deed.NOTE, text)


@transaction.atomic
def incident_set(*, actor: Any, incident: Incident, title: str, level: int, lead: Any) -> Incident:
    """Name it, say how bad it is, who leads. Who is given it is told. Raises Refused, InvalidInput, Conflict."""
    incident = _open(_handled(actor, incident))
    title = clean(title)[:300]
    if not title:
        raise InvalidInput(_("Hãy đặt tên vấn đề."), field="title")
    if level not in set(Level):
        raise InvalidInput(_("Hãy chọn mức độ trong danh sách."), field="level")
    if lead.pk not in {user.pk for user in helpers(incident)}:
        raise InvalidInput(_("Người này không phụ trách. Hãy chọn trong danh sách."), field="lead")
    if level != incident.level:
        _note(actor, incident, Deed.LEVEL, was=incident.level, now=level)
    if lead.pk != incident.lead_id:
        _note(actor, incident, Deed.GIVEN, who=str(lead))
        if lead.pk != actor.pk:
            notify(
                users=[lead],
                code="incidents.given",
                key=str(incident.pk),
                url=reverse("incidents:incident", args=[incident.pk]),
                title=title,
                by=str(actor),
            )
    incident.title, incident.level, incident.lead = title, level, lead
    incident.save(update_fields=["title", "level", "lead"])
    return incident


def helpers(incident: Incident) -> list[Any]:
    """People who may lead it."""
    return sorted(rights.users_who_can(MANAGE, incident.unit_id), key=str)


@transaction.atomic
def incident_move(*, actor: Any, incident: Incident, state: str, text: str = "") -> Incident:
    """Take it up, end it (with what came of it), open it again. Raises Refused, Conflict, InvalidInput."""
    incident = _handled(actor, incident)
    MOVES.require(incident.state, state, _("Vấn đề đã được người khác chuyển. Hãy tải lại trang."))
    if incident.state == State.CLOSED:
        alike = Incident.objects.filter(unit=incident.unit_id, key=incident.key).exclude(state=State.CLOSED)
        if other := alike.first():
            raise Conflict(
                _("Vụ việc này đã có vấn đề nóng đang mở: “%(title)s”. Hãy xử lý tiếp ở vấn đề ấy.")
                % {"title": other.title}
            )
    text = clean_lines(text)[:4000]
    if state == State.CLOSED and not text:
        raise InvalidInput(_("Hãy ghi kết quả xử lý trước khi kết thúc."), field="text")
    incident.state = State(state)
    incident.closed_at = clock.now() if state == State.CLOSED else None
    incident.save(update_fields=["state", "closed_at"])
    _note(actor, incident, Deed.STATE, text, now=str(state))
    return incident


@transaction.atomic
def statement_write(*, actor: Any, incident: Incident, text: str) -> Incident:
    """Write what the office says first; another approves it. Raises Refused, Conflict, InvalidInput."""
    incident = _open(_handled(actor, incident))
    text = clean_lines(text)[:4000]
    if not text:
        raise InvalidInput(_("Hãy soạn nội dung phát ngôn."), field="statement")
    incident.statement, incident.written_by = text, actor
    incident.approved_by = incident.approved_at = None
    incident.save(update_fields=["statement", "written_by", "approved_by", "approved_at"])
    _note(actor, incident, Deed.WRITTEN, text)
    approvers = [user for user in rights.users_who_can(access.APPROVE, incident.unit_id) if user.pk != actor.pk]
    notify(
        users=approvers,
        code="incidents.statement",
        key=str(incident.pk),
        url=reverse("incidents:incident", args=[incident.pk]),
        title=incident.title,
    )
    return incident


@transaction.atomic
def statement_approve(*, actor: Any, incident: Incident, text: str) -> Incident:
    """Approve the statement as the person read it. Raises Refused (wrote it, or has no right), Conflict (changed
    meanwhile)."""
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if not access.may_approve(actor, incident):
        raise Refused(
            _("Phát ngôn do người khác có thẩm quyền duyệt, không phải người soạn."), code=access.APPROVE
        )
    if clean_lines(text) != incident.statement:
        raise Conflict(_("Phát ngôn vừa được sửa. Hãy tải lại trang và đọc lại."))
    _open(incident)
    incident.approved_by, incident.approved_at = actor, clock.now()
    incident.save(update_fields=["approved_by", "approved_at"])
    _note(actor, incident, Deed.APPROVED)
    return incident
