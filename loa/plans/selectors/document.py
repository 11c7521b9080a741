"""A plan drawn up in Loa as an official document, in the layout of Nghị định 30/2020 (Mẫu 1.4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.typed import whole
from loa.lib.vanban.write import (
    Appendix,
    Block,
    Clause,
    Dash,
    OfficialDocument,
    Para,
    Point,
    Row,
    Section,
    Signature,
    Table,
    symbol,
    write_pages,
)
from loa.org.access import in_force
from loa.org.models import Membership, Unit, UnitVersion
from loa.org.papers import agency_code, agency_name, authority_lines, head_title
from loa.org.rules import Kind, Role
from loa.plans import texts
from loa.plans.models import Plan, Task, TaskUnit
from loa.plans.selectors.cascade import own_tasks
from loa.plans.selectors.changes import roles_on


def _version(unit_id: int, day: Any) -> UnitVersion | None:
    return UnitVersion.objects.filter(in_force(day), unit=unit_id).first()


def header_of(plan: Plan) -> dict[str, str]:
    """parent, issuer, code, place and kind for the plan's document, as of its signing day (today before)."""
    return header_on(plan.unit, plan.signed_on or clock.today())


def header_on(unit: Unit, day: dt.date) -> dict[str, str]:
    """parent, issuer, code, place and kind above a document the unit signs on a day."""
    version = _version(unit.pk, day) or _version(unit.pk, clock.today())
    if version is None:
        name = agency_name(unit.kind, unit.name)
        return {"parent": "", "issuer": name, "code": agency_code(unit.kind, "", unit.name),
                "place": "", "kind": unit.kind}  # fmt: skip
    parent, place = str(version.codes.get("parent_agency", "")), version.place
    above = _version(version.parent_id, day) if version.parent_id else None
    if above is not None:
        # A people's committee answers to nobody in its header.
        if version.kind != Kind.UBND_XA:
            parent = parent or agency_name(above.kind, above.name, above=True)
        place = place or above.place
    return {
        "parent": parent,
        "issuer": agency_name(version.kind, version.name),
        "code": agency_code(version.kind, version.symbol, version.name),
        "place": place,
        "kind": version.kind,
    }


def expected_signer(plan: Plan) -> tuple[str, str]:
    """(name, title) of who signs: as written in the draft, else the one lead of the unit."""
    leads = Membership.objects.filter(in_force(clock.today()), unit=plan.unit_id, role=Role.UNIT_LEAD)
    rows = list(leads.select_related("user")[:2])
    if plan.signer:
        row = next((one for one in rows if str(one.user) == plan.signer), None)
        return plan.signer, row.title if row else ""
    return (str(rows[0].user), rows[0].title) if len(rows) == 1 else ("", "")


def default_texts(plan: Plan) -> dict[str, str]:
    """First words of the paragraphs a person goes on writing."""
    parent = plan.parent_plan
    above = parent.unit.name if parent else ""
    number = _(" số %s") % parent.number if parent and parent.number else ""
    recipients = [parent.unit.short_name if parent else "", _("Các bộ phận, đơn vị liên quan")]
    return {
        "purpose": _(
            "- Triển khai kịp thời, đầy đủ Kế hoạch%(number)s của %(above)s tại đơn vị.\n"
            "- Cung cấp thông tin chính xác, kịp thời về hoạt động giáo dục; tạo sự đồng thuận của cha mẹ "
            "học sinh và nhân dân."
        )
        % {"number": number, "above": above},
        "requirements": _(
            "- Phân công rõ người, rõ việc, rõ thời gian, rõ sản phẩm.\n"
            "- Thông tin đúng thẩm quyền; bảo vệ hình ảnh và dữ liệu cá nhân của học sinh."
        ),
        "organisation": _(
            "Các bộ phận, cá nhân được phân công chủ động thực hiện, cập nhật tiến độ và minh chứng trên Loa; khó "
            "khăn, vướng mắc báo cáo lãnh đạo đơn vị để kịp thời giải quyết."
        ),
        "recipients": "\n".join(line for line in recipients if line),
    }


def written_text(plan: Plan) -> str:
    """All words of a draft that its printed document will hold: for the linter, before it is signed."""
    written = {**default_texts(plan), **{name: text for name, text in plan.texts.items() if text}}
    parts = [
        plan.title,
        *base_lines(plan),
        *(written[name] for name in ("purpose", "requirements", "organisation")),
    ]
    for task in own_tasks(plan):
        parts += [task.content, task.product, task.timeframe, _who(task, TaskUnit.Role.SUPPORT)]
    recipients = "\n".join(
        f"- {line.strip(' -')}" for line in written["recipients"].splitlines() if line.strip(" -")
    )
    return "\n".join([*(part for part in parts if part), _("Nơi nhận:"), recipients])


def _paragraphs(text: str) -> list[Block]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [Dash(line[1:].strip()) if line[0] in "-–•+" and line[1:].strip() else Para(line) for line in lines]


def _who(task: Task, role: str) -> str:
    rows = roles_on(task, clock.today(), role)
    return "; ".join(str(row.unit or row.unit_class or row.as_printed) for row in rows)


def official_document(plan: Plan) -> OfficialDocument:
    """The plan's document. A fixed number of queries."""
    header = header_of(plan)
    written = {**default_texts(plan), **{name: text for name, text in plan.texts.items() if text}}
    tasks = [task for task in own_tasks(plan) if task.cancelled_on is None]
    body: list[Block] = [Para(_opening(plan, header))]
    body += [Section(_("Mục đích, yêu cầu")), Clause(title=_("Mục đích")), *_paragraphs(written["purpose"])]
    body += [Clause(title=_("Yêu cầu")), *_paragraphs(written["requirements"])]
    topics = list(plan.topics.select_related("parent").order_by("position"))
    tops = [topic for topic in topics if topic.parent_id is None]
    if tops:
        body.append(Section(_("Nội dung truyền thông")))
        for topic in tops:
            body.append(Clause(title=topic.title.rstrip(".;")))
            body += [Point(f"{sub.title.rstrip('.;')}.") for sub in topics if sub.parent_id == topic.pk]
    body.append(Section(_("Nhiệm vụ và phân công")))
    body.append(
        Para(_("Nhiệm vụ, sản phẩm, thời gian và phân công thực hiện tại Phụ lục kèm theo Kế hoạch này."))
        if tasks
        else Para(_("Đơn vị thực hiện các chỉ tiêu, thời hạn theo kế hoạch của cấp trên."))
    )
    body += [Section(_("Tổ chức thực hiện")), *_paragraphs(written["organisation"])]
    name, title = expected_signer(plan)
    head = plan.number.split("/")[0]
    today = clock.today()
    return OfficialDocument(
        parent=header["parent"],
        issuer=header["issuer"],
        type_code="KH",
        symbol=symbol("KH", header["code"]),
        number=whole(head),
        place=header["place"],
        date=plan.signed_on,
        year=today.year,
        month=today.month,
        subject=_subject(plan.title),
        bases=base_lines(plan),
        body=body,
        signature=Signature(authority_lines(title or head_title(header["kind"]), header["kind"]), name),
        recipients=[line.strip(" -;.") for line in written["recipients"].splitlines() if line.strip(" -;.")],
        archive="VT",
        appendices=[Appendix(_("Phân công thực hiện nhiệm vụ"), [_table(tasks)], landscape=True)] if tasks else [],
    )


def base_lines(plan: Plan) -> list[str]:
    """What the document stands on, a line each."""
    return [_("Căn cứ %s") % base for base in _bases(plan)]


def _bases(plan: Plan) -> list[str]:
    """The plan above, in the full form of a first mention."""
    parent = plan.parent_plan
    if parent is None:
        return []
    subject = _subject(parent.title)
    words = {
        "number": parent.number,
        "day": texts.day(parent.signed_on),
        "issuer": parent.unit.name,
        "subject": subject[:1].lower() + subject[1:],
    }
    if not (parent.number and parent.signed_on):
        return [_("Kế hoạch truyền thông của %(issuer)s") % words]
    return [_("Kế hoạch số %(number)s ngày %(day)s của %(issuer)s về %(subject)s") % words]


def _subject(title: str) -> str:
    title = title.strip().rstrip(".")
    for prefix in ("Kế hoạch ", "KẾ HOẠCH "):
        title = title.removeprefix(prefix)
    return title[:1].upper() + title[1:]


def _opening(plan: Plan, header: dict[str, str]) -> str:
    words = {"unit": header["issuer"], "subject": _subject(plan.title)[:1].lower() + _subject(plan.title)[1:]}
    return _("%(unit)s xây dựng kế hoạch %(subject)s như sau:") % words


def _table(tasks: list[Task]) -> Table:
    rows: list[Row] = []
    topic_id = 0
    ordered = sorted(tasks, key=lambda one: (one.topic.position if one.topic else 10**6, one.position))
    for number, task in enumerate(ordered, 1):
        if task.topic is not None and task.topic_id != topic_id:
            topic_id = task.topic_id or 0
            rows.append(Row((task.topic.title.rstrip(".;"),), heading=True))
        when = task.timeframe or ""
        if task.due_on and texts.day(task.due_on) not in when:
            when = f"{when}, {texts.due_phrase(task.due_on)}" if when else texts.due_phrase(task.due_on)
        rows.append(
            Row(
                (
                    f"{number:02d}",
                    task.content,
                    task.product or "-",
                    _who(task, TaskUnit.Role.LEAD) or "-",
                    _who(task, TaskUnit.Role.SUPPORT) or "-",
                    when or _("Thường xuyên"),
                )
            )
        )
    return Table(
        columns=(_("STT"), _("Nội dung"), _("Sản phẩm"), _("Chủ trì"), _("Phối hợp"), _("Thời gian")),
        rows=rows,
        widths=(1.2, 9, 3.4, 4, 4, 3.6),
        aligns=("center", "left", "left", "left", "left", "left"),
    )


def page_images(plan: Plan) -> list[bytes]:
    """Pictures of the printed pages, exactly as the PDF has them."""
    return write_pages(official_document(plan), ppi=100)
