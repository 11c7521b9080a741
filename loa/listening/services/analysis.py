"""What items say: analysed in batches by a job, near-duplicates gathered into one case, set right by people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import Count, Field, Max
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.learn.command import installed_store
from loa.lib.nlp import Analyser, Finding
from loa.lib.nlp.provinces import elsewhere
from loa.lib.typed import whole
from loa.listening import search, themes
from loa.listening.access import MANAGE
from loa.listening.models import Case, Correction, Item, ItemTopic, ItemUnit, Source
from loa.listening.rules import CASE_MOVES, PRIVATE, CaseState, Harm, Outlet, Tone
from loa.listening.services.alike import copies_of, follow_cases, follow_leaders, judge, set_aside
from loa.listening.services.gathering import New, count_cases, gather
from loa.listening.services.heard import heard, set_right
from loa.listening.themes import topic_names
from loa.org import access as rights
from loa.org.models import Unit, UnitAlias, UnitEvent, UnitVersion

#: a unit is written down above this confidence: of two that share a name neither has more
SURE = 0.5


@lru_cache(maxsize=2)
def _analyser(state: tuple[object, ...]) -> Analyser:
    from loa.listening.units import home_names, schools

    return Analyser(
        schools(),
        models=installed_store().in_use() if state[-1] else {},
        topics=themes.topic_phrases(),
        home=home_names(),
        elsewhere=elsewhere(home_names()),
    )


def analyser(*, trained: bool = True) -> Analyser:
    """The analyser with the units of today; built anew when units, other names, topics or models have changed, and
    on the day itself for what was entered before it.
    """
    version = UnitVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    event = UnitEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    # Another name is neither: the last key tells of one that was added, their number of one taken away.
    aliases = UnitAlias.objects.aggregate(last=Max("pk"), n=Count("pk"))
    store = installed_store()
    models = tuple((task, store.live_number(task)) for task in store.tasks()) if trained else ()
    units = (clock.today(), version, event, aliases["last"], aliases["n"])
    return _analyser((*units, themes.version(), models))


def words_of(item: Item) -> str:
    """What of an item is analysed."""
    return f"{item.title}. {item.text}" if item.title else item.text


class Around:
    """Where the items of one unit's listening were said: beside the unit itself, on a page that names a place.

    One query where that unit is no school. The name of a paper says nothing: "Tiền Phong" is a commune too.
    """

    def __init__(self, engine: Analyser, unit_id: int) -> None:
        self._engine, self._named = engine, dict[str, list[frozenset[int]]]()
        self._own = engine.around_unit(unit_id)
        if not self._own:
            below = Unit.objects.filter(parent=unit_id, parent__parent__isnull=False)
            self._own = [frozenset(below.values_list("pk", flat=True))]

    def of(self, item: Item) -> list[frozenset[int]]:
        """The nearest first."""
        name = item.outlet_name if item.outlet in PRIVATE or item.outlet == Outlet.STATE else ""
        if name and name not in self._named:
            self._named[name] = self._engine.around_name(name)
        return [*self._named.get(name, []), *self._own]


def analyse_waiting(limit: int = 500) -> int:
    """Analyse the items that wait, oldest first, in one transaction. Returns how many."""

    with transaction.atomic():
        waiting = list(
            # One whose article is still to be opened waits for it; of an address that gave none there is nothing.
            Item.objects.select_for_update(skip_locked=True)
            .filter(analysed_at=None, read_due=None)
            .exclude(title="", text="")
            .order_by("pk")[:limit]
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
    topics: list[ItemTopic] = []
    units: list[ItemUnit] = []
    new: list[New] = []
    around = Around(engine, unit_id)
    for item in items:
        found = engine.analyse(words_of(item), around.of(item))
        apply(item, found, now, engine.model)
        at = item.published_at
        topics += [ItemTopic(item=item, code=code, score=score, at=at) for code, score in found.topics]
        meant = [hit for hit in found.units if hit.score > SURE]
        units += [
            ItemUnit(item=item, unit_id=hit.unit, score=hit.score, quote=hit.quote[:200], at=at) for hit in meant
        ]
        if found.relevant:
            about = frozenset(hit.unit for hit in meant), frozenset(code for code, _score in found.topics)
            new.append(New(item, found.prepared.folded, *about))
    touched = gather(unit_id, new)
    follow_leaders(items)
    follow_cases(items)
    _save(items)
    ItemTopic.objects.bulk_create(topics, ignore_conflicts=True, batch_size=200)
    ItemUnit.objects.bulk_create(units, ignore_conflicts=True, batch_size=200)
    count_cases(touched)
    heard([item.pk for item in items])


#: what an analysis writes into an item
_ANALYSIS = (
    *("analysed_at", "model", "relevant", "tone", "score", "margin", "harm", "language", "fingerprint"),
    *("case", "copy_of"),
)


def _save(items: Sequence[Item]) -> None:
    """One prepared statement, many rows: `bulk_update` builds an expression for every value."""
    fields = [cast("Field[Any, Any]", Item._meta.get_field(name)) for name in _ANALYSIS]
    names = ", ".join(f"{field.column} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Item._meta.db_table} SET {names} WHERE id = %s",  # noqa: S608 (constant names)
            [
                [
                    *(field.get_db_prep_save(getattr(item, field.attname), connection) for field in fields),
                    item.pk,
                ]
                for item in items
            ],
        )


def apply(item: Item, found: Finding, now: dt.datetime, model: str) -> None:
    """Put a finding into an item; saves nothing."""
    item.analysed_at, item.model = now, model
    item.relevant, item.tone, item.score, item.margin = found.relevant, found.tone, found.score, found.margin
    item.harm, item.language, item.fingerprint = found.harm, found.language, found.fingerprint


@transaction.atomic
def item_correct(*, actor: Any, item: Item, field: str, value: str) -> Item:
    """Set one part of an item's analysis right; the trainer learns from it.

    `field` and `value`: "tone", "harm" and their codes; "relevant" and "1" or "0"; "topics" or "units" and
    "+code" or "-code" (one more, one less). The first three hold for the copies of its words too (`Item.also`: for
    how many); what is about education after all gets its topics and its case.

    Raises Refused, InvalidInput (no such field or value), Conflict (nothing would change).
    """
    rights.require(actor, MANAGE, item.unit_id, _("Bạn chưa được phân công sửa kết quả phân tích."))
    item = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    changed = [item]
    if field in ("topics", "units"):
        before = search.load([item.pk])
        was, new = _relinked(item, field, value)
    else:
        was, new = _wanted(item, field, value)
        rows = copies_of(item, field).exclude(**{field: new}).select_for_update(of=("self",))
        changed += rows.order_by("pk")
        before = search.load([one.pk for one in changed])
        for one in changed:
            judge(one, field, new)
            one.save(update_fields=[field, "score"])
        if field == "relevant" and new:
            _about_education(changed)
    Correction.objects.create(item=item, field=field, was=was, now=new, by=actor)
    count_cases({one.case_id for one in changed if one.case_id and field in ("tone", "relevant")})
    set_right(before)
    item.also = len(changed) - 1
    told = told_of(item)
    log(
        "listening.item.corrected", actor=actor, obj=told, unit_id=item.unit_id, field=field, item=item.pk,
        copies=item.also,
    )  # fmt: skip
    return item


def _about_education(items: list[Item]) -> None:
    """What was passed over gets its topics, where a person gave it none, and its case."""
    engine = analyser()
    new: list[New] = []
    for item in sorted(items, key=lambda one: (one.published_at, one.pk)):
        if item.forgotten:
            continue
        found = engine.analyse(words_of(item))
        codes = list(item.topics.values_list("code", flat=True))
        if not codes and not item.corrections.filter(field="topics").exists():
            codes = [code for code, _score in found.named]
            item.topics.bulk_create(
                ItemTopic(item=item, code=code, score=score, at=item.published_at) for code, score in found.named
            )
        if item.case_id is None:
            item.copy_of = None
            units = frozenset(item.units.values_list("unit", flat=True))
            new.append(New(item, found.prepared.folded, units, frozenset(codes)))
    if new:
        touched = gather(new[0].item.unit_id, new)
        for one in new:
            one.item.save(update_fields=["case", "copy_of"])
        count_cases(touched)


def told_of(item: Item) -> Item | Source:
    """What the audit log names for an item: its source where words of private persons or films must go."""
    return item.source if item.outlet in PRIVATE else item


def learns_from(item: Item, field: str) -> bool:
    """Whether the trainer can use a correction of the item: of relevance only where a model is asked."""
    if field != "relevant":
        return True
    return analyser(trained=False).analyse(words_of(item)).asked


@transaction.atomic
def item_confirm(*, actor: Any, item: Item, field: str) -> None:
    """Say that "tone", "harm" or "relevant" of an item is right: the trainer learns from that as well.

    Raises Refused, InvalidInput (no such field). Said twice it is written once.
    """
    rights.require(actor, MANAGE, item.unit_id, _("Bạn chưa được phân công sửa kết quả phân tích."))
    if field not in ("tone", "harm", "relevant"):
        raise InvalidInput(_("Hãy chọn giá trị trong danh sách."), field=field)
    item = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    value = getattr(item, field)
    last = item.corrections.filter(field=field).values_list("now", flat=True).first()
    if last == value:
        return
    Correction.objects.create(item=item, field=field, was=value, now=value, by=actor)
    told = told_of(item)
    log("listening.item.confirmed", actor=actor, obj=told, unit_id=item.unit_id, field=field, item=item.pk)


def _wanted(item: Item, field: str, value: str) -> tuple[Any, Any]:
    """One value of the item itself: what it was and what it is to be."""
    values: dict[str, Any] = {"tone": set(Tone), "harm": set(Harm), "relevant": {"1", "0"}}
    if field not in values or value not in values[field]:
        raise InvalidInput(_("Hãy chọn giá trị trong danh sách."), field=field)
    new: Any = value == "1" if field == "relevant" else value
    was = getattr(item, field)
    if was == new:
        raise Conflict(_("Kết quả đã đúng như vậy."))
    return was, new


def _relinked(item: Item, field: str, value: str) -> tuple[list[Any], list[Any]]:
    """One topic or unit more or less; returns the list as it was and as it is."""
    links: Any = item.topics if field == "topics" else item.units
    name = "code" if field == "topics" else "unit_id"
    was = sorted(links.values_list(name, flat=True))
    sign, key = value[:1], value[1:]
    one: Any = key if field == "topics" else whole(key) or 0
    known = key in topic_names() if field == "topics" else Unit.objects.filter(pk=one).exists()
    if sign == "-" and one in was:
        links.filter(**{name: one}).delete()
    elif sign == "+" and known and one not in was:
        links.create(**{name: one}, score=1.0, at=item.published_at)
    elif sign == "+" and known:
        raise Conflict(_("Kết quả đã đúng như vậy."))
    else:
        raise InvalidInput(_("Hãy chọn giá trị trong danh sách."), field=field)
    return was, sorted(links.values_list(name, flat=True))


@transaction.atomic
def case_decide(*, actor: Any, case: Case, state: str, note: str = "") -> Case:
    """Decide on a case, once for all its items: those of one that is set aside count no more, until it is taken up
    again (`Case.also`: how many). Raises Refused, Conflict (no such move).
    """
    rights.require(actor, MANAGE, case.unit_id, _("Bạn chưa được phân công xử lý vụ việc này."))
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    CASE_MOVES.require(case.state, state, _("Vụ việc đã được người khác xử lý. Hãy tải lại trang."))
    turned = CaseState.IRRELEVANT in (case.state, state)
    case.state, case.decided_by, case.decided_at = CaseState(state), actor, clock.now()
    if note.strip():
        case.note = note.strip()[:4000]
    case.save(update_fields=["state", "decided_by", "decided_at", "note"])
    also = 0
    if turned:
        also = set_aside(case, aside=state == CaseState.IRRELEVANT)
        count_cases([case.pk])
        case.refresh_from_db()
    case.also = also
    shown = str(case.get_state_display())
    log("listening.case.decided", actor=actor, obj=case, unit_id=case.unit_id, state=shown, items=also)
    return case


@transaction.atomic
def item_opened(*, actor: Any, item: Item) -> None:
    """Write down that somebody read the words of a private person (every look at a raw comment is logged)."""
    log("listening.item.opened", actor=actor, obj=item.source, unit_id=item.unit_id, item=item.pk)


@transaction.atomic
def items_listed(*, actor: Any, items: Sequence[int]) -> None:
    """Write down that a list showed words of private persons (ids of their items)."""
    log("listening.items.listed", actor=actor, items=list(items), count=len(items))


@transaction.atomic
def items_taken(*, actor: Any, count: int, private: int, params: dict[str, str]) -> None:
    """Write down that somebody took items away (a workbook, paper): how many, of private persons, what was
    sought.
    """
    log("listening.items.taken", actor=actor, count=count, private=private, params=params)
