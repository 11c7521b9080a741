"""The registry of legal documents: data with validity dates, loaded from the project's file."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from django.db import transaction

from loa.lib.vi import nfc
from loa.plans.models import LegalDocument
from loa.plans.rules.legal import legal_key, name_key

DATA = Path(__file__).resolve().parent.parent / "data" / "legal_documents.csv"


def load_legal_documents(path: Path = DATA) -> int:
    """Add the file's documents, and bring known ones up to date. Returns how many lines it has.

    Documents that are not in the file are left as they are. Raises ValueError on a line without number or with
    a date that is none.
    """
    rows = []
    with path.open(encoding="utf-8", newline="") as lines:
        for at, line in enumerate(csv.DictReader(lines), start=2):
            number = nfc(line["number"]).strip()
            if not number:
                raise ValueError(f"{path.name}:{at}: no number")
            rows.append(
                LegalDocument(
                    kind=line["kind"],
                    number=number,
                    key=legal_key(number),
                    # Only laws are cited by their name alone.
                    name_key=name_key(line["subject"]) if line["subject"].startswith("Luật ") else "",
                    signed_on=_day(line["signed_on"]),
                    issuer=line["issuer"],
                    subject=line["subject"],
                    valid_from=_day(line["valid_from"]),
                    valid_to=_day(line["valid_to"]),
                    replaced_by=line["replaced_by"],
                    note=line["note"],
                )
            )
    fields = [field.name for field in LegalDocument._meta.concrete_fields if field.name not in ("id", "number")]
    with transaction.atomic():
        LegalDocument.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["number"], update_fields=fields
        )
    return len(rows)


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
