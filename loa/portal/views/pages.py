"""Pages of a site: home, news, story, topics, about, accessibility."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from loa.core import clock
from loa.newsroom.models import GENRE_LABELS, Story
from loa.newsroom.rules import Genre
from loa.org.models import Unit
from loa.plans.models import Topic
from loa.portal import params
from loa.portal.body import blocks, pieces_of, word_count
from loa.portal.cited import mark_citations
from loa.portal.comments.place import below
from loa.portal.metadata import article_data, site_data
from loa.portal.place import Place, story_canonical, story_path
from loa.portal.rules import address_of, art_for, id_of, reading_minutes, slug_id
from loa.portal.selectors import directory, notices, stories
from loa.portal.selectors.stories import Card
from loa.portal.views.base import around_page, draw, on_site, page, redirect_to

PER_PAGE = 20
#: so many of the newest stories are looked through for the columns by topic
NEWEST = 150


@on_site
def home(request: HttpRequest, place: Place) -> HttpResponse:
    """The front page of the Sở's portal or of a member site."""
    newest = stories.cards(stories.news(place)[: 16 if place.is_main else 24], place)
    chosen = place.site.lead_story_id
    lead = next((card for card in newest if card.id == chosen), None)
    if lead is None and chosen:
        lead = next(iter(stories.cards(stories.at(place).filter(pk=chosen), place)), None)
    lead = lead or next((card for card in newest if card.cover), newest[0] if newest else None)
    rest = [card for card in newest if lead is None or card.id != lead.id]
    urgent, told = notices.of_front_page(place)
    context: dict[str, Any] = {
        "lead": lead,
        "trio": rest[:3],
        "newest": rest[3:9],
        "urgent": urgent,
        "notices": told,
    }
    if place.is_main:
        context |= _main_sections(place, {card.id for card in [*rest[:9], *([lead] if lead else [])]})
    else:
        context["more"] = rest[9:17]
        context["version"] = directory.version_today(place.site.unit)
    context["data"] = site_data(place)
    return page(request, place, "portal/home.html", context, canonical=place.canonical("home"), section="home")


def _main_sections(place: Place, shown: set[int]) -> dict[str, Any]:
    plan = stories.plan_of_year(place)
    themes = stories.themes(place, plan)
    recent = stories.recent(stories.news(place)).exclude(pk__in=shown)
    schools = stories.cards(stories.from_schools(recent)[:8], place)
    visual = stories.cards(recent.filter(genre__in=[genre.value for genre in stories.VISUAL])[:4], place)
    columns: list[dict[str, Any]] = []
    if themes:
        wanted = {theme.id: theme for theme in themes}
        family = stories.families(plan)
        by_theme: dict[int, list[Card]] = {}
        used = {card.id for card in (*schools[:4], *visual)}
        for card in stories.cards(recent[:NEWEST], place):
            top = family.get(card.topic_id) if card.topic_id else None
            if top in wanted and card.id not in used:
                by_theme.setdefault(top, []).append(card)
        full = sorted((pk for pk, cards in by_theme.items() if len(cards) > 2), key=lambda pk: -len(by_theme[pk]))
        columns = [{"theme": wanted[pk], "cards": by_theme[pk][:4]} for pk in full[:3]]
    return {
        "plan": plan,
        "themes": themes,
        "columns": columns if len(columns) == 3 else [],
        "schools": schools,
        "visual": visual if len(visual) == 4 else [],
        "levels": levels(),
        "communes": directory.communes(),
        "school_count": directory.schools().order_by().count(),
    }


def levels() -> list[tuple[str, str]]:
    """(value, words) of the levels of schools one can choose."""
    words = {
        "mam_non": _("Mầm non"),
        "tieu_hoc": _("Tiểu học"),
        "thcs": _("THCS"),
        "lien_cap": _("Nhiều cấp học"),
        "thpt": _("THPT"),
        "gdtx": _("GDNN – GDTX"),
    }
    return [(level.value, words[level.value]) for level in directory.LEVELS]


@on_site
def news(request: HttpRequest, place: Place) -> HttpResponse:
    """The list of news, by page, month, topic and genre."""
    wanted = params.news_filter(request)
    if wanted.genre == Genre.NOTICE:
        return redirect_to(request, place.url("notices"))
    found = stories.news(place)
    topic = None
    if wanted.month:
        found = stories.in_month(found, *wanted.month)
    if wanted.topic_id:
        topic = known_topic(place, wanted.topic_id)
        found = stories.on_topic(found, topic) if topic else found.none()
    if wanted.genre:
        found = found.filter(genre=wanted.genre)
    if wanted.schools:
        found = stories.from_schools(found)
    context = _listing(request, place, found)
    context |= {
        "wanted": wanted,
        "topic": topic,
        "months": _months(stories.first_day(place)),
        "genres": [(genre, label) for genre, label in GENRE_LABELS.items() if genre != Genre.NOTICE],
        "themes": stories.themes_plain(place),
        "heading": _heading(wanted, topic),
    }
    section = {"photo": "photo", "video": "video", "feature": "feature"}.get(wanted.genre, "news")
    section = "schools" if wanted.schools else section
    return page(
        request,
        place,
        "portal/news.html",
        context,
        canonical=_news_canonical(place, wanted, context),
        section=section,
    )


def _listing(request: HttpRequest, place: Place, found: Any) -> dict[str, Any]:
    number = params.page(request)
    start = (number - 1) * PER_PAGE
    # Keys first: the rows of pages that are skipped are never read.
    keys = list(found.values_list("pk", flat=True)[start : start + PER_PAGE + 1])
    cards = stories.cards(stories.at(place).filter(pk__in=keys[:PER_PAGE]), place)
    return {"cards": cards, "number": number, "more": len(keys) > PER_PAGE and number < params.LAST_PAGE}


def _news_canonical(place: Place, wanted: params.NewsFilter, context: dict[str, Any]) -> str:
    pairs = [
        ("chu-de", str(wanted.topic_id or "")),
        ("nguon", "truong" if wanted.schools else ""),
        ("thang", wanted.month_value),
        ("the-loai", wanted.genre),
        ("trang", str(context["number"]) if context["number"] > 1 else ""),
    ]
    query = "&".join(f"{name}={value}" for name, value in pairs if value)
    return place.canonical("news") + (f"?{query}" if query else "")


def _heading(wanted: params.NewsFilter, topic: Topic | None) -> str:
    what = str(GENRE_LABELS[Genre(wanted.genre)]) if wanted.genre else _("Tin tức")
    if wanted.schools:
        what = _("Từ các nhà trường")
    if topic:
        what = f"{what}: {topic}"
    if wanted.month:
        what = _("%(what)s, tháng %(month)s/%(year)s") % {
            "what": what,
            "month": wanted.month[1],
            "year": wanted.month[0],
        }
    return what


def _months(first: dt.date | None) -> list[tuple[str, str]]:
    """(value, words) of the months since the first story, newest first, ten years at most."""
    if first is None:
        return []
    day = clock.today().replace(day=1)
    found: list[tuple[str, str]] = []
    while day >= first.replace(day=1) and len(found) < 120:
        found.append((f"{day:%Y-%m}", _("Tháng %(month)s/%(year)s") % {"month": day.month, "year": day.year}))
        day = (day - dt.timedelta(days=1)).replace(day=1)
    return found


@on_site
def story(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """One story. 301 to its one address, 410 when it was taken down, 404 when it never was."""
    pk = id_of(key)
    item = (
        stories.public()
        .filter(pk=pk)
        .select_related(
            "unit",
            "unit__site",
            "unit__parent",
            "topic",
            "topic__parent",
            "topic__plan",
            "comment_switch__setting",
        )
        .first()
    )
    if item is None:
        if stories.was_public(pk):
            return gone(request, place)
        raise Http404
    here = item.on_main_portal if place.is_main else item.unit_id == place.site.unit_id
    if not here:
        address = story_canonical(item, place.main)
        if address is None:
            raise Http404
        return redirect_to(request, address)
    if key != slug_id(item.slug or address_of(item.title), pk):
        return redirect_to(request, place.story_url(pk, item.slug, item.title))
    return page(
        request,
        place,
        "portal/story.html",
        _story_context(place, item),
        canonical=story_canonical(item, place.main) or place.base + story_path(pk, item.slug, item.title),
        section="notices" if item.is_notice else "news",
    )


def _story_context(place: Place, item: Story) -> dict[str, Any]:
    photos = stories.pictures([item.pk]).get(item.pk, [])
    topic = item.topic
    related_title = _("Cùng chủ đề")
    others = stories.news(place).exclude(pk=item.pk)
    related: list[Card] = []
    if item.is_notice:
        related_title = _("Thông báo khác")
        related = stories.cards(notices.held(place).exclude(pk=item.pk)[:4], place)
    elif topic is not None:
        related = stories.cards(others.filter(topic_id=topic.pk)[:4], place)
    if len(related) < 2 and not item.is_notice:
        related_title = _("Tin mới")
        related = stories.cards(others[:4], place)
    site = getattr(item.unit, "site", None)
    site = site if site is not None and site.active else None
    top = [photo for photo in photos if photo.after == 0]
    pieces, cited = mark_citations(pieces_of(item.body))
    year = clock.local(item.published_at).year if item.published_at else clock.today().year
    own = stories.public().exclude(genre=Genre.NOTICE)
    own = own.filter(unit_id=item.unit_id, published_at__gte=clock.start_of(dt.date(year, 1, 1)))
    return {
        "story": item,
        "unit": item.unit,
        "unit_site": site,
        "unit_url": stories.unit_url(
            place,
            item.unit_id,
            item.unit.slug,
            site.slug if site and not site.is_main else None,
            site.host if site else None,
        ),
        "unit_year": year,
        "unit_count": own.filter(published_at__lt=clock.start_of(dt.date(year + 1, 1, 1))).count(),
        "topic": topic,
        "topic_url": place.topic_url(topic.pk, str(topic)) if topic else "",
        "top": top,
        "blocks": blocks(pieces, photos),
        "cited": cited,
        "art": art_for(item.pk, item.title, str(topic or "")),
        "minutes": reading_minutes(word_count(item.body)),
        "genre": GENRE_LABELS.get(Genre(item.genre), ""),
        "related": related,
        "related_title": related_title,
        "data": article_data(place, item, photos, str(topic or "")),
        "cover": stories.cover_of(photos),
        **below(place, item),
    }


def gone(request: HttpRequest, place: Place) -> HttpResponse:
    """410: it was here and was taken down. Says neither its title nor why."""
    newest = stories.cards(stories.news(place)[:4], place)
    context = {**around_page(place), "newest": newest}
    return draw(request, "portal/gone.html", context, status=410)


@on_site
def topics(request: HttpRequest, place: Place) -> HttpResponse:
    """The topics of the year."""
    plan = stories.plan_of_year(place)
    context = {"plan": plan, "themes": stories.themes(place, plan, limit=200)}
    return page(
        request, place, "portal/topics.html", context, canonical=place.canonical("topics"), section="topics"
    )


@on_site
def topic(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """What there is on one topic."""
    found = public_topic(place, key)
    if key != slug_id(address_of(str(found), 60), found.pk):
        return redirect_to(request, place.topic_url(found.pk, str(found)))
    context = _listing(request, place, stories.on_topic(stories.listed(stories.at(place)), found))
    if context["number"] > 1 and not context["cards"]:
        raise Http404
    context |= {
        "topic": found,
        "parts": list(Topic.objects.filter(parent=found).order_by("position")),
        "topic_feeds": [
            (place.url("topic_rss", key), _("Tin theo chủ đề này (RSS)"), "application/rss+xml"),
            (place.url("topic_json", key), _("Tin theo chủ đề này (JSON Feed)"), "application/feed+json"),
        ],
    }
    canonical = place.canonical("topic", key) + (f"?trang={context['number']}" if context["number"] > 1 else "")
    return page(request, place, "portal/topic.html", context, canonical=canonical, section="topics")


def public_topic(place: Place, key: str) -> Topic:
    """A topic of an issued plan, or one that has public stories here. Raises Http404: plans being read are not
    public."""
    found = known_topic(place, id_of(key))
    if found is None:
        raise Http404
    return found


def known_topic(place: Place, pk: int | None) -> Topic | None:
    """The topic anybody may know of, or None."""
    found = Topic.objects.select_related("plan", "parent").filter(pk=pk or 0).first()
    if found is None or found.plan.status in stories.PUBLIC_PLANS:
        return found
    return found if stories.at(place).filter(topic=found).exists() else None


@on_site
def about(request: HttpRequest, place: Place) -> HttpResponse:
    """Who answers for the site and how to reach them."""
    unit = place.site.unit
    context = {
        "version": directory.version_today(unit),
        "divisions": directory.divisions(unit) if place.is_main else [],
        "newest": stories.cards(stories.news(place)[:4], place),
    }
    return page(request, place, "portal/about.html", context, canonical=place.canonical("about"), section="about")


@on_site
def accessibility(request: HttpRequest, place: Place) -> HttpResponse:
    """How far everybody can use these pages, and whom to tell what is missing."""
    return page(request, place, "portal/accessibility.html", {}, canonical=place.canonical("accessibility"))


@on_site
def unit(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """The page of one unit on the main portal: what it is, how to reach it, its stories."""
    if not place.is_main:
        return redirect_to(request, place.main_url("unit", key))
    found = Unit.objects.select_related("parent", "site").filter(pk=id_of(key)).first()
    if found is None:
        raise Http404
    if key != slug_id(found.slug, found.pk):
        return redirect_to(request, place.url("unit", slug_id(found.slug, found.pk)))
    site = getattr(found, "site", None)
    site = site if site is not None and site.active else None
    context = _listing(request, place, stories.listed(stories.at(place).filter(unit=found)))
    closed = found.closed_on is not None and found.closed_on <= clock.today()
    context |= {
        "unit": found,
        "unit_site": site,
        "site_url": place.site_root(site.slug, site.host) + "/" if site and not site.is_main else "",
        "version": directory.version_today(found),
        "closed": closed,
        "successors": directory.successors(found) if closed else [],
    }
    canonical = place.canonical("unit", key)
    return page(request, place, "portal/unit.html", context, canonical=canonical, section="schools_directory")
