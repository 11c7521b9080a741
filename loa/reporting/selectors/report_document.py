"""A report as an official document: its header as of the day of signing, its figures as they were frozen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.calendar import Period
from loa.lib.typed import whole
from loa.lib.vanban.write import (
    Appendix,
    Block,
    Clause,
    Dash,
    OfficialDocument,
    Para,
    Row,
    Run,
    Section,
    Signature,
    Table,
    symbol,
    write_pages,
)
from loa.org.access import in_force, users_who_can
from loa.org.models import Membership, UnitVersion
from loa.org.rules import Kind, Role
from loa.reporting import report_rules as rules
from loa.reporting.models import Report
from loa.reporting.selectors.structure import NOW


@dataclass(frozen=True)
class Header:
    """What stands above and below the text of a unit's documents on one day."""

    parent: str
    issuer: str
    code: str
    place: str
    kind: str


def period_of_report(report: Report) -> Period:
    """The period the report speaks of."""
    return rules.period_starting(report.period, report.starts_on)


def header_of(report: Report) -> Header:
    """The unit's header: frozen when the report was signed, that of today before."""
    day = clock.local(report.approved_at).date() if report.approved_at else clock.today()
    version = report.unit_version or version_on(report.office_id, day)
    if version is None:  # a unit always has versions; a gap in its dates is answered with its present name
        unit = report.unit
        code = rules.agency_code(unit.kind, "", unit.name)
        return Header("", rules.agency_name(unit.kind, unit.name), code, "", unit.kind)
    parent, place = str(version.codes.get("parent_agency", "")), version.place
    if version.parent_id:
        above = version_on(version.parent_id, day)
        if above is not None:
            # A people's committee answers to nobody in its header.
            if version.kind != Kind.UBND_XA:
                parent = parent or rules.agency_name(above.kind, above.name, above=True)
            place = place or above.place
    return Header(
        parent,
        rules.agency_name(version.kind, version.name),
        rules.agency_code(version.kind, version.symbol, version.name),
        place,
        version.kind,
    )


def version_on(unit_id: int, day: dt.date) -> UnitVersion | None:
    """What the unit was called, and where it stood, on that day."""
    return UnitVersion.objects.filter(in_force(day), unit=unit_id).first()


def report_symbol(report: Report) -> str:
    """The part after the number: "BC-THCSST"."""
    return symbol("BC", header_of(report).code)


def official_document(report: Report, figures: dict[str, Any], *, paper: bool = False) -> OfficialDocument:
    """The report in the layout of Nghị định 30/2020 (Mẫu 1.4)."""
    header, period = header_of(report), period_of_report(report)
    signed = clock.local(report.approved_at).date() if report.approved_at else None
    today = clock.today()
    addressee = str(report.texts.get("addressee", "")).strip()
    recipients = [line for line in report.texts.get("recipients", []) if line.strip()]
    if addressee and "Như trên" not in recipients:
        recipients.insert(0, "Như trên")
    name, title = report.signer_name, report.signer_title
    if report.approved_at is None:
        name, title = expected_signer(report)
    title = title or rules.head_title(header.kind)
    return OfficialDocument(
        parent=header.parent,
        issuer=header.issuer,
        type_code="BC",
        symbol=symbol("BC", header.code),
        number=number_of(report),
        place=header.place,
        date=signed,
        year=today.year,
        month=today.month,
        subject=rules.subject(period),
        addressees=[addressee] if addressee else [],
        body=_body(report, header, period, figures),
        signature=Signature(rules.authority_lines(title, header.kind), name),
        recipients=recipients,
        archive="VT",
        appendices=_appendices(figures, period),
        paper=paper,
    )


def expected_signer(report: Report) -> tuple[str, str]:
    """Name and title of the one person who may sign for the unit today; empty when there are several, or none."""
    people = list(users_who_can("report.approve", report.office_id)[:2])
    if len(people) != 1:
        return "", ""
    return str(people[0]), title_of(people[0], report.office_id)


def title_of(user: Any, unit_id: int) -> str:
    """The person's title in that unit, as the membership by which they sign says it."""
    held = Membership.objects.filter(
        in_force(clock.today()), user=user, unit=unit_id, role__in=(Role.UNIT_LEAD, Role.LEADER)
    )
    return held.exclude(title="").values_list("title", flat=True).first() or ""


def number_of(report: Report) -> int | None:
    """The number under which the document was registered, if it has been."""
    head = report.number.split("/")[0]
    return whole(head)


def _opening(report: Report, header: Header, period: Period) -> str:
    plan = report.plan
    if plan is None or not plan.number:
        return _("%(unit)s báo cáo công tác truyền thông %(period)s như sau:") % {
            "unit": header.issuer,
            "period": rules.spoken(period),
        }
    day = _(" ngày %s") % plan.signed_on.strftime("%d/%m/%Y") if plan.signed_on else ""
    about = f" {_about(plan.title)}" if plan.title else ""
    return _("Thực hiện Kế hoạch số %(number)s%(day)s của %(issuer)s%(about)s, %(unit)s báo cáo như sau:") % {
        "number": plan.number,
        "day": day,
        "issuer": plan.unit.name,
        "about": about,
        "unit": header.issuer,
    }


def _about(title: str) -> str:
    """The plan's subject after "về": "Truyền thông …" → "về truyền thông …"."""
    title = title.strip().rstrip(".")
    for prefix in ("Kế hoạch ", "KẾ HOẠCH "):
        title = title.removeprefix(prefix)
    if title[:3].lower() in ("về ", "v/v"):
        return title[0].lower() + title[1:]
    first = title.split(" ", 1)[0]
    return "về " + (title if first.isupper() and len(first) > 1 else title[0].lower() + title[1:])


def _body(report: Report, header: Header, period: Period, figures: dict[str, Any]) -> list[Block]:
    long = period.kind != "month"

    def chapter(text: str) -> Block:
        return Section(text) if long else Clause(title=text)

    blocks: list[Block] = [Para(_opening(report, header, period)), chapter(_("Kết quả thực hiện"))]
    if long:
        blocks.append(Clause(title=_("Số liệu chung")))
    blocks.append(_figures_table(figures))
    if figures.get("structure"):
        blocks.append(Para(_structure_note(figures["structure"])))
    if figures.get("topics"):
        if long:
            blocks.append(Clause(title=_("Theo nội dung, chủ đề của kế hoạch")))
        else:
            blocks.append(Para(_("Theo nội dung, chủ đề của kế hoạch:")))
        blocks.append(_topics_table(figures))
    if figures.get("reach"):
        blocks.append(
            Clause(title=_("Mức đạt từng chỉ tiêu, thời hạn")) if long else Para(_("Mức đạt từng chỉ tiêu:"))
        )
        blocks.append(_reach_table(figures))
    if figures.get("units"):
        done = sum(1 for line in figures["units"] if not line["late"])
        text = _("%(done)s/%(all)s đơn vị trực thuộc không còn việc quá hạn; chi tiết tại %(where)s.") % {
            "done": rules.printed(done),
            "all": rules.printed(len(figures["units"])),
            "where": _("Phụ lục II") if figures.get("stories") else _("Phụ lục"),
        }
        blocks += [Clause(title=_("Kết quả của các đơn vị")), Para(text)] if long else [Para(text)]
    assessment = _paragraphs(report, "assessment")
    if assessment:
        if long:
            blocks.append(Clause(title=_("Nhận xét, đánh giá")))
        blocks += assessment
    if figures.get("stories"):
        where = _("Phụ lục I") if figures.get("units") else _("Phụ lục")
        blocks.append(Para(_("Danh mục tin, bài đã đăng tại %s kèm theo báo cáo này.") % where))
    blocks.append(chapter(_("Tồn tại, khó khăn")))
    late = rules.grouped_late(figures.get("late", []))
    if late:
        blocks.append(Para(_("Những việc chưa hoàn thành đúng hạn:")))
        lines = [_late_line(group) for group in late]
        lines[-1] = lines[-1].rstrip(";") + "."
        blocks += [Dash(line) for line in lines]
    difficulties = _paragraphs(report, "difficulties")
    blocks += difficulties
    if not late and not difficulties:
        blocks.append(Para(_("Không có.")))
    blocks.append(chapter(_("Kiến nghị, đề xuất")))
    blocks += _paragraphs(report, "proposals") or [Para(_("Không có."))]
    return blocks


def _structure_note(structure: str) -> str:
    """What the figures mean after a reorganisation: whoever adds them up must know."""
    if structure == NOW:
        return _("Số liệu tính theo cơ cấu đơn vị hiện nay, gồm cả kết quả của các đơn vị đã sáp nhập, chuyển về.")
    return _("Số liệu tính theo cơ cấu đơn vị tại thời điểm thực hiện.")


def _paragraphs(report: Report, code: str) -> list[Block]:
    lines = [line.strip() for line in str(report.texts.get(code, "")).splitlines() if line.strip()]
    return [Dash(line[1:].strip()) if line[0] in "-–•+" and line[1:].strip() else Para(line) for line in lines]


def _late_line(group: dict[str, Any]) -> str:
    """ "Tin, bài gửi Văn phòng Sở: còn thiếu 03 (tháng 9/2026, tháng 10/2026);"."""
    names = ", ".join(part["name"] for part in group["parts"])
    if group["missing"]:
        return _("%(name)s: còn thiếu %(missing)s (%(parts)s);") % {
            "name": group["label"],
            "missing": rules.printed(group["missing"]),
            "parts": names,
        }
    return _("%(name)s: hoàn thành sau hạn (%(parts)s);") % {"name": group["label"], "parts": names}


def _figures_table(figures: dict[str, Any]) -> Table:
    return _sums(figures, figures["rows"], _("Nội dung"))


def _topics_table(figures: dict[str, Any]) -> Table:
    return _sums(figures, figures["topics"], _("Nội dung, chủ đề"))


def _sums(figures: dict[str, Any], rows: list[dict[str, Any]], heading: str) -> Table:
    """What was done in the period and in the year; one column where the period is the year."""
    lines = []
    for index, row in enumerate(rows, 1):
        total = rules.printed(row["total"], row.get("total_of"))
        now = rules.printed(row["now"], row.get("now_of"))
        values = (total,) if figures["single"] else (now, total)
        lines.append((rules.printed(index), row["label"], *values))
    titles = (figures["period"],) if figures["single"] else (figures["period"], figures["year"])
    return Table(
        columns=(_("STT"), heading, *titles),
        rows=lines,
        widths=(1.2, 10.3, 5) if figures["single"] else (1.2, 9, 3, 3.3),
        aligns=("center", "left", *["center"] * len(titles)),  # type: ignore[arg-type]
    )


def _reach_table(figures: dict[str, Any]) -> Table:
    rows = [
        (
            rules.printed(index),
            line["label"],
            line["slot"],
            rules.printed(line["met"], line["of"]),
            f"{line['rate']}%",
        )
        for index, line in enumerate(figures["reach"], 1)
    ]
    return Table(
        columns=(_("STT"), _("Chỉ tiêu, thời hạn"), _("Kỳ"), _("Đơn vị đạt"), _("Tỷ lệ")),
        rows=rows,
        widths=(1.2, 7.6, 3, 2.9, 1.8),
        aligns=("center", "left", "center", "center", "center"),
    )


def _appendices(figures: dict[str, Any], period: Period) -> list[Appendix]:
    found = []
    stories = figures.get("stories", [])
    if stories:
        rows: list[tuple[Any, ...]] = []
        for index, story in enumerate(stories, 1):
            day = dt.date.fromisoformat(story["on"]).strftime("%d/%m/%Y")
            link: Any = (Run(_shown(story["url"]), url=story["url"]),) if story["url"] else "-"
            rows.append((rules.printed(index), story["title"], story["kind"], day, link))
        table = Table(
            columns=(_("STT"), _("Tên tin, bài"), _("Thể loại"), _("Ngày đăng"), _("Địa chỉ")),
            rows=rows,
            widths=(1.2, 7, 2, 2.4, 4.4),
            aligns=("center", "left", "center", "center", "left"),
        )
        blocks: list[Block] = [table]
        if figures.get("stories_left"):
            blocks.append(Para(_("… và %d tin, bài khác; danh mục đầy đủ có trên Loa.") % figures["stories_left"]))
        found.append(Appendix(_("Danh mục tin, bài đã đăng %s") % rules.spoken(period), blocks))
    units = figures.get("units", [])
    if units:
        lines = [
            Row((rules.printed(index), line["label"], str(line["units"]), rules.printed(line["done"]),
                 rules.printed(line["owed"]), f"{line['rate']}%", rules.printed(line["late"])))
            for index, line in enumerate(units, 1)
        ]  # fmt: skip
        table = Table(
            columns=(
                _("STT"),
                _("Đơn vị"),
                _("Số đơn vị"),
                _("Đã làm"),
                _("Phải làm"),
                _("Tỷ lệ"),
                _("Đơn vị trễ"),
            ),
            rows=lines,
            widths=(1.2, 7, 1.8, 1.8, 1.8, 1.6, 1.8),
            aligns=("center", "left", "center", "center", "center", "center", "center"),
        )
        found.append(Appendix(_("Kết quả thực hiện của các đơn vị %s") % rules.spoken(period), [table]))
    return found


def _shown(url: str) -> str:
    """A link as it reads on paper."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")


def page_images(report: Report, figures: dict[str, Any]) -> list[bytes]:
    """Pictures of the printed pages, exactly as the PDF has them."""
    return write_pages(official_document(report, figures), ppi=100)
