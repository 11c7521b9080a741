"""What items say: analysed in batches by a job, near-duplicates gathered into one case, set right by people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.learn.command import installed_store
from loa.lib.nlp import Analyser, Finding, Leaders
from loa.lib.nlp.text import prepare
from loa.listening.access import MANAGE
from loa.listening.models import Case, Correction, Item, ItemTopic, ItemUnit
from loa.listening.rules import CASE_MOVES, CaseState, Harm, Tone
from loa.org import access as rights
from loa.org.models import UnitEvent, UnitVersion

#: near-duplicates are looked for among so many items before, of so many days
AMONG, WITHIN = 5000, dt.timedelta(days=14)
#: a unit is written down from this confidence on
SURE = 0.5


@lru_cache(maxsize=2)
def _analyser(state: tuple[object, ...]) -> Analyser:
    from loa.listening.units import schools

    return Analyser(schools(), models=installed_store().in_use())


def analyser() -> Analyser:
    """The analyser with the units of today; built anew when units or models have changed."""
    version = UnitVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    event = UnitEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    store = installed_store()
    models = tuple((task, store.live_number(task)) for task in store.tasks())
    return _analyser((version, event, models))


def analyse_waiting(limit: int = 500) -> int:
    """Analyse the items that wait, oldest first, in one transaction. Returns how many."""

    with transaction.atomic():
        waiting = list(
            Item.objects.select_for_update(skip_locked=True).filter(analysed_at=None).order_by("pk")[:limit]
        )
        if not waiting:
            return 0
        engine = analyser()
        for unit_id in {item.unit_id for item in waiting}:
            _write(unit_id, [item for item in waiting if item.unit_id == unit_id], engine)
    return len(waiting)


def _write(unit_id: int, items: list[Item], engine: Analyser) -> None:
    now = clock.now()
    items = sorted(items, key=lambda item: (item.published_at, item.pk))
    leaders, known = _leaders(unit_id, items)
    topics: list[ItemTopic] = []
    units: list[ItemUnit] = []
    touched: dict[int, Case] = {}
    for item in items:
        found = engine.analyse(f"{item.title}. {item.text}" if item.title else item.text)
        apply(item, found, now, engine.model)
        at = item.published_at
        topics += [ItemTopic(item=item, code=code, score=score, at=at) for code, score in found.topics]
        meant = [hit for hit in found.units if hit.score >= SURE]
        units += [
            ItemUnit(item=item, unit_id=hit.unit, score=hit.score, quote=hit.quote[:200], at=at) for hit in meant
        ]
        if found.relevant:
            this = _Known(at, frozenset(hit.unit for hit in meant))
            known[item.pk] = this
            leader = int(
                leaders.join(
                    str(item.pk),
                    found.prepared.folded,
                    fits=partial(_fits, this, known),
                )
            )
            if leader != item.pk:
                case = _case_for(leader, item, known)
                item.case = case
                touched[case.pk] = case
    Item.objects.bulk_update(
        items,
        ["analysed_at", "model", "relevant", "tone", "score", "harm", "language", "fingerprint", "case"],
        batch_size=100,
    )
    ItemTopic.objects.bulk_create(topics, ignore_conflicts=True, batch_size=200)
    ItemUnit.objects.bulk_create(units, ignore_conflicts=True, batch_size=200)
    for case in touched.values():
        count_case(case)


def apply(item: Item, found: Finding, now: dt.datetime, model: str) -> None:
    """Put a finding into an item; saves nothing."""
    item.analysed_at, item.model = now, model
    item.relevant, item.tone, item.score = found.relevant, found.tone, found.score
    item.harm, item.language, item.fingerprint = found.harm, found.language, found.fingerprint


@dataclass
class _Known:
    """What of an item decides whether another may belong to it, beside its words."""

    at: dt.datetime
    units: frozenset[int]
    case: int | None = None

    def goes_with(self, other: _Known) -> bool:
        """Within the same days, and not about another school."""
        near = abs(self.at - other.at) <= WITHIN
        return near and (not self.units or not other.units or bool(self.units & other.units))


def _fits(this: _Known, known: dict[int, _Known], leader: str) -> bool:
    return this.goes_with(known[int(leader)])


def _leaders(unit_id: int, items: Sequence[Item]) -> tuple[Leaders, dict[int, _Known]]:
    """Leaders among the relevant items of the days around these, and what is known of each."""
    rows = Item.objects.filter(
        unit=unit_id,
        relevant=True,
        forgotten=False,
        published_at__gte=items[0].published_at - WITHIN,
        published_at__lte=items[-1].published_at + WITHIN,
    ).exclude(pk__in=[item.pk for item in items])
    last = list(
        rows.order_by("-published_at", "-pk").values_list("pk", "title", "text", "published_at", "case")[:AMONG]
    )
    meant: dict[int, set[int]] = defaultdict(set)
    for item_id, unit in ItemUnit.objects.filter(item__in=[row[0] for row in last]).values_list("item", "unit"):
        meant[item_id].add(unit)
    leaders = Leaders()
    known: dict[int, _Known] = {}
    for pk, title, text, at, case in reversed(last):
        this = known[pk] = _Known(at, frozenset(meant[pk]), case)
        leaders.join(
            str(pk),
            prepare(f"{title}. {text}" if title else text).folded,
            fits=partial(_fits, this, known),
        )
    return leaders, known


def _case_for(leader: int, item: Item, known: dict[int, _Known]) -> Case:
    """The case of the leader; made, with the leader in it, when there is none yet."""
    first = Item.objects.get(pk=leader)
    number = known[leader].case or first.case_id
    if number:
        return Case.objects.get(pk=number)
    case = Case.objects.create(
        unit_id=item.unit_id,
        title=(first.title or first.text[:160])[:400],
        first_at=first.published_at,
        last_at=first.published_at,
    )
    Item.objects.filter(pk=leader).update(case=case)
    known[leader].case = case.pk
    return case


def count_case(case: Case) -> None:
    """Count a case anew from its items."""
    rows = list(Item.objects.filter(case=case).values_list("published_at", "outlet_name", "tone"))
    case.size = len(rows)
    case.outlets = len({name for _at, name, _tone in rows})
    case.negative = sum(tone == Tone.NEG for _at, _name, tone in rows)
    case.first_at = min(at for at, _name, _tone in rows)
    case.last_at = max(at for at, _name, _tone in rows)
    case.save(update_fields=["size", "outlets", "negative", "first_at", "last_at"])


@transaction.atomic
def item_correct(*, actor: Any, item: Item, field: str, value: str) -> Item:
    """Set one part of an item's analysis right: "tone", "harm" or "relevant". The trainer learns from it.

    Raises Refused, InvalidInput (no such field or value), Conflict (nothing would change).
    """
    rights.require(actor, MANAGE, item.unit_id, _("Bạn chưa được phân công sửa kết quả phân tích."))
    item = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    values: dict[str, Any] = {"tone": set(Tone), "harm": set(Harm), "relevant": {"1", "0"}}
    if field not in values or value not in values[field]:
        raise InvalidInput(_("Hãy chọn giá trị trong danh sách."), field=field)
    new: Any = value == "1" if field == "relevant" else value
    was = getattr(item, field)
    if was == new:
        raise Conflict(_("Kết quả đã đúng như vậy."))
    setattr(item, field, new)
    if field == "tone":
        item.score = {Tone.POS: 1.0, Tone.NEU: 0.0, Tone.NEG: -1.0}[Tone(value)]
    item.save(update_fields=[field, "score"])
    Correction.objects.create(item=item, field=field, was=was, now=new, by=actor)
    if item.case_id and field == "tone":
        count_case(Case.objects.select_for_update().get(pk=item.case_id))
    log("listening.item.corrected", actor=actor, obj=item, unit_id=item.unit_id, field=field)
    return item


@transaction.atomic
def case_decide(*, actor: Any, case: Case, state: str, note: str = "") -> Case:
    """Decide on a case, once for all its items. Raises Refused, Conflict (no such move)."""
    rights.require(actor, MANAGE, case.unit_id, _("Bạn chưa được phân công xử lý vụ việc này."))
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    CASE_MOVES.require(case.state, state, _("Vụ việc đã được người khác xử lý. Hãy tải lại trang."))
    case.state, case.decided_by, case.decided_at = CaseState(state), actor, clock.now()
    if note.strip():
        case.note = note.strip()[:4000]
    case.save(update_fields=["state", "decided_by", "decided_at", "note"])
    log("listening.case.decided", actor=actor, obj=case, unit_id=case.unit_id, state=str(case.get_state_display()))
    return case


@transaction.atomic
def item_opened(*, actor: Any, item: Item) -> None:
    """Write down that somebody read the words of a private person (every look at a raw comment is logged)."""
    log("listening.item.opened", actor=actor, obj=item.source, unit_id=item.unit_id, item=item.pk)
