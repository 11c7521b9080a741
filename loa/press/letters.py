"""The letter to a newsroom: what it says, and what is attached."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vi import slugify_vi
from loa.press import hooks, papers, selectors, tokens
from loa.press.models import Release, ReleaseLetter
from loa.press.rules import MOST_ATTACHED, State, What


@dataclass(frozen=True)
class Part:
    """One attachment."""

    name: str
    kind: str
    data: bytes


def file_stem(release: Release) -> str:
    """ "thong-cao-khai-giang-nam-hoc-moi": how the release's files are called."""
    return f"thong-cao-{slugify_vi(release.title, 60)}".rstrip("-")


def attachments(release: Release) -> tuple[list[Part], list[str]]:
    """(what is attached, names of what is too much and waits on the page). Raises OSError for a lost file.

    The two documents always go; then files, then pictures, as long as newspapers' mail servers take them.
    """
    stem = file_stem(release)
    parts = []
    for stored, ending in ((release.pdf, "pdf"), (release.docx, "docx")):
        with stored.open("rb") as file:
            parts.append(Part(f"{stem}.{ending}", mimetypes.types_map[f".{ending}"], file.read()))
    room = MOST_ATTACHED - sum(len(part.data) for part in parts)
    left_out = []
    wanted: list[tuple[str, Any]] = [(row.name, row) for row in release.files.all()]
    wanted += [
        (f"anh-{number}-{slugify_vi(photo.caption, 40) or 'bao-chi'}.jpg", photo)
        for number, photo in enumerate(selectors.photos_for_press(release), 1)
    ]
    for name, row in wanted:
        if row.size > room:
            left_out.append(name)
            continue
        with row.file.open("rb") as file:
            data = file.read()
        room -= len(data)
        parts.append(Part(name, mimetypes.guess_type(name)[0] or "application/octet-stream", data))
    return parts, left_out


def subject_of(release: Release, what: str) -> str:
    """The subject line; an embargo stands in front, where nobody misses it."""
    if what == What.WITHDRAWAL:
        return _("[THU HỒI] %s") % release.title
    mark = _("[ĐÍNH CHÍNH]") if what == What.CORRECTION else _("[Thông cáo báo chí]")
    if release.embargo_until and release.embargo_until > clock.now():
        at = clock.local(release.embargo_until)
        mark = _("[KHÔNG ĐĂNG TRƯỚC %s]") % f"{at:%H:%M %d/%m/%Y}"
    return f"{mark} {release.title}"


def context_of(release: Release, what: str, leave: str, left_out: list[str]) -> dict[str, object]:
    """What the templates of the letter need."""
    early = release.embargo_until is not None and release.embargo_until > clock.now()
    return {
        "release": release,
        "unit": release.unit,
        "what": what,
        "embargo": papers.embargo_line(release) if early else "",
        "number": papers.number_text(release),
        "lines": papers.plain_lines(release),
        "photos": [] if what == What.WITHDRAWAL else selectors.photos_for_press(release),
        "left_out": left_out,
        "page": hooks.private_page_of(release) if early else hooks.page_of(release),
        "leave": leave,
        "withdrawn": release.state == State.WITHDRAWN,
    }


def letter_of(row: ReleaseLetter) -> EmailMessage:
    """The letter of one row of the ledger, whole. Raises OSError when a file cannot be read.

    No picture is loaded from us and no link names its reader: who opens it is not followed.
    """
    release, contact = row.release, row.contact
    if contact is None:
        raise ValueError("a letter without a contact")
    withdrawal = row.what == What.WITHDRAWAL
    parts, left_out = ([], []) if withdrawal else attachments(release)
    leave = hooks.leave_page_of(contact.pk)
    context = context_of(release, row.what, leave, left_out)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject_of(release, row.what)
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    message["From"] = Address(display_name=release.unit.short_name.replace('"', "'"), addr_spec=address)
    message["To"] = Address(display_name=contact.name, addr_spec=contact.email)
    if release.spokesperson is not None:
        message["Reply-To"] = release.spokesperson.email
    message["Date"] = format_datetime(clock.local(clock.now()))
    message["Message-ID"] = tokens.message_id(row.pk)
    message["List-Unsubscribe"] = f"<{leave}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(render_to_string("press/letter.txt", context))
    message.add_alternative(render_to_string("press/letter.html", context), subtype="html")
    for part in parts:
        main, _slash, sub = part.kind.partition("/")
        message.add_attachment(part.data, maintype=main, subtype=sub, filename=part.name)
    return message
