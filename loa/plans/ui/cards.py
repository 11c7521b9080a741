"""The right column: findings as cards, with words, consequences and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loa.plans import texts
from loa.plans.models import Finding, Plan
from loa.plans.rules import FindingKind, FindingState
from loa.plans.rules import audience as audiences
from loa.plans.rules.directives import is_standing, problems
from loa.plans.selectors import Counter
from loa.plans.selectors.legal import Reference, documents_printed
from loa.plans.ui.document import state_of

#: filters of the right column: address word → kinds
FILTERS: dict[str, tuple[FindingKind, ...]] = {
    "can-cu": (FindingKind.BASIS,),
    "noi-dung": (FindingKind.TOPIC,),
    "nhiem-vu": (FindingKind.TASK,),
    "chi-tieu": (FindingKind.QUOTA,),
    "thoi-han": (FindingKind.DEADLINE, FindingKind.RECURRING),
    "luu-y": (FindingKind.WARNING,),
}


@dataclass
class Option:
    """One answer to a question, with what follows from it."""

    value: int
    label: str
    note: str


@dataclass
class Card:
    """One finding as it is shown."""

    finding: Finding
    css: str
    kind: str
    place: str
    chip: str
    chip_css: str
    facts: list[tuple[str, str, str]] = field(default_factory=list)
    warning: str = ""
    question: str = ""
    options: list[Option] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    edited: bool = False
    #: another card above asks the same question
    again: bool = False
    topic_tasks: int = 0
    #: of a citation: the register's document, None when it has none
    legal: Reference | None = None

    @property
    def n(self) -> int:
        """Its number, shared with the words in the document."""
        return self.finding.position

    @property
    def decided(self) -> bool:
        """Whether nothing more is asked of the officer."""
        return self.finding.state != FindingState.PROPOSED

    @property
    def open(self) -> bool:
        """Whether the card stands open when the page comes."""
        return not self.decided and self.css in ("unsure", "warned") and not self.again


class Deck:
    """Makes cards; counts audiences with a fixed number of queries however many findings there are."""

    def __init__(self, plan: Plan, findings: Sequence[Finding], *, ahead: Sequence[Finding] | None = None) -> None:
        self.plan = plan
        self.findings = findings
        wanted = [a for f in (ahead if ahead is not None else findings) for a in _audiences(f)]
        self.counter = Counter(plan, wanted)
        self.topics = {f.position: f for f in findings if f.kind == FindingKind.TOPIC}
        self.legal = documents_printed(_printed(f) for f in findings if f.kind == FindingKind.BASIS)
        self.asked: set[str] = set()
        self.tasks_of: dict[int, int] = {}
        for f in findings:
            if f.kind == FindingKind.TASK and f.data.get("topic") and f.state == FindingState.PROPOSED:
                self.tasks_of[f.data["topic"]] = self.tasks_of.get(f.data["topic"], 0) + 1

    def card(self, finding: Finding) -> Card:
        """One finding as it is shown."""
        css = state_of(finding)
        chip, chip_css = _chip(finding, css)
        card = Card(
            finding=finding,
            css=css,
            kind=texts.kind_words(finding.kind, finding.data),
            place=place_words(finding),
            chip=chip,
            chip_css=chip_css,
            facts=self._facts(finding),
            warning=texts.warning_words(finding.warning)[1],
            missing=[texts.problem_words(one) for one in problems(finding.kind, finding.data)],
            edited=not finding.added and finding.data != finding.original and _changed(finding),
            legal=self.legal.get(_printed(finding)) if finding.kind == FindingKind.BASIS else None,
            topic_tasks=self.tasks_of.get(finding.position, 0) if finding.kind == FindingKind.TOPIC else 0,
        )
        if finding.question and not card.decided:
            asked = (finding.question or {}).get("name") or ""
            card.again = bool(asked) and asked in self.asked
            self.asked.add(asked)
            card.question, card.options = self._question(finding)
            # Answering the question settles what is missing.
            card.missing = []
        return card

    def audience_words(self, audience: Mapping[str, Any] | None) -> str:
        """ "Các đơn vị trực thuộc Sở; Văn phòng Sở"."""
        told = self.counter.words(audience)
        excepted = audiences.normal(audience)["except"]
        return told + (_(" (trừ %s đơn vị)") % len(excepted) if excepted else "")

    def consequence(self, data: Mapping[str, Any], audience: Mapping[str, Any] | None) -> str:
        """ "133 đơn vị, 266 bài mỗi tháng"."""
        told = self.counter.consequence(audience, int(data.get("count") or 1), data.get("period") or "")
        return texts.consequence_words(
            told.units, told.each_period, data.get("noun") or _("lần"), data.get("period") or ""
        )

    def _facts(self, finding: Finding) -> list[tuple[str, str, str]]:
        """(name, value, soft remark) rows of the card."""
        data = finding.data
        rows: list[tuple[str, str, str]] = []

        def add(name: str, value: Any, remark: str = "") -> None:
            if value:
                rows.append((name, str(value), remark))

        if finding.kind == FindingKind.BASIS:
            add(_("Ngày"), texts.day(data.get("date")))
            add(_("Cơ quan"), data.get("issuer"))
            add(_("Về việc"), data.get("subject"))
            if int(data.get("mentions") or 1) > 1:
                add(_("Nhắc đến"), _("%s lần trong văn bản") % data["mentions"])
            add(_("Ghi chú"), data.get("note"))
        elif finding.kind == FindingKind.TOPIC:
            if data.get("short_title") and data["short_title"] != data.get("title"):
                add(_("Tên gọn"), data["short_title"])
            if data.get("parent"):
                add(_("Thuộc"), _("nội dung %s") % data["parent"])
        elif finding.kind == FindingKind.TASK:
            for part, name in (("lead", _("Chủ trì")), ("support", _("Phối hợp"))):
                add(name, "; ".join(self._role(role) for role in data.get(part) or []))
            add(_("Sản phẩm"), data.get("product"))
            add(_("Thời gian"), data.get("timeframe"), _span_words(data))
            topic = self.topics.get(data.get("topic") or 0)
            add(_("Nội dung"), topic.label if topic else "")
        elif finding.kind in (FindingKind.QUOTA, FindingKind.DEADLINE, FindingKind.RECURRING):
            if is_standing(finding.kind, data):
                add(_("Cách tính"), _("Không đếm, không tính trễ hạn: ghi vào nhiệm vụ thường xuyên"))
            else:
                add(_("Cách tính"), texts.proof_words(data.get("proof") or ""))
            audience = data.get("audience")
            who = self.audience_words(audience)
            if who:
                told = "" if is_standing(finding.kind, data) else self.consequence(data, audience)
                add(_("Ai làm"), who, told)
            if data.get("who") and data["who"] != who:
                add(_("Văn bản ghi"), f"“{data['who']}”")
            add(_("Gửi về"), data.get("to"))
        return rows

    def _role(self, role: Mapping[str, Any]) -> str:
        meant = self.audience_words(role.get("audience"))
        if meant and meant != role.get("as_printed"):
            return f"{meant} (“{role.get('as_printed')}”)"
        return str(meant or role.get("as_printed"))

    def _question(self, finding: Finding) -> tuple[str, list[Option]]:
        question = finding.question or {}
        data = finding.data
        if question.get("kind") == "conflict":
            labels = []
            for at in (0, 1):
                value = question["values"][at]
                if finding.kind == FindingKind.RECURRING:
                    label = texts.recurrence_words({**data, "due_day": value})
                else:
                    label = _("Hạn cuối %s") % texts.day(value)
                where = (question.get("places") or [{}, {}])[at]
                note = _place(where.get("page"), where.get("line"))
                quote = (question.get("quotes") or ["", ""])[at]
                labels.append(Option(at, label, " · ".join(p for p in (note, f"“{quote}”" if quote else "") if p)))
            return _("Hai chỗ ghi khác nhau, lấy chỗ nào?"), labels
        name = question.get("name") or ""
        options = []
        for number, choice in enumerate(question.get("choices") or []):
            if question.get("kind") == "name":
                units = self.counter.units(choice["audience"])
                note = _("%s đơn vị") % texts.number(units) if choice["audience"].get("classes") else ""
            else:
                whole = audiences.joined([data.get("audience"), choice["audience"]])
                note = self.consequence(data, choice["audience"])
                if not audiences.empty(data.get("audience")):
                    note += _("; cùng phần đã rõ: %s") % self.consequence(data, whole)
            options.append(Option(number, choice["label"], note))
        if question.get("kind") == "name":
            options.append(Option(-1, _("Không gắn với đơn vị nào, chỉ giữ chữ in"), ""))
            return _("“%s” là đơn vị nào?") % name, options
        if not name:
            return _("Văn bản không nói đơn vị nào phải thực hiện. Giao cho ai?"), options
        options.append(Option(-1, _("Không giao cho đơn vị nào trong nhóm này"), ""))
        return _("“%s” là những đơn vị nào?") % name, options


def _printed(finding: Finding) -> tuple[str, str, str]:
    """Number, type and day of a citation, as the register is asked for it."""
    return tuple(str(finding.data.get(name) or "") for name in ("number", "kind", "date"))  # type: ignore[return-value]


def place_words(finding: Finding) -> str:
    """ "trang 4, dòng 9"."""
    if finding.start is None:
        return _("thêm tay, không có trong văn bản") if finding.added else ""
    return _place(finding.page, finding.line)


def _place(page: int | None, line: int | None) -> str:
    if page:
        return _("trang %(page)s, dòng %(line)s") % {"page": page, "line": line} if line else _("trang %s") % page
    return _("dòng %s") % line if line else ""


def _chip(finding: Finding, css: str) -> tuple[str, str]:
    if css == "unsure":
        conflict = (finding.question or {}).get("kind") == "conflict"
        return (_("Hai chỗ khác nhau") if conflict else _("Chưa chắc")), "wait"
    if css == "warned":
        short, _sentence = texts.warning_words(finding.warning)
        tone = (finding.warning or {}).get("tone")
        return short, "act" if tone == "act" else "wait"
    if css == "ok":
        return _("Đã xác nhận"), "done"
    if css == "off":
        return _("Đã bỏ"), ""
    return _("Chưa xác nhận"), ""


def _audiences(finding: Finding) -> Iterable[Mapping[str, Any]]:
    if finding.data.get("audience"):
        yield finding.data["audience"]
    for part in ("lead", "support", "names"):
        for role in finding.data.get(part) or []:
            if role.get("audience"):
                yield role["audience"]
    for choice in (finding.question or {}).get("choices") or []:
        yield choice["audience"]


def _changed(finding: Finding) -> bool:
    """Whether a person changed something (resolving a name is no change of the reading)."""
    ignore = {"lead", "support", "names", "audience"}
    return any(finding.data.get(key) != value for key, value in finding.original.items() if key not in ignore)


def _span_words(data: Mapping[str, Any]) -> str:
    first, last = texts.day(data.get("starts_on")), texts.day(data.get("due_on"))
    if first and last:
        return f"{first} – {last}"
    return _("đến %s") % last if last else ""
