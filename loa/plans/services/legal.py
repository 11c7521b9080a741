"""The register of legal documents: loaded from the project's file, edited and imported by the office."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vanban.lint import cited_in
from loa.lib.vi import clean, clean_lines, fold, nfc
from loa.org.models import Unit
from loa.plans.access import require_legal_edit
from loa.plans.models import LegalChange, LegalCitation, LegalDocument
from loa.plans.rules.legal import law_key, legal_key, name_key, year_of

DATA = Path(__file__).resolve().parent.parent / "data" / "legal_documents.csv"
_CHANGES = tuple(LegalChange.Kind)
#: greatest lengths of what a person writes
_LIMITS = {"kind": 60, "number": 60, "issuer": 200, "subject": 500, "note": 2000, "source": 300}


def load_legal_documents(path: Path = DATA) -> int:
    """Add the project's documents, and bring known ones up to date. Returns how many lines the file has.

    Lines that a person has edited, and documents that are not in the file, are left as they are. Raises ValueError
    on a line without number or with a date that is none.
    """
    wanted: dict[tuple[str, int], tuple[LegalDocument, dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for at, line in enumerate(csv.DictReader(lines), start=2):
            if not nfc(line["number"]).strip():
                raise ValueError(f"{path.name}:{at}: no number")
            values: dict[str, Any] = {name: nfc(text or "").strip() for name, text in line.items()}
            for name in ("signed_on", "valid_from", "valid_to"):
                values[name] = dt.date.fromisoformat(values[name]) if values[name] else None
            row = LegalDocument()
            _fill(row, values | {"verified": bool(values["verified"])})
            wanted[row.number, row.year] = (row, {kind: values[kind] for kind in _CHANGES})
    fields = [
        field.name
        for field in LegalDocument._meta.concrete_fields
        if field.name not in ("id", "number", "year", "edited_by", "edited_at")
    ]
    with transaction.atomic():
        kept = set(LegalDocument.objects.exclude(edited_at=None).values_list("number", "year"))
        fresh = {key: pair for key, pair in wanted.items() if key not in kept}
        LegalDocument.objects.bulk_create(
            [row for row, _changes in fresh.values()],
            update_conflicts=True,
            unique_fields=["number", "year"],
            update_fields=fields,
        )
        ids = {
            (row.number, row.year): row
            for row in LegalDocument.objects.filter(number__in=[number for number, _year in fresh])
        }
        known = _by_key()
        LegalChange.objects.filter(document__in=[ids[key].pk for key in fresh]).delete()
        LegalChange.objects.bulk_create(
            [change for key, (_row, told) in fresh.items() for change in _changes_of(ids[key], told, known)]
        )
        _link_waiting(known)
    return len(wanted)


def _fill(row: LegalDocument, values: Mapping[str, Any]) -> None:
    """Put cleaned values into a row, and what is derived from them."""
    for name in ("kind", "number", "issuer", "subject", "source"):
        if name in values:
            setattr(row, name, clean(str(values[name] or ""))[: _LIMITS[name]])
    if "note" in values:
        row.note = clean_lines(str(values["note"] or ""))[: _LIMITS["note"]]
    for name in ("signed_on", "valid_from", "valid_to", "verified"):
        if name in values:
            setattr(row, name, values[name])
    row.year = year_of(row.number, row.signed_on)
    row.key = legal_key(row.number)
    row.name_key = law_key(row.subject)
    row.folded = fold(f"{row.kind} {row.number} {row.key} {row.subject} {row.issuer} {row.note}")


def _by_key() -> dict[str, list[LegalDocument]]:
    known: dict[str, list[LegalDocument]] = {}
    for row in LegalDocument.objects.only("pk", "key", "year", "signed_on"):
        known.setdefault(row.key, []).append(row)
    return known


def changes_from(text: str) -> list[str]:
    """What is told in one field, one document each: parted by semicolons or lines."""
    parts = [clean(part) for part in text.replace("\n", ";").split(";")]
    return list(dict.fromkeys(part[:200] for part in parts if part))


def _meant(printed: str, known: Mapping[str, list[LegalDocument]]) -> LegalDocument | None:
    """The document of the register that words name; None when it is not there, or more than one could be meant."""
    for one in cited_in(printed):
        rows = known.get(legal_key(one.number), []) if one.number else []
        if one.date and len(rows) > 1:
            rows = [row for row in rows if row.year == int(one.date[:4])]
        if len(rows) == 1:
            return rows[0]
    return None


def _changes_of(
    row: LegalDocument, told: Mapping[str, str], known: Mapping[str, list[LegalDocument]]
) -> list[LegalChange]:
    made: list[LegalChange] = []
    for kind in _CHANGES:
        for printed in changes_from(told.get(kind) or ""):
            by = _meant(printed, known)
            if by is not None and by.pk == row.pk:
                raise InvalidInput(
                    _("Một văn bản không thể tự thay thế, sửa đổi chính nó: %s.") % printed,
                    code="plans.legal.itself",
                    field=kind,
                )
            since = row.valid_to if kind == LegalChange.Kind.REPLACED else None
            made.append(
                LegalChange(document=row, kind=kind, by=by, by_printed=printed, since=since, position=len(made))
            )
    return made


def _link_waiting(known: Mapping[str, list[LegalDocument]]) -> None:
    """Link changes that named a document before the register had it."""
    linked = []
    for change in LegalChange.objects.filter(by=None):
        change.by = _meant(change.by_printed, known)
        if change.by is not None and change.by_id != change.document_id:
            linked.append(change)
    LegalChange.objects.bulk_update(linked, ["by"])


def legal_save(*, actor: Any, document: LegalDocument | None, values: Mapping[str, Any]) -> LegalDocument:
    """Add a document to the register (`document` None) or change one.

    `values`: kind, number, signed_on, issuer, subject, valid_from, valid_to, note, source, verified, and replaced,
    partly, amended (documents in words, parted by semicolons). Raises Refused, InvalidInput, Conflict.
    """
    require_legal_edit(actor)
    with transaction.atomic():
        row = _store(actor, document.pk if document is not None else None, values)
        known = _by_key()
        _retell(row, values, known)
        _link_waiting(known)
    return row


def _store(actor: Any, pk: int | None, values: Mapping[str, Any]) -> LegalDocument:
    """One line written and audited, without what became of it."""
    row = LegalDocument() if pk is None else LegalDocument.objects.select_for_update().get(pk=pk)
    before = {name: str(getattr(row, name) or "") for name in _COMPARED}
    _fill(row, values)
    _refuse_wrong(row)
    row.edited_by, row.edited_at = actor, clock.now()
    row.save()
    changed = [name for name in _COMPARED if before[name] != str(getattr(row, name) or "")]
    log("plans.legal.added" if pk is None else "plans.legal.edited", actor=actor, obj=row, changed=changed)
    return row


def _retell(row: LegalDocument, values: Mapping[str, Any], known: Mapping[str, list[LegalDocument]]) -> None:
    """What became of it, in place of what was told before; kinds the values do not name stay."""
    told = {kind.value: str(values[kind] or "") for kind in _CHANGES if kind in values}
    changes = _changes_of(row, told, known)
    row.changes.filter(kind__in=list(told)).delete()
    LegalChange.objects.bulk_create(changes)


_COMPARED = (
    "kind", "number", "signed_on", "issuer", "subject", "valid_from", "valid_to", "note", "source", "verified"
)  # fmt: skip


def _refuse_wrong(row: LegalDocument) -> None:
    if not row.number or not row.key or not any(char.isdigit() for char in row.key):
        raise InvalidInput(
            _("Hãy ghi số, ký hiệu, ví dụ 30/2020/NĐ-CP."), code="plans.legal.number", field="number"
        )
    if not row.kind:
        raise InvalidInput(_("Hãy ghi tên loại, ví dụ Nghị định."), code="plans.legal.kind", field="kind")
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        raise InvalidInput(
            _("Ngày hết hiệu lực không thể trước ngày có hiệu lực."), code="plans.legal.days", field="valid_to"
        )
    twin = LegalDocument.objects.filter(key=row.key, year=row.year).exclude(pk=row.pk).first()
    if twin is not None:
        raise Conflict(
            _("Sổ đã có %(document)s. Hãy mở dòng đó để sửa.") % {"document": twin},
            code="plans.legal.twice",
            field="number",
        )


def legal_import(*, actor: Any, rows: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Write what a table's preview showed: all of it, or nothing. Returns (added, changed).

    `rows`: values as `legal_save` takes them. Raises Refused, InvalidInput, Conflict.
    """
    require_legal_edit(actor)
    written: list[tuple[LegalDocument, Mapping[str, Any]]] = []
    added = 0
    with transaction.atomic():
        for values in rows:
            number = clean(str(values.get("number") or ""))
            year = year_of(number, values.get("signed_on"))
            known = (
                LegalDocument.objects.filter(key=legal_key(number), year=year).values_list("pk", flat=True).first()
            )
            written.append((_store(actor, known, values), values))
            added += known is None
        by_key = _by_key()
        for row, values in written:
            _retell(row, values, by_key)
        _link_waiting(by_key)
        log("plans.legal.imported", actor=actor, added=added, changed=len(written) - added)
    return added, len(written) - added


def note_citations(
    *, source: LegalCitation.Source, object_id: int, unit: Unit | int, title: str, on: dt.date, text: str
) -> int:
    """Keep what a text cites, in place of what it cited before. Returns how many documents. Three queries at most.

    Called in the transaction that puts the text into force (issue, publish, sign), with the public text.
    """
    found: dict[tuple[str, str, int], LegalCitation] = {}
    for one in cited_in(text):
        key = legal_key(one.number) if one.number else ""
        name = "" if key else name_key(one.kind)
        if not key and not name:
            continue
        year = year_of(one.number, None) or (int(one.date[:4]) if one.date else 0)
        found.setdefault(
            (key, name, year),
            LegalCitation(
                source=source,
                object_id=object_id,
                unit_id=unit if isinstance(unit, int) else unit.pk,
                key=key,
                name_key=name,
                year=year,
                title=title[:400],
                on=on,
            ),
        )
    dated = {(key, name) for key, name, year in found if year}
    for key, name in dated:
        # Mentioned once in full and again by its number alone: one document.
        found.pop((key, name, 0), None)
    forget_citations(source=source, object_id=object_id)
    LegalCitation.objects.bulk_create(found.values())
    return len(found)


def forget_citations(*, source: LegalCitation.Source, object_id: int) -> None:
    """The text is no longer public or in force: it cites nothing."""
    LegalCitation.objects.filter(source=source, object_id=object_id).delete()
