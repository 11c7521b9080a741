"""What a reading consists of. `Reading.to_dict()` is the measured contract of `loa doc read --json`.

Every finding carries its exact place: `start`/`end` are character offsets in `Source.text`, `line`/`page` say
where it was printed, `quote` repeats the source with white space folded. Values are as printed; None = the text
does not say. `confidence` (0–1) and `question` (with choices) tell the confirm screen where a person should look
twice.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from .source.model import Source


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the source and where it was printed."""

    start: int
    end: int
    quote: str
    line: int | None
    page: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """Something only a person can settle: what is asked, and the readings to choose from."""

    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Base of everything found in the text."""

    span: Span
    confidence: float = 1.0
    question: Question | None = None

    def place(self) -> dict[str, object]:
        out: dict[str, object] = {
            "quote": self.span.quote,
            "line": self.span.line,
            "page": self.span.page,
            "start": self.span.start,
            "end": self.span.end,
        }
        if self.confidence < 1:
            out["confidence"] = round(self.confidence, 2)
        if self.question:
            out["question"] = {"text": self.question.text, "choices": list(self.question.choices)}
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalRef(Finding):
    """One cited document; `mentions` counts how often its number is printed, `places` says where."""

    type: str | None
    number: str
    date: str | None
    issuer: str | None
    role: str
    mentions: int
    subject: str | None = None
    places: tuple[Span, ...] = ()

    def to_dict(self) -> dict[str, object]:
        return {
            "type": self.type,
            "number": self.number,
            "date": self.date,
            "issuer": self.issuer,
            "role": self.role,
            "mentions": self.mentions,
            "subject": self.subject,
            **self.place(),
            "places": [asdict(place) for place in self.places],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLaw(Finding):
    """A law cited by name only ("Luật Giáo dục 2019")."""

    name: str
    mentions: int

    def to_dict(self) -> dict[str, object]:
        return {"name": self.name, "mentions": self.mentions, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Finding):
    """A day (`date`, ISO) or a rule for one (`relative`, as printed) by which something is due."""

    date: str | None = None
    relative: str | None = None
    bound: str = "by"
    who: str | None = None
    what: str | None = None
    to: str | None = None
    #: which of several it is the day of, when that is no unit: "học kỳ II" of "(đối với học kỳ II)"
    scope: str | None = None
    year_inferred: bool = False

    def to_dict(self) -> dict[str, object]:
        return {
            "date": self.date,
            "relative": self.relative,
            "bound": self.bound,
            "who": self.who,
            "what": self.what,
            "to": self.to,
            **({"scope": self.scope} if self.scope else {}),
            **({"year_inferred": True} if self.year_inferred else {}),
            **self.place(),
        }


def _due(item: Quota | Recurring) -> dict[str, object]:
    """The day by which something is due each time, printed when the text names one."""
    days = {"due_day": item.due_day, "due_weekday": item.due_weekday}
    return {name: day for name, day in days.items() if day}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota(Finding):
    """So many pieces per period. `min` = the text says at least; `max` when a range is printed."""

    count: int
    min: bool
    unit: str
    period: str | None
    what: str | None = None
    who: str | None = None
    max: int | None = None
    #: by when it is due, as of `Recurring`
    due_day: int | None = None
    due_weekday: int | None = None

    def to_dict(self) -> dict[str, object]:
        return {
            "count": self.count,
            "min": self.min,
            "max": self.max,
            "unit": self.unit,
            "period": self.period,
            "what": self.what,
            "who": self.who,
            **_due(self),
            **self.place(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring(Finding):
    """A duty that comes back. `recurrence` is one of the contract's words; "monthly@25" = on day 25."""

    recurrence: str
    who: str | None = None
    what: str | None = None
    to: str | None = None
    #: the unit whose officer `who` is: of "cán bộ đầu mối của trường THPT" the words "Các trường THPT"
    sent_by: str | None = None
    #: of "ngày 20 tháng cuối quý" 20: the day of the (last) month of its period; of "ngày 05 tháng đầu quý sau"
    #: -5: so many days after it
    due_day: int | None = None
    #: of "thứ Sáu hằng tuần" 5: the day of the week, 1 Monday … 7 Sunday
    due_weekday: int | None = None

    def to_dict(self) -> dict[str, object]:
        return {
            "recurrence": self.recurrence,
            "who": self.who,
            "what": self.what,
            "to": self.to,
            **({"sent_by": self.sent_by} if self.sent_by else {}),
            **_due(self),
            **self.place(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Finding):
    """A channel the plan names: kind is portal, website, facebook, zalo, press, radio_tv, event, …"""

    kind: str
    name: str

    def to_dict(self) -> dict[str, object]:
        return {"kind": self.kind, "name": self.name, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRole(Finding):
    """Who leads, supports, is focal point, advises or supervises."""

    unit: str
    role: str

    def to_dict(self) -> dict[str, object]:
        return {"unit": self.unit, "role": self.role, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience(Finding):
    """A section that addresses a unit or class of units ("3. Phòng GD&ĐT huyện, thành phố; các đơn vị")."""

    unit: str
    label: str

    def to_dict(self) -> dict[str, object]:
        return {"unit": self.unit, "label": self.label, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow(Finding):
    """One numbered row. `inherited` names the fields taken from a merged cell above."""

    number: str | None
    content: str
    product: str | None
    timeframe: str | None
    lead: tuple[str, ...]
    support: tuple[str, ...]
    kind: str
    group: str | None = None
    inherited: tuple[str, ...] = ()
    other: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, object]:
        return {
            "number": self.number,
            "content": self.content,
            "product": self.product,
            "timeframe": self.timeframe,
            "lead": list(self.lead),
            "support": list(self.support),
            "kind": self.kind,
            "group": self.group,
            "inherited": list(self.inherited),
            **({"other": dict(self.other)} if self.other else {}),
            **self.place(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTable(Finding):
    """A table of tasks, put together again over its page breaks."""

    title: str | None
    columns: tuple[str, ...]
    rows: tuple[TaskRow, ...]

    def to_dict(self) -> dict[str, object]:
        return {
            "title": self.title,
            "columns": list(self.columns),
            "rows": [row.to_dict() for row in self.rows],
            **self.place(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient(Finding):
    """One line of Nơi nhận and why it receives the document."""

    name: str
    purpose: str | None

    def to_dict(self) -> dict[str, object]:
        return {"name": self.name, "purpose": self.purpose, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFound(Finding):
    level: int
    label: str
    title: str

    def to_dict(self) -> dict[str, object]:
        return {"level": self.level, "label": self.label, "title": self.title, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning(Finding):
    """Something a careful officer would question. `code` is stable, `message` is a Vietnamese sentence."""

    code: str
    message: str

    def to_dict(self) -> dict[str, object]:
        return {"code": self.code, "message": self.message, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDate(Finding):
    iso: str
    precision: str

    def to_dict(self) -> dict[str, object]:
        return {"iso": self.iso, "precision": self.precision, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer(Finding):
    authority: str | None
    title: str | None
    name: str | None

    def to_dict(self) -> dict[str, object]:
        return {"authority": self.authority, "title": self.title, "name": self.name, **self.place()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything found in one document, with the source it was found in."""

    source: Source
    doc_type: str | None
    number: str | None
    number_as_printed: str | None
    place: str | None
    date: DocumentDate | None
    title: str | None
    issuer: str | None
    period: dict[str, object] | None
    signer: Signer | None
    legal_refs: tuple[LegalRef, ...] = ()
    named_laws: tuple[NamedLaw, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    quotas: tuple[Quota, ...] = ()
    recurring: tuple[Recurring, ...] = ()
    channels: tuple[Channel, ...] = ()
    unit_roles: tuple[UnitRole, ...] = ()
    audiences: tuple[Audience, ...] = ()
    tables: tuple[TaskTable, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    sections: tuple[SectionFound, ...] = ()
    warnings: tuple[Warning, ...] = ()

    def to_dict(self, *, with_source: bool = False) -> dict[str, object]:
        """The JSON object of the contract; `with_source` adds the text and its blocks."""
        out: dict[str, object] = {
            "doc_type": self.doc_type,
            "number": self.number,
            "number_as_printed": self.number_as_printed,
            "place": self.place,
            "date": self.date.to_dict() if self.date else None,
            "title": self.title,
            "issuer": self.issuer,
            "period": self.period,
            "signer": self.signer.to_dict() if self.signer else None,
        }
        for key in (
            "legal_refs",
            "named_laws",
            "deadlines",
            "quotas",
            "recurring",
            "channels",
            "unit_roles",
            "audiences",
            "tables",
            "recipients",
            "sections",
            "warnings",
        ):
            out[key] = [item.to_dict() for item in getattr(self, key)]
        if with_source:
            out["source"] = self.source.to_dict()
        return out
