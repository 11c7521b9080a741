"""Tags of public pages: addresses of this site, pictures, emblems, marks."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vi import Query, highlight
from loa.portal import images
from loa.portal.marks import marked_spans
from loa.portal.place import Place, main_origin
from loa.portal.rules import EMBLEMS, letters, slug_id
from loa.portal.selectors.stories import Card, Picture

register = template.Library()

#: what is shown where: sizes attribute of images
_WIDTHS = {
    "c": "(max-width: 720px) 50vw, 400px",
    "w": "(max-width: 1080px) 100vw, 800px",
    "q": "88px",
}
_SETS = {"c": images.CARD, "w": images.WHOLE, "q": ("q",)}


def _place(context: template.Context) -> Place:
    return context["place"]


@register.simple_tag(takes_context=True)
def here(context: template.Context, view: str, *args: Any) -> str:
    """The address of a page of this site."""
    return _place(context).url(view, *args)


@register.simple_tag(takes_context=True)
def topic_link(context: template.Context, topic: Any) -> str:
    """The address of a topic on this site."""
    return _place(context).topic_url(topic.pk, str(topic))


@register.simple_tag(takes_context=True)
def unit_link(context: template.Context, unit: Any) -> str:
    """The address of a unit's page on the main portal."""
    return _place(context).main_url("unit", slug_id(unit.slug, unit.pk))


@register.simple_tag(takes_context=True)
def sections(context: template.Context) -> list[dict[str, Any]]:
    """The sections of the site's navigation: only what is there."""
    place, section = _place(context), context.get("section", "")
    news = place.url("news")
    if place.is_main:
        entries = [
            ("news", _("Tin tức"), news),
            ("notices", _("Thông báo"), place.url("notices")),
            ("feature", _("Phóng sự"), f"{news}?the-loai=feature"),
            ("photo", _("Ảnh"), f"{news}?the-loai=photo"),
            ("video", _("Video"), f"{news}?the-loai=video"),
            ("schools", _("Từ các trường"), f"{news}?nguon=truong"),
            ("topics", _("Chủ đề"), place.url("topics")),
            ("directory", _("Tra cứu trường"), place.url("directory")),
            ("press", _("Báo chí"), place.url("press")),
            ("about", _("Giới thiệu"), place.url("about")),
        ]
    else:
        entries = [
            ("home", _("Trang chủ"), place.url("home")),
            ("about", _("Giới thiệu"), place.url("about")),
            ("news", _("Tin tức"), news),
            ("notices", _("Thông báo"), place.url("notices")),
            ("photo", _("Ảnh"), f"{news}?the-loai=photo"),
            ("video", _("Video"), f"{news}?the-loai=video"),
        ]
    return [
        {"label": label, "url": url, "current": key == section, "last": place.is_main and key == "about"}
        for key, label, url in entries
    ]


@register.inclusion_tag("portal/crumbs.html", takes_context=True)
def crumbs(context: template.Context, url: str = "", label: str = "") -> dict[str, Any]:
    """The way back: home, and one page between if given."""
    return {"home": _place(context).url("home"), "url": url, "label": label}


# — pictures ————————————————————————————————————————————————————————————————————————
@register.simple_tag
def pic(card: Card, kind: str, eager: bool = False) -> SafeString:
    """The picture of a card: its photo, or a drawing that stands in for one."""
    css = "pic" if kind != "w" else "pic pic--w"
    if card.cover is None:
        return format_html('<div class="{}">{}</div>', f"{css} drawn", art(card.art, eager))
    # Beside its headline the photo says nothing that the headline does not: empty alt. Alone on top it does.
    alt = card.cover.alt if kind == "w" else ""
    return format_html('<div class="{}">{}</div>', css, _picture(card.cover, kind, alt, eager))


@register.simple_tag
def art(name: str, eager: bool = False) -> SafeString:
    """A drawing; it says nothing the text does not."""
    return format_html(
        '<img src="{}" alt="" width="800" height="500"{}>', static(f"loa/art/{name}.svg"), _loading(eager)
    )


@register.simple_tag
def figure(photo: Picture, eager: bool = False, full: bool = False) -> SafeString:
    """A photo in a story, with caption and credit."""
    credit = format_html(" <b>{} {}</b>", _("Ảnh:"), photo.credit) if photo.credit else ""
    caption = (
        format_html('<figcaption class="cap">{}{}</figcaption>', photo.caption, credit)
        if photo.caption or credit
        else ""
    )
    css = "full" if full else ""
    tall = " pic--tall" if photo.height > photo.width else ""
    return format_html(
        '<figure class="{}"><div class="pic pic--own{}">{}</div>{}</figure>',
        css,
        tall,
        _picture(photo, "w", photo.alt, eager),
        caption,
    )


def _picture(photo: Picture, kind: str, alt: str, eager: bool) -> SafeString:
    sizes = _SETS[kind]
    fallback = images.sources(photo, sizes, "jpg")[0]
    width, height = {"c": (480, 320), "q": (176, 176)}.get(kind, (photo.width, photo.height))
    return format_html(
        '<picture><source type="image/webp" srcset="{}" sizes="{}">'
        '<img src="{}" alt="{}" width="{}" height="{}"{}></picture>',
        ", ".join(f"{source.url} {source.width}w" for source in images.sources(photo, sizes, "webp")),
        _WIDTHS[kind],
        fallback.url,
        alt,
        width,
        height,
        _loading(eager),
    )


def _loading(eager: bool) -> SafeString:
    return _EAGER if eager else _LAZY


_EAGER = mark_safe(' fetchpriority="high"')
_LAZY = mark_safe(' loading="lazy" decoding="async"')


@register.simple_tag
def picture_url(photo: Picture, size: str, ending: str, absolute: bool = False) -> str:
    """The address of one size of a photo."""
    return (main_origin() if absolute else "") + images.image_path(photo, size, ending)


# — emblems —————————————————————————————————————————————————————————————————————————
@register.simple_tag
def emblem(site: Any, name: str = "") -> SafeString:
    """The emblem of a site in its own colours; of a unit without a site: its letters."""
    key = site.emblem if site else ""
    palette = site.palette if site else "ink"
    if site and site.is_main and not key:
        key = "sach"
    if key in EMBLEMS:
        inside = get_template(f"portal/emblems/{key}.html").render()
    else:
        text = key or letters(site.unit.name if site and not name else name or site.name)
        inside = format_html(
            '<text class="em-t em-{}" x="32" y="{}" text-anchor="middle">{}</text>',
            len(text),
            41 - len(text),
            text,
        )
    shape = "em--round" if site and site.is_main else "em--shield"
    return format_html(
        '<svg class="em {}" data-mau="{}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">{}{}</svg>',
        shape,
        palette,
        mark_safe(_ROUND if site and site.is_main else _SHIELD),  # noqa: S308 - constants of this file
        inside,
    )


@register.simple_tag
def emblem_sample(key: str, site: Any) -> SafeString:
    """One of the emblems to choose from, in the present colours ("": the letters)."""
    drawn = get_template(f"portal/emblems/{key}.html").render() if key in EMBLEMS else ""
    text = letters(site.unit.name)
    inside = drawn or format_html(
        '<text class="em-t em-{}" x="32" y="38" text-anchor="middle">{}</text>', len(text), text
    )
    return format_html(
        '<svg class="em" viewBox="0 0 64 64" aria-hidden="true" focusable="false">{}{}</svg>',
        mark_safe(_SHIELD),  # noqa: S308 - a constant of this file
        inside,
    )


_SHIELD = (
    '<path class="em-a" d="M32 2l26 8v22c0 15-11 25-26 30C17 57 6 47 6 32V10z"/>'
    '<path class="em-l" d="M32 6.500l22 6.800V32c0 12.700-9.300 21.300-22 25.700'
    'C19.300 53.300 10 44.700 10 32V13.300z"/>'
)
_ROUND = '<circle class="em-a" cx="32" cy="32" r="31"/><circle class="em-l" cx="32" cy="32" r="26.500"/>'


# — words ———————————————————————————————————————————————————————————————————————————
@register.simple_tag
def marked(text: str, query: Query) -> SafeString:
    """The text with what was searched for marked."""
    return marked_spans(text, highlight(text, query) if query else [])


@register.simple_tag
def day(moment: dt.datetime) -> SafeString:
    """Day and month of a date, as on a calendar leaf."""
    local = clock.local(moment)
    return format_html(
        '<div class="day"><b>{}</b><span>{}</span></div>',
        f"{local.day:02d}",
        _("tháng %(month)s") % {"month": local.month},
    )


@register.filter
def hostname(url: str) -> str:
    """The host of an address, without www."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.simple_tag(takes_context=True)
def sift(context: template.Context, name: str, value: Any) -> str:
    """The present address with another value of one parameter ("" takes it away), from the first page on."""
    params = context["request"].GET.copy()
    for gone in ("trang", name):
        params.pop(gone, None)
    if value:
        params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def dublin_core(
    context: template.Context,
    title: str,
    kind: str,
    description: str = "",
    creator: str = "",
    source: str = "",
    date: dt.datetime | None = None,
    identifier: str = "",
    subject: Any = "",
) -> SafeString:
    """Dublin Core of a page (TCVN 7980, asked for by Thông tư 24/2011/TT-BTTTT)."""
    site = context["site"]
    fields = [
        ("title", title),
        ("creator", creator or site.unit.name),
        ("subject", str(subject or "")),
        ("description", description),
        ("publisher", context["place"].main.unit.name if context["place"].is_main else site.unit.name),
        ("date", clock.local(date).strftime("%Y-%m-%d") if date else ""),
        ("type", kind),
        ("format", "text/html"),
        ("identifier", identifier or context.get("canonical", "")),
        ("source", source),
        ("language", "vi"),
        ("rights", _("Ghi rõ nguồn khi phát hành lại")),
    ]
    rows = ((name, conditional_escape(value)) for name, value in fields if value)
    return format_html(
        '<link rel="schema.DC" href="http://purl.org/dc/elements/1.1/">{}',
        format_html_join("", '<meta name="DC.{}" content="{}">', rows),
    )
