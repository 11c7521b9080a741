"""A release as an official document (Thông cáo, Mẫu 1.4 of Nghị định 30/2020) and as the text of a letter."""

from __future__ import annotations

import datetime as dt
import html
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vanban.write import Block, Dash, OfficialDocument, Para, Run, Signature, symbol
from loa.newsroom.body import blocks_of
from loa.org import papers
from loa.org.selectors import header_of
from loa.press.models import Release

CODE = "TC"


class _Inline(HTMLParser):
    """The words of one block as runs; a list gives a line for each item."""

    def __init__(self, block: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[Run]] = [[]]
        self._bold = self._italic = 0
        self._url = ""
        self.feed(block)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("b", "h2", "h3"):
            self._bold += 1
        elif tag in ("i", "blockquote"):
            self._italic += 1
        elif tag == "a":
            self._url = dict(attrs).get("href") or ""
        elif tag in ("li", "br") and self.lines[-1]:
            self.lines.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("b", "h2", "h3"):
            self._bold -= 1
        elif tag in ("i", "blockquote"):
            self._italic -= 1
        elif tag == "a":
            # A link must read on paper too.
            if self._url and self.lines[-1] and not self.lines[-1][-1].text.startswith("http"):
                self.lines[-1].append(Run(f" ({self._url})"))
            self._url = ""

    def handle_data(self, data: str) -> None:
        if data.strip() or self.lines[-1]:
            self.lines[-1].append(Run(data, bold=self._bold > 0, italic=self._italic > 0))


def body_blocks(body: str) -> list[Block]:
    """The body of a release in blocks of a document."""
    found: list[Block] = []
    for block in blocks_of(body):
        if block == "<hr>":
            continue
        kind = Dash if block.startswith(("<ul", "<ol")) else Para
        found += [kind(line) for line in _Inline(block).lines if line]
    return found


def release_symbol(release: Release, day: dt.date | None = None) -> str:
    """The part after the number: "TC-SGDĐT"."""
    header = header_of(release.unit_id, day or signed_on(release))
    return symbol(CODE, papers.agency_code(header.kind, header.symbol, header.name) if header else "")


def number_text(release: Release) -> str:
    """ "12/TC-SGDĐT"; empty as long as there is no number."""
    return f"{release.number:02d}/{release_symbol(release)}" if release.number else ""


def signed_on(release: Release) -> dt.date:
    """The day of the document: of its approval, today before that."""
    return clock.local(release.approved_at).date() if release.approved_at else clock.today()


def embargo_line(release: Release) -> str:
    """ "KHÔNG ĐĂNG TRƯỚC 10:00 ngày 20/11/2026", or an empty text."""
    if release.embargo_until is None:
        return ""
    at = clock.local(release.embargo_until)
    return _("KHÔNG ĐĂNG, PHÁT TRƯỚC %(hour)s NGÀY %(day)s") % {"hour": f"{at:%H:%M}", "day": f"{at:%d/%m/%Y}"}


def official(release: Release) -> OfficialDocument:
    """The release in the layout of the decree, with the header of the day it is signed on."""
    day = signed_on(release)
    header = header_of(release.unit_id, day)
    kind = header.kind if header else ""
    body: list[Block] = []
    if release.embargo_until:
        body.append(Para([Run(embargo_line(release), bold=True)]))
    if release.correction_note:
        body.append(Para([Run(_("Đính chính: "), bold=True), Run(" ".join(release.correction_note.split()))]))
    if release.lead:
        body.append(Para([Run(release.lead, bold=True)]))
    body += body_blocks(release.body)
    if release.contact:
        body.append(Para([Run(_("Liên hệ báo chí: "), bold=True), Run(release.contact)]))
    signer = str(release.approved_by) if release.approved_by_id else ""
    name = papers.agency_name(kind, header.name) if header else str(release.unit)
    return OfficialDocument(
        parent=papers.agency_name(kind, header.parent, above=True) if header and header.parent else "",
        issuer=name,
        type_code=CODE,
        symbol=symbol(CODE, papers.agency_code(kind, header.symbol, header.name)) if header else CODE,
        number=release.number,
        place=header.place if header else "",
        date=day if release.approved_at else None,
        year=day.year,
        month=day.month,
        subject=release.title,
        body=body,
        signature=Signature(papers.authority_lines(release.signer_title, kind), signer),
        recipients=[_("Các cơ quan báo chí"), _("Lãnh đạo đơn vị (để b/c)")],
        archive="VT",
    )


def plain_lines(release: Release) -> list[str]:
    """The body as lines of plain text."""
    found = []
    for block in blocks_of(release.body):
        mark = "- " if block.startswith(("<ul", "<ol")) else ""
        for line in _Inline(block).lines:
            text = " ".join("".join(run.text for run in line).split())
            if text:
                found.append(mark + html.unescape(text))
    return found
