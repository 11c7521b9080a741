"""Releases as ninjs 3.1, the IPTC's news in JSON (github.com/iptc/newsinjson): what newsrooms' systems read.

A correction keeps the `uri` and counts up `version`; a release that was taken back is `canceled` with the reason.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vi import words
from loa.newsroom.body import plain
from loa.press import papers, selectors
from loa.press.models import Release, ReleasePhoto
from loa.press.rules import State

SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"


@dataclass(frozen=True)
class Links:
    """Absolute addresses, as the layer above knows them."""

    page: Callable[[Release], str]
    document: Callable[[Release, str], str]
    file: Callable[[Any], str]
    photo: Callable[[ReleasePhoto], str]


def uri_of(release: Release) -> str:
    """What the release is known by through all its editions."""
    return f"urn:uuid:{uuid.UUID(release.uid)}"


def _moment(value: dt.datetime | None) -> str:
    return clock.local(value).isoformat(timespec="seconds") if value else ""


def item(release: Release, links: Links) -> dict[str, Any]:
    """One release. Dates carry their zone; what is not known is left out."""
    unit = release.unit.name
    gone = release.state == State.WITHDRAWN
    found: dict[str, Any] = {
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "uri": uri_of(release),
        "type": "text",
        "representationType": "full",
        "profile": "press-release",
        "version": str(release.edition + (1 if gone else 0)),
        "firstCreated": _moment(release.created_at),
        "versionCreated": _moment(release.withdrawn_at if gone else release.released_at),
        "pubStatus": "canceled" if gone else "usable",
        "language": "vi",
        "title": release.title,
        "by": unit,
        "copyrightHolder": unit,
        "usageTerms": _("Được sử dụng, trích dẫn khi ghi rõ nguồn %s.") % unit,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": release.title}],
        "organisations": [{"name": unit, "rel": "issuer"}],
        "altIds": [{"role": "page", "value": links.page(release)}],
        "genres": [{"name": "Thông cáo báo chí"}],
    }
    note = release.withdrawn_reason if gone else release.correction_note
    if note:
        head = _("THU HỒI") if gone else _("ĐÍNH CHÍNH")
        found["edNote"] = f"{head}: {' '.join(note.split())}"
    if gone:
        return found
    if release.embargo_until:
        found["embargoedUntil"] = _moment(release.embargo_until)
    if release.lead:
        found["descriptions"] = [{"role": "summary", "contentType": "text/plain", "value": release.lead}]
    text = plain(release.body)
    found["bodies"] = [
        {
            "role": "main",
            "contentType": "text/html",
            "charCount": len(text),
            "wordCount": len(words(text)),
            "value": release.body,
        }
    ]
    number = papers.number_text(release)
    if number:
        found["altIds"].append({"role": "document-number", "value": number})
    beats = [{"name": beat.name, "rel": "about"} for beat in release.beats.all()]
    if beats:
        found["subjects"] = beats
    speaker = release.spokesperson
    if speaker is not None:
        found["infoSources"] = [
            {
                "name": f"{speaker.name}, {speaker.position}",
                "role": "spokesperson",
                "contactInfo": [
                    {"type": "phone", "role": "press", "value": speaker.phone},
                    {"type": "email", "role": "press", "value": speaker.email},
                ],
            }
        ]
    found["renditions"] = [
        {"name": name, "href": links.document(release, ending), "contentType": kind}
        for name, ending, kind in (
            ("PDF", "pdf", "application/pdf"),
            ("Word", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        )
    ] + [
        {"name": row.name, "href": links.file(row), "contentType": kind_of(row.name), "sizeInBytes": row.size}
        for row in release.files.all()
    ]
    photos = [_photo(release, photo, links) for photo in selectors.photos_for_press(release)]
    if photos:
        found["associations"] = photos
    if release.ai_assisted:
        said = _("Văn bản có dùng công cụ AI khi soạn, đã được người kiểm tra.")
        found["edNote"] = f"{found['edNote']} {said}" if note else said
    return found


def _photo(release: Release, photo: ReleasePhoto, links: Links) -> dict[str, Any]:
    return {
        "name": f"photo-{photo.pk}",
        "rel": "illustration",
        "uri": f"{uri_of(release)}#photo-{photo.sha256[:12]}",
        "type": "picture",
        "by": photo.credit,
        "copyrightNotice": photo.credit,
        "headlines": [{"contentType": "text/plain", "value": photo.caption}],
        "descriptions": [{"role": "alt", "contentType": "text/plain", "value": photo.alt}],
        "renditions": [
            {
                "name": "original",
                "href": links.photo(photo),
                "contentType": "image/jpeg",
                "width": photo.width,
                "height": photo.height,
                "sizeInBytes": photo.size,
            }
        ],
    }


def kind_of(name: str) -> str:
    """The media type of an attached file, by its ending (checked against its content when it came in)."""
    kinds = {
        "pdf": "application/pdf",
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    return kinds.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def feed(releases: Iterable[Release], *, uri: str, title: str, links: Links) -> dict[str, Any]:
    """Many releases as one ninjs item that holds them, so that a feed is checked by the same schema."""
    items = [{**item(release, links), "name": release.title} for release in releases]
    for one in items:
        del one["standard"]
    newest = max((one["versionCreated"] for one in items), default="")
    found: dict[str, Any] = {
        "standard": {"name": "ninjs", "version": "3.1", "schema": SCHEMA},
        "uri": uri,
        "type": "composite",
        "profile": "press-release-feed",
        "language": "vi",
        "title": title,
        "associations": items,
    }
    return {**found, "versionCreated": newest} if newest else found
