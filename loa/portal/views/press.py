"""The page for the press: releases, pictures to take, whom to call; ninjs feeds; links out of letters."""

from __future__ import annotations

import json
import tempfile
import zipfile
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from loa.core.errors import AppError
from loa.lib.vi import slugify_vi
from loa.newsroom.body import clean_body
from loa.org.models import Unit
from loa.org.rules import Kind
from loa.portal import params
from loa.portal.cache import keep
from loa.portal.place import Place, main_origin
from loa.portal.rules import slug_id
from loa.portal.selectors.sites import place_at
from loa.portal.views.base import TTL, around_page, draw, on_site, page, redirect_to
from loa.press import ninjs, papers, selectors, services, tokens
from loa.press.letters import file_stem
from loa.press.models import Beat, Contact, Release, ReleasePhoto
from loa.press.rules import State

PER_PAGE = 20
ITEMS = 30
KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def units_here(place: Place) -> QuerySet[Unit]:
    """Whose releases stand here: the site's unit, and on the main portal its own divisions."""
    found = Unit.objects.filter(pk=place.site.unit_id)
    if place.is_main:
        inside = [Kind.VAN_PHONG, Kind.PHONG_SO]
        found |= Unit.objects.filter(parent=place.site.unit_id, kind__in=[kind.value for kind in inside])
    return found


def units_shown(place: Place) -> QuerySet[Unit]:
    """Whose releases can be opened here: on the main portal also those of units without a site of their own."""
    found = units_here(place)
    return found | Unit.objects.filter(site=None) if place.is_main else found


def key_of(release: Release) -> str:
    """ "khai-giang-nam-hoc-12": the words and the number of a release's address."""
    return slug_id(slugify_vi(release.title, 60), release.pk)


def _links(place: Place) -> ninjs.Links:
    return ninjs.Links(
        page=lambda release: place.canonical("press_release", key_of(release)),
        document=lambda release, ending: f"{main_origin()}{_document_path(release, ending)}",
        file=lambda row: (
            main_origin() + reverse("portal:press_file", args=[row.release_id, row.pk, row.sha256[:12]])
        ),
        photo=lambda photo: main_origin() + _photo_path(photo, "lon"),
    )


def _document_path(release: Release, ending: str) -> str:
    return reverse("portal:press_document", args=[release.pk, ending])


def _photo_path(photo: ReleasePhoto, size: str) -> str:
    return reverse("portal:press_photo", args=[photo.pk, photo.sha256[:12], size])


def _beat(place: Place, slug: str | None) -> Beat | None:
    if slug is None:
        return None
    found = Beat.objects.filter(unit__in=units_here(place), slug=slug).first()
    if found is None:
        raise Http404
    return found


@on_site
def press_home(request: HttpRequest, place: Place, beat: str | None = None) -> HttpResponse:
    """Releases, newest first; whom the press may call."""
    units, topic = units_here(place), _beat(place, beat)
    pages = Paginator(selectors.listed(units, topic), PER_PAGE)
    turned = pages.get_page(params.page(request))
    rows = [
        {"release": row, "url": place.url("press_release", key_of(row)), "gone": row.state == State.WITHDRAWN}
        for row in turned
    ]
    name = ("press_beat", beat) if beat else ("press",)
    feed = ("press_beat_ninjs", beat) if beat else ("press_ninjs",)
    context = {
        "rows": rows,
        "turned": turned,
        "here_url": place.url(*name),
        "beat": topic,
        "beats": [(row, place.url("press_beat", row.slug)) for row in selectors.public_beats(units)],
        "speakers": selectors.speakers(units),
        "ninjs": place.url(*feed),
    }
    return page(request, place, "portal/press.html", context, canonical=place.canonical(*name), section="press")


@on_site
def press_release(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """One release that anybody may read; of one that was taken back, only that and why."""
    release = selectors.told_public(units_shown(place)).filter(pk=int(key.rpartition("-")[2])).first()
    if release is None:
        raise Http404
    right = key_of(release)
    if key != right:
        return redirect_to(request, place.url("press_release", right))
    context = {**_context(release), "embargo": ""}
    newer = selectors.told_public(units_shown(place)).filter(corrects=release).first()
    context["newer"] = place.url("press_release", key_of(newer)) if newer else ""
    canonical = place.canonical("press_release", right)
    return page(request, place, "portal/press_release.html", context, canonical=canonical, section="press")


def _context(release: Release) -> dict[str, Any]:
    gone = release.state == State.WITHDRAWN
    photos = [] if gone else selectors.photos_for_press(release)
    return {
        "release": release,
        "gone": gone,
        "number": papers.number_text(release),
        "body": mark_safe("" if gone else clean_body(release.body)),  # noqa: S308 - cleaned here
        "documents": [] if gone else [(name, _document_path(release, name)) for name in KINDS],
        "files": []
        if gone
        else [
            (row, reverse("portal:press_file", args=[release.pk, row.pk, row.sha256[:12]]))
            for row in release.files.all()
        ],
        "photos": [(photo, _photo_path(photo, "nho"), _photo_path(photo, "lon")) for photo in photos],
        "zip": reverse("portal:press_photos", args=[release.pk]) if photos else "",
        "speaker": release.spokesperson,
    }


@require_safe
def press_private(request: HttpRequest, key: str) -> HttpResponse:
    """The release before its embargo ends, for those who hold the link. Nothing is kept of the visit."""
    place = place_at(request.get_host().lower(), None)
    release = selectors.by_key(key)
    if place is None or release is None:
        raise Http404
    context = {**_context(release), "embargo": papers.embargo_line(release), "private": True, "newer": ""}
    if release.state != State.WITHDRAWN:
        suffix = f"?khoa={release.key}"
        context["documents"] = [(name, url + suffix) for name, url in context["documents"]]
        context["files"] = [(row, url + suffix) for row, url in context["files"]]
        context["photos"] = [(photo, small + suffix, large + suffix) for photo, small, large in context["photos"]]
        context["zip"] = context["zip"] + suffix if context["zip"] else ""
    response = draw(request, "portal/press_release.html", {**around_page(place), **context})
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


# — files ————————————————————————————————————————————————————————————————————————————
def _open_release(request: HttpRequest, pk: int) -> Release:
    """A release whose files may be taken: public, or asked for with its key."""
    release = selectors.told_public(Unit.objects.all()).filter(pk=pk).exclude(state=State.WITHDRAWN).first()
    if release is None:
        held = selectors.by_key(request.GET.get("khoa", "")) if request.GET.get("khoa") else None
        release = held if held is not None and held.pk == pk and held.state != State.WITHDRAWN else None
    if release is None:
        raise Http404
    return release


def _download(stored: Any, kind: str, name: str, *, inline: bool = False) -> FileResponse:
    try:
        file = stored.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(file, content_type=kind, as_attachment=not inline, filename=name)
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


@require_safe
def press_document(request: HttpRequest, release_id: int, ending: str) -> FileResponse:
    """The release as it was approved, .docx or .pdf."""
    if ending not in KINDS:
        raise Http404
    release = _open_release(request, release_id)
    return _download(getattr(release, ending), KINDS[ending], f"{file_stem(release)}.{ending}")


@require_safe
def press_file(request: HttpRequest, release_id: int, file_id: int, version: str) -> FileResponse:
    """A document that goes with a release."""
    row = _open_release(request, release_id).files.filter(pk=file_id, sha256__startswith=version).first()
    if row is None:
        raise Http404
    return _download(row.file, ninjs.kind_of(row.name), row.name)


@require_safe
def press_photo(request: HttpRequest, photo_id: int, version: str, size: str) -> FileResponse:
    """A picture: "nho" for pages, "lon" to print."""
    row = ReleasePhoto.objects.filter(pk=photo_id, sha256__startswith=version).first()
    if row is None or size not in ("nho", "lon"):
        raise Http404
    release = _open_release(request, row.release_id)
    if all(photo.pk != row.pk for photo in selectors.photos_for_press(release)):
        raise Http404  # its consent was withdrawn
    name = f"{slugify_vi(row.caption, 50) or 'anh'}-{row.pk}.jpg"
    return _download(row.thumb if size == "nho" else row.file, "image/jpeg", name, inline=size == "nho")


@require_safe
def press_photos(request: HttpRequest, release_id: int) -> FileResponse:
    """All pictures of a release in one .zip, with their captions and credits."""
    release = _open_release(request, release_id)
    photos = selectors.photos_for_press(release)
    if not photos:
        raise Http404
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    lines = [release.title, release.unit.name, ""]
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_STORED) as packed:
        for number, photo in enumerate(photos, 1):
            name = f"{number:02d}-{slugify_vi(photo.caption, 50) or 'anh'}.jpg"
            try:
                with photo.file.open("rb") as file:
                    packed.writestr(name, file.read())
            except OSError as error:
                raise Http404 from error
            lines.append(f"{name}: {photo.caption} ({_('Ảnh:')} {photo.credit})")
        packed.writestr("chu-thich.txt", "\n".join(lines) + "\n")
    spool.seek(0)
    response = FileResponse(spool, as_attachment=True, filename=f"{file_stem(release)}-anh.zip")
    response["Cache-Control"] = "no-cache"
    return response


# — ninjs ————————————————————————————————————————————————————————————————————————————
@on_site
def press_ninjs(request: HttpRequest, place: Place, beat: str | None = None) -> HttpResponse:
    """The newest releases as ninjs 3.1, of one topic when it is named."""
    topic = _beat(place, beat)
    own = place.canonical("press_beat_ninjs", beat) if beat else place.canonical("press_ninjs")
    title = f"{topic} – {place.site.name}" if topic else place.site.name
    found = selectors.listed(units_here(place), topic).prefetch_related("files", "photos__story_photo")[:ITEMS]
    data = ninjs.feed(found, uri=own, title=title, links=_links(place))
    return keep(_json(data), TTL)


@on_site
def press_release_ninjs(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """One release as ninjs 3.1."""
    release = selectors.told_public(units_shown(place)).filter(pk=int(key.rpartition("-")[2])).first()
    if release is None:
        raise Http404
    return keep(_json(ninjs.item(release, _links(place))), TTL)


def _json(data: dict[str, Any]) -> HttpResponse:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response


# — leaving ——————————————————————————————————————————————————————————————————————————
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def press_leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a page with one button. POST: done, also without a browser (RFC 8058). The token is the authority."""
    place = place_at(request.get_host().lower(), None)
    if request.method == "POST":
        try:
            services.contact_leave(token=token)
        except AppError as error:
            return _said(request, place, _("Đường dẫn không đúng"), str(error), status=error.status)
        said = _("Ông/bà không còn nhận thông cáo báo chí. Muốn nhận lại, xin liên hệ người phát ngôn.")
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return _private(HttpResponse(said, content_type="text/plain; charset=utf-8"))
        return _said(request, place, _("Đã thôi nhận"), said, good=True)
    pk = tokens.read("leave", token)
    if pk is None:
        said = _("Xin mở lại đường dẫn từ thư đã nhận.")
        return _said(request, place, _("Đường dẫn không đúng"), said, status=404)
    contact = Contact.objects.select_related("outlet__unit").filter(pk=pk).first()
    if place is None:
        raise Http404
    context = {**around_page(place), "contact": contact}
    return _private(draw(request, "portal/press_leave.html", context))


def _said(
    request: HttpRequest, place: Place | None, title: str, said: str, *, good: bool = False, status: int = 200
) -> HttpResponse:
    if place is None:
        return _private(HttpResponse(said, status=status, content_type="text/plain; charset=utf-8"))
    context = {**around_page(place), "title": title, "said": said, "good": good}
    return _private(draw(request, "portal/letters_said.html", context, status=status))
