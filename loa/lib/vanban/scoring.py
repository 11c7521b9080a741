"""How well a reading agrees with one made by hand: precision, recall and F1 per field.

A gold reading is the JSON of `loa doc read` written by an officer; only the keys it has are compared, inside an
object too ("lead" left out of a row = not judged). The richer form "plan-gold/1" is understood as well.

Two findings are the same when their values are the same and their quotes overlap: the quote need not begin at the
same word. Text is compared without case, white space, bullets and closing marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .citations import normal_number
from .source.legible import legible_text

Item = dict[str, Any]
Same = Callable[[Item, Item], bool]

#: the fields of the bar (docs/how-to/measure-the-reader.md); the others are printed, not counted
CORE = ("references", "dates", "deadlines", "quotas", "recurring", "rows", "leads")
MEAN_BAR, DOCUMENT_BAR = 0.95, 0.90


@dataclass(slots=True)
class Tally:
    """One field of one document: pairs that agree, what was missed, what was found and is not there."""

    hits: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        total = self.hits + len(self.false)
        return self.hits / total if total else 1.0

    @property
    def recall(self) -> float:
        total = self.hits + len(self.missed)
        return self.hits / total if total else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def empty(self) -> bool:
        """Nothing to find and nothing found: says nothing about the reader."""
        return not (self.hits or self.missed or self.false)


@dataclass(slots=True)
class Score:
    """One document."""

    name: str
    fields: dict[str, Tally]

    @property
    def mean(self) -> float:
        """Mean F1 over the core fields that have something to find or something found."""
        values = [self.fields[n].f1 for n in CORE if n in self.fields and not self.fields[n].empty]
        return sum(values) / len(values) if values else 1.0


def fold(text: object) -> str:
    """Text for comparing.

    >>> fold("- Văn phòng  Sở;")
    'văn phòng sở'
    """
    return " ".join(legible_text(str(text or "")).lower().replace("*", " ").split()).strip(' -–+•.,;:()“”"')


def fold_unit(text: object) -> str:
    """A unit's name for comparing: printed short or in full, with "các" or without.

    >>> fold_unit("các Phòng Giáo dục và Đào tạo huyện") == fold_unit("Phòng GD&ĐT huyện")
    True
    """
    name = re.sub(r"giáo dục và đào tạo|gd&đt|gd-đt", "gdđt", fold(text))
    return re.sub(r"^(?:các|những|mỗi|từng)\s+", "", name)


def overlap(one: object, other: object) -> bool:
    """Do two quotes share their words? One holds the other, or most of the shorter stands in the longer."""
    a, b = fold(one), fold(other)
    if not a or not b:
        return True
    if a in b or b in a:
        return True
    short, long = sorted((a.split(), b.split()), key=len)
    return sum(word in long for word in short) >= 0.8 * len(short)


def score(name: str, gold: Item, reading: Item) -> Score:
    """Compares the JSON of a reading with a gold one."""
    if gold.get("schema") == "plan-gold/1":
        gold = from_plan_gold(gold)
    fields: dict[str, Tally] = {}
    for label, (wanted, found, same) in _comparisons(gold, reading).items():
        fields[label] = _match(wanted, found, same)
    return Score(name, fields)


def _match(wanted: list[Item], found: list[Item], same: Same) -> Tally:
    tally = Tally()
    left = list(found)
    for item in wanted:
        partner = next((other for other in left if same(item, other)), None)
        if partner is None:
            tally.missed.append(_show(item))
        else:
            left.remove(partner)
            tally.hits += 1
    tally.false = [_show(item) for item in left]
    return tally


def _show(item: Item) -> str:
    parts = [f"{key}={value}" for key, value in item.items() if key in _SHOWN and value not in (None, [], "")]
    return " · ".join(parts)[:240]


_SHOWN = (
    "line",
    "number",
    "iso",
    "date",
    "relative",
    "bound",
    "count",
    "min",
    "unit",
    "period",
    "recurrence",
    "who",
    "lead",
    "support",
    "role",
    "kind",
    "name",
    "purpose",
    "label",
    "title",
    "field",
    "value",
    "code",
    "content",
    "quote",
)


def _equal(*keys: str) -> Same:
    """Agree on each key the gold item has."""
    return lambda gold, found: all(fold(gold[k]) == fold(found.get(k)) for k in keys if k in gold)


def _comparisons(gold: Item, reading: Item) -> dict[str, tuple[list[Item], list[Item], Same]]:
    out: dict[str, tuple[list[Item], list[Item], Same]] = {}
    if "legal_refs" in gold:
        out["references"] = (gold["legal_refs"], reading["legal_refs"], _same_number)
    dates = [key for key in ("date", "legal_refs") if key in gold]
    if dates:
        out["dates"] = (list(_dates(gold, dates)), list(_dates(reading, dates)), _equal("number", "iso"))
    if "legal_refs" in gold:
        detail = ("type", "issuer", "role", "mentions")
        out["reference details"] = (
            list(_details(gold["legal_refs"], gold["legal_refs"], detail)),
            list(_details(reading["legal_refs"], gold["legal_refs"], detail)),
            _equal("number", "field", "value"),
        )
    duties: tuple[tuple[str, Same], ...] = (
        ("deadlines", _same_deadline),
        ("quotas", _same_quota),
        ("recurring", _same_recurring),
    )
    for key, same in duties:
        if key not in gold:
            continue
        out[key] = (gold[key], reading[key], same)
        out[f"{key}: who"] = _who(gold[key], reading[key], same)
    if "tables" in gold:
        wanted, found = _rows(gold), _rows(reading)
        out["rows"] = (wanted, found, _equal("number", "content", "kind"))
        for label, key in (("leads", "lead"), ("supports", "support")):
            out[label] = _per_row(wanted, found, key)
        out["cells"] = _cells(wanted, found)
    if "recipients" in gold:
        out["recipients"] = (gold["recipients"], reading["recipients"], _equal("name", "purpose"))
    if "sections" in gold:
        out["sections"] = (gold["sections"], reading["sections"], _equal("level", "label", "title"))
    if "channels" in gold:
        out["channels"] = (gold["channels"], reading["channels"], _equal("kind", "name"))
    if "unit_roles" in gold:
        out["roles"] = (gold["unit_roles"], reading["unit_roles"], _equal("unit", "role"))
    if "warnings" in gold:
        out["warnings"] = (gold["warnings"], reading["warnings"], _equal("code"))
    out["frame"] = (list(_frame(gold, gold)), list(_frame(reading, gold)), _equal("field", "value"))
    return out


def _same_number(gold: Item, found: Item) -> bool:
    return normal_number(str(gold["number"])).upper() == normal_number(str(found["number"])).upper()


def _same_deadline(gold: Item, found: Item) -> bool:
    if gold.get("date"):
        value = gold["date"] == found.get("date")
    else:
        value = found.get("date") is None and overlap(gold.get("relative"), found.get("relative"))
    bound = "bound" not in gold or gold["bound"] == found.get("bound")
    return value and bound and overlap(gold.get("quote"), found.get("quote"))


def _same_quota(gold: Item, found: Item) -> bool:
    return _equal("count", "min", "unit", "period")(gold, found) and overlap(gold.get("quote"), found.get("quote"))


def _same_recurring(gold: Item, found: Item) -> bool:
    return gold["recurrence"] == found.get("recurrence") and overlap(gold.get("quote"), found.get("quote"))


def _who(wanted: list[Item], found: list[Item], same: Same) -> tuple[list[Item], list[Item], Same]:
    """Who must act, over the duties both readings have."""
    pairs: list[tuple[Item, Item]] = []
    left = list(found)
    for item in wanted:
        partner = next((other for other in left if same(item, other)), None)
        if partner is not None:
            left.remove(partner)
            if "who" in item:
                pairs.append((item, partner))
    mark = [(_named(a, n), _named(b, n)) for n, (a, b) in enumerate(pairs)]
    return [a for a, _ in mark if a["who"]], [b for _, b in mark if b["who"]], _same_who


def _named(item: Item, number: int) -> Item:
    return {"who": item.get("who"), "pair": number, "quote": item.get("quote")}


def _same_who(gold: Item, found: Item) -> bool:
    return gold["pair"] == found["pair"] and fold_unit(gold["who"]) == fold_unit(found["who"])


def _dates(reading: Item, keys: Iterable[str]) -> Iterator[Item]:
    if "date" in keys and reading.get("date"):
        yield {"number": "văn bản", "iso": reading["date"]["iso"]}
    if "legal_refs" in keys:
        for ref in reading["legal_refs"]:
            if ref.get("date"):
                yield {"number": normal_number(ref["number"]).upper(), "iso": ref["date"]}


def _details(refs: list[Item], gold: list[Item], keys: tuple[str, ...]) -> Iterator[Item]:
    asked = {normal_number(ref["number"]).upper(): ref for ref in gold}
    for ref in refs:
        number = normal_number(ref["number"]).upper()
        for key in keys:
            if key in asked.get(number, {}) and ref.get(key):
                yield {"number": number, "field": key, "value": ref[key]}


def _rows(reading: Item) -> list[Item]:
    return [row for table in reading["tables"] for row in table["rows"]]


def _per_row(wanted: list[Item], found: list[Item], key: str) -> tuple[list[Item], list[Item], Same]:
    judged = {_row_key(row) for row in wanted if key in row}
    skipped = {_row_key(row) for row in wanted} - judged

    def names(rows: list[Item]) -> list[Item]:
        return [
            {"number": row.get("number"), "content": row["content"], key: name}
            for row in rows
            if _row_key(row) not in skipped
            for name in row.get(key) or ()
        ]

    return names(wanted), names(found), _equal("number", "content", key)


def _row_key(row: Item) -> tuple[str, str]:
    return fold(row.get("number")), fold(row["content"])


def _cells(wanted: list[Item], found: list[Item]) -> tuple[list[Item], list[Item], Same]:
    judged = {_row_key(row): {k for k in ("product", "timeframe") if k in row} for row in wanted}

    def values(rows: list[Item]) -> list[Item]:
        return [
            {"number": row.get("number"), "content": row["content"], "field": key, "value": row[key]}
            for row in rows
            for key in ("product", "timeframe")
            if key in judged.get(_row_key(row), ()) and row.get(key)
        ]

    return values(wanted), values(found), _equal("number", "content", "field", "value")


def _frame(reading: Item, gold: Item) -> Iterator[Item]:
    for key in ("doc_type", "number", "number_as_printed", "place", "title", "issuer"):
        if key in gold and reading.get(key):
            yield {"field": key, "value": reading[key]}
    if "period" in gold and reading.get("period"):
        yield {"field": "period", "value": str(reading["period"])}
    if gold.get("signer") and reading.get("signer"):
        for key in ("authority", "title", "name"):
            if key in gold["signer"] and reading["signer"].get(key):
                yield {"field": f"signer {key}", "value": reading["signer"][key]}


# ---- the richer form -----------------------------------------------------------------------------------

_RECURRENCE = {
    "per semester": "semester",
    "per school year": "school_year",
    "per year": "yearly",
    "per quarter": "quarterly",
    "continuous (thường xuyên)": "regular",
    "continuous": "regular",
}


def from_plan_gold(gold: Item) -> Item:
    """A "plan-gold/1" reading in the form of `loa doc read`. Fields it only describes are left out."""
    out: Item = {
        key: gold[key]
        for key in ("doc_type", "number", "number_as_printed", "place", "title", "period")
        if key in gold
    }
    for key in ("date", "signer", "deadlines", "quotas"):
        if key in gold:
            out[key] = gold[key]
    if "legal_refs" in gold:
        out["legal_refs"] = [
            {
                **{k: ref[k] for k in ("type", "number", "date", "mentions", "quote") if k in ref},
                "issuer": ref.get("issuer_as_stated"),
                "role": str(ref.get("role", "cited")).split()[0],
            }
            for ref in gold["legal_refs"]
        ]
    if "recurring_obligations" in gold:
        out["recurring"] = [
            {**{k: item[k] for k in ("quote", "who") if k in item}, "recurrence": _RECURRENCE.get(word, word)}
            for item in gold["recurring_obligations"]
            for word in ([item["recurrence"]] if isinstance(item["recurrence"], str) else item["recurrence"])
        ]
    tables = gold.get("tables") or ([gold["table"]] if gold.get("table") else [])
    if tables or "table" in gold or "tables" in gold:
        out["tables"] = [{"rows": [_plan_gold_row(row) for row in table.get("rows", ())]} for table in tables]
    return out


def _plan_gold_row(row: Item) -> Item:
    out: Item = {
        "number": row.get("stt") or row.get("number"),
        "content": row["content"],
        "kind": re.split(r"[ _]", str(row.get("kind", "task")))[-1],
        "line": row.get("line"),
    }
    if out["kind"] == "task":
        # a cell blank in print that its note gives to the merged cell above is left to the reader
        if row.get("lead") or not row.get("lead_note"):
            out["lead"] = row.get("lead") or []
        if "coord_reading" in row:
            out["support"] = row["coord_reading"] or []
        if row.get("product") or not row.get("product_note"):
            out["product"] = row.get("product")
    return out
