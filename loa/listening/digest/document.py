"""A digest as an official document: the layout of Nghị định 30/2020, one model for .docx and .pdf."""

from __future__ import annotations

from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vanban.write import (
    Block,
    Clause,
    Dash,
    OfficialDocument,
    Para,
    Run,
    Section,
    Signature,
    Table,
    symbol,
)
from loa.listening.digest.gather import title_of
from loa.listening.digest.model import Digest, DigestLine, Kind
from loa.listening.models import TONE_LABELS
from loa.listening.rules import Tone
from loa.org.papers import authority_lines, head_title
from loa.plans.selectors.document import header_on


def official_document(digest: Digest) -> OfficialDocument:
    """The document. A fixed number of queries."""
    day = clock.local(digest.approved_at).date() if digest.approved_at else None
    header = header_on(digest.unit, day or clock.today())
    today = clock.today()
    return OfficialDocument(
        parent=header["parent"],
        issuer=header["issuer"],
        type_code="BC",
        symbol=symbol("BC", header["code"]),
        place=header["place"],
        date=day,
        year=today.year,
        month=today.month,
        subject=title_of(digest),
        body=_body(digest),
        signature=Signature(authority_lines(head_title(header["kind"]), header["kind"]), ""),
        recipients=[_("Lãnh đạo Sở (để b/c)")] if header["kind"] == "so" else [_("Lãnh đạo đơn vị (để b/c)")],
        archive="VT",
    )


def _body(digest: Digest) -> list[Block]:
    numbers = digest.figures
    since, until = (clock.local(at).strftime("%H:%M ngày %d/%m/%Y") for at in (digest.since, digest.until))
    watched = _("Thời gian theo dõi: từ %(since)s đến %(until)s.") % {"since": since, "until": until}
    if late := numbers.get("late"):
        watched += " " + _("Có %(n)d tin đăng trước đó, kỳ trước chưa kịp ghi nhận.") % {"n": late}
    body: list[Block] = [Section(_("Tình hình chung")), Para(watched)]
    body += [Para(line) for line in digest.summary.splitlines() if line.strip()]
    body.append(
        Para(
            _("%(pos)d tin tích cực, %(neu)d trung tính, %(neg)d tiêu cực; %(private)d tin từ mạng xã hội.")
            % {key: numbers.get(key, 0) for key in ("pos", "neu", "neg", "private")}
        )
    )
    shown = [line for line in digest.lines.all() if line.shown]
    stories = [line for line in shown if line.story]
    if stories:
        body.append(Section(_("Vụ việc nổi bật")))
        for line in stories:
            body.append(Clause(title=line.title))
            body += [Para(text) for text in line.text.splitlines() if text.strip()]
    if numbers.get("spikes"):
        body.append(Section(_("Chủ đề, đơn vị có tin tăng bất thường")))
        body += [
            Dash(
                _("%(about)s: %(n)d tin từ %(at)s, thường lệ %(usual)s tin.")
                % {"about": about, "n": n, "usual": usual, "at": at}
            )
            for about, n, usual, at in numbers["spikes"]
        ]
    if numbers.get("units"):
        body.append(Section(_("Đơn vị được nhắc đến")))
        body.append(
            Table(
                [_("TT"), _("Đơn vị"), _("Số tin"), _("Tích cực"), _("Tiêu cực")],
                [
                    [str(at), name, str(n), str(pos), str(neg)]
                    for at, (name, n, neg, pos) in enumerate(numbers["units"], 1)
                ],
                widths=[8, 52, 13, 13, 14],
                aligns=["center", "left", "center", "center", "center"],
            )
        )
    if digest.proposal.strip():
        body.append(Section(_("Đề xuất")))
        body += [Para(line) for line in digest.proposal.splitlines() if line.strip()]
    articles = [line for line in shown if not line.story]
    if articles:
        body.append(Section(_("Danh mục tin, bài")))
        pattern = "%H:%M %d/%m" if digest.kind == Kind.DAY else "%d/%m"
        body.append(
            Table(
                [_("TT"), _("Thời gian"), _("Cơ quan báo chí"), _("Tin, bài"), _("Sắc thái")],
                [
                    [
                        str(at),
                        clock.local(line.at).strftime(pattern),
                        line.outlet,
                        _listed(line),
                        str(TONE_LABELS[Tone(line.tone)]) if line.tone else "",
                    ]
                    for at, line in enumerate(articles, 1)
                ],
                widths=[7, 14, 22, 44, 13],
                aligns=["center", "center", "left", "left", "center"],
            )
        )
    return body


def _listed(line: DigestLine) -> list[Run]:
    """An article in the table, with what an officer wrote of it."""
    runs = [Run(line.title, url=line.url)]
    if text := " ".join(line.text.split()):
        runs.append(Run(f" – {text}", italic=True))
    return runs
