"""Reads of the register of legal documents: what a text needs of it, its list, what cites a document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from loa.core import clock
from loa.lib.vanban.lint import Cited, Notice, cited_in, lint_text
from loa.lib.vi import fold
from loa.plans.access import plans_for
from loa.plans.events import Citing
from loa.plans.models import Amendment, LegalChange, LegalCitation, LegalDocument
from loa.plans.rules.legal import Entry, Register, legal_key, name_key, state_on

#: unknown numbers of one text for which something alike is looked for
_MOST_UNKNOWN = 40
#: entries that only serve likeness
_MOST_LIKE = 400
PARTS = (LegalChange.Kind.PARTLY, LegalChange.Kind.AMENDED)


def entry_of(row: LegalDocument) -> Entry:
    """A row with its `changes` at hand, as the linter reads it."""
    told = {kind: [] for kind in LegalChange.Kind}  # type: dict[Any, list[str]]
    for change in row.changes.all():
        told[LegalChange.Kind(change.kind)].append(change.by_printed)
    return Entry(
        number=row.number,
        kind=row.kind,
        issuer=row.issuer,
        subject=row.subject,
        signed_on=row.signed_on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        replaced_by=", ".join(told[LegalChange.Kind.REPLACED]),
        partly=", ".join(told[LegalChange.Kind.PARTLY] + told[LegalChange.Kind.AMENDED]),
        note=row.note.rstrip("."),
        pk=row.pk,
    )


def register_for(cited: Iterable[tuple[str, str, str]]) -> Register:
    """What the register knows of citations (number, type or name, ISO date as printed). Three queries at most."""
    cited = list(cited)
    keys = {legal_key(number): date for number, _kind, date in cited if number}
    names = {name_key(kind) for number, kind, _date in cited if not number} - {""}
    if not keys and not names:
        return Register()
    rows = list(
        LegalDocument.objects.filter(Q(key__in=list(keys)) | Q(name_key__in=list(names))).prefetch_related(
            "changes"
        )
    )
    unknown = [key for key in keys if key not in {row.key for row in rows}][:_MOST_UNKNOWN]
    entries = [entry_of(row) for row in rows]
    if unknown:
        alike = Q(signed_on__in=[keys[key] for key in unknown if len(keys[key]) == 10])
        for key in unknown:
            first, slash, rest = key.partition("/")
            alike |= Q(key__startswith=f"{first}/") if slash else Q(key__startswith=first[:4])
            alike |= Q(key__endswith=f"/{rest}") if slash and "/" in rest else Q()
        entries += [
            Entry(number=row.number, kind=row.kind, subject=row.subject, signed_on=row.signed_on, pk=row.pk)
            for row in LegalDocument.objects.filter(alike).exclude(pk__in=[row.pk for row in rows])[:_MOST_LIKE]
        ]
    return Register(entries)


def register_for_text(text: str) -> Register:
    """What the register knows of the documents a text cites. Three queries at most."""
    return register_for((one.number, one.kind, one.date) for one in cited_in(text))


def notices_of(
    text: str,
    *,
    scope: str,
    signed_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    own_number: str = "",
) -> list[Notice]:
    """All remarks of the linter on a text. Three queries at most."""
    return lint_text(
        text,
        scope=scope,
        register=register_for_text(text),
        today=clock.today(),
        signed_on=signed_on,
        ends_on=ends_on,
        own_number=own_number,
    )


@dataclass(frozen=True)
class Reference:
    """One document that a text cites: as printed, and the register's row when it has one."""

    printed: str
    cited: Cited
    document: LegalDocument | None
    state: str


def references_in(text: str, *, day: dt.date | None = None) -> list[Reference]:
    """The documents a text cites, each once, in order, with their state on a day. Two queries."""
    mentions = cited_in(text)
    found = known_documents(mentions)
    day = day or clock.today()
    seen: set[str] = set()
    rows = []
    for one in mentions:
        key = legal_key(one.number) or name_key(one.kind)
        if key in seen:
            continue
        seen.add(key)
        document = found.get(one)
        state = state_of(document, day) if document is not None else ""
        rows.append(Reference(str(one), one, document, state))
    return rows


def documents_printed(
    printed: Iterable[tuple[str, str, str]], *, day: dt.date | None = None
) -> dict[tuple[str, str, str], Reference]:
    """Of citations (number, type or name, ISO date as printed) those the register has, with their state on a day.
    Two queries."""
    day = day or clock.today()
    asked = {row: Cited(0, 0, 0, 0, row[0], row[1], row[2], "", "") for row in printed}
    found = known_documents(asked.values(), day=day)
    return {
        row: Reference(str(one), one, found[one], state_of(found[one], day))
        for row, one in asked.items()
        if one in found
    }


def known_documents(mentions: Iterable[Cited], *, day: dt.date | None = None) -> dict[Cited, LegalDocument]:
    """Of mentions those the register knows. Two queries."""
    mentions = list(mentions)
    keys = {legal_key(one.number) for one in mentions if one.number}
    names = {name_key(one.kind) for one in mentions if not one.number} - {""}
    if not keys and not names:
        return {}
    rows = LegalDocument.objects.filter(Q(key__in=keys) | Q(name_key__in=names)).prefetch_related("changes")
    by_pk = {row.pk: row for row in rows}
    register = Register(entry_of(row) for row in by_pk.values())
    day = day or clock.today()
    found = {}
    for one in mentions:
        entry = register.of_number(one.number, one.date or None) if one.number else register.of_name(one.kind, day)
        if entry is not None and entry.pk is not None:
            found[one] = by_pk[entry.pk]
    return found


def state_of(row: LegalDocument, day: dt.date) -> str:
    """Whether a row with its `changes` at hand holds on a day."""
    partly = any(
        change.kind in PARTS and (change.since is None or change.since <= day) for change in row.changes.all()
    )
    return state_on(day, row.valid_from, row.valid_to, partly=partly)


def legal_list(
    *, query: str = "", state: str = "", unverified: bool = False, day: dt.date
) -> QuerySet[LegalDocument]:
    """The register, filtered: words without accents, state on a day; newest first."""
    rows = LegalDocument.objects.annotate(
        changed=Exists(LegalChange.objects.filter(document=OuterRef("pk"), kind__in=PARTS))
    )
    for word in fold(query).split()[:8]:
        rows = rows.filter(folded__contains=word)
    ended = Q(valid_to__lte=day)
    ahead = Q(valid_from__gt=day)
    if state == "expired":
        rows = rows.filter(ended)
    elif state == "ahead":
        rows = rows.filter(ahead)
    elif state == "partly":
        rows = rows.exclude(ended).exclude(ahead).filter(changed=True)
    elif state == "valid":
        rows = rows.exclude(ended).exclude(ahead).filter(changed=False)
    if unverified:
        rows = rows.filter(verified=False)
    later = Prefetch("changes", LegalChange.objects.select_related("by"))
    return rows.prefetch_related(later).order_by("-year", "kind", "number")


def legal_counts(day: dt.date) -> dict[str, int]:
    """How many documents are in each state, and how many nobody held against the original. One query."""
    changed = Exists(LegalChange.objects.filter(document=OuterRef("pk"), kind__in=PARTS))
    ended, ahead = Q(valid_to__lte=day), Q(valid_from__gt=day)
    live = ~(ended & Q(valid_to__isnull=False)) & ~(ahead & Q(valid_from__isnull=False))
    return LegalDocument.objects.annotate(changed=changed).aggregate(
        all=Count("pk"),
        expired=Count("pk", filter=ended),
        ahead=Count("pk", filter=ahead & ~ended),
        partly=Count("pk", filter=live & Q(changed=True)),
        valid=Count("pk", filter=live & Q(changed=False)),
        unverified=Count("pk", filter=Q(verified=False)),
    )


def citations_of(row: LegalDocument) -> QuerySet[LegalCitation]:
    """What cites a document, newest first; whose they are decides who may see them (see `citing` in events)."""
    named = Q(name_key=row.name_key) if row.name_key else Q(pk=None)
    numbered = Q(key=row.key) & (Q(year=row.year) | Q(year=0))
    return LegalCitation.objects.filter(numbered | named).select_related("unit").order_by("-on", "-pk")


def plans_citing(user: Any, document: LegalDocument, mentions: QuerySet[LegalCitation]) -> list[Citing]:
    """Plans in force that cite it, of those the person may see. Two queries."""
    rows = list(mentions.filter(source=LegalCitation.Source.PLAN)[:100])
    seen = set(plans_for(user).filter(pk__in={row.object_id for row in rows}).values_list("pk", flat=True))
    return [
        Citing(
            LegalCitation.Source.PLAN.label,
            row.title,
            reverse("plans:plan", args=[row.object_id]),
            row.unit.short_name,
            row.on,
        )
        for row in rows
        if row.object_id in seen
    ]


def amendments_citing(user: Any, document: LegalDocument, mentions: QuerySet[LegalCitation]) -> list[Citing]:
    """Amendments in force that cite it, of plans the person may see. Two queries."""
    rows = list(mentions.filter(source=LegalCitation.Source.AMENDMENT)[:100])
    plan_of = dict(
        Amendment.objects.filter(pk__in={row.object_id for row in rows}, plan__in=plans_for(user)).values_list(
            "pk", "plan"
        )
    )
    return [
        Citing(
            LegalCitation.Source.AMENDMENT.label,
            row.title,
            reverse("plans:amendment", args=[plan_of[row.object_id], row.object_id]),
            row.unit.short_name,
            row.on,
        )
        for row in rows
        if row.object_id in plan_of
    ]
