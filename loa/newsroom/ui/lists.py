"""Lists of stories, one story's journey, its preview and its versions compared."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from loa.lib.typed import whole
from loa.newsroom import access, diff, selectors
from loa.newsroom.answers import beside, counts_for, public_links
from loa.newsroom.models import STAGE_LABELS, Story
from loa.newsroom.rules import RECALLABLE, Stage, VersionKind, road_marks
from loa.newsroom.texts import STATION_LABELS, STEP_LABELS
from loa.newsroom.ui.channels import shared
from loa.newsroom.ui.common import GENRES, staff
from loa.newsroom.ui.writing import CONSENTS
from loa.org import access as rights
from loa.org.models import Unit

STAGES = [(stage.value, label) for stage, label in STAGE_LABELS.items()]


def page_number(request: HttpRequest) -> int:
    """?trang= of the address, 1 when it is missing or odd."""
    return whole(request.GET.get("trang")) or 1


def tabs(request: HttpRequest, here: str) -> list[dict[str, Any]]:
    """The newsroom's own lists as this person has them, with what waits in each."""
    user = request.user
    counts = selectors.queue_counts(user)
    found: list[dict[str, Any]] = []
    if rights.can(user, "story.write"):
        found.append({"name": "stories", "label": _("Của tôi"), "count": counts["returned"], "query": "?xem=toi"})
        found.append({"name": "unit", "label": _("Cả đơn vị"), "count": 0, "query": "?xem=don-vi"})
    if rights.can(user, "story.approve_unit"):
        found.append({"name": "inbox", "label": _("Chờ tôi duyệt"), "count": counts["lead"], "query": ""})
    if rights.can(user, "story.review"):
        found.append({"name": "queue", "label": _("Chờ Ban Biên tập"), "count": counts["board"], "query": ""})
    found.append({"name": "all", "label": _("Tất cả"), "count": 0, "query": ""})
    for tab in found:
        tab["here"] = tab["name"] == here
        tab["url"] = "newsroom:" + ("stories" if tab["name"] == "unit" else tab["name"])
    return found


def road_of(story: Story) -> list[dict[str, Any]]:
    """The stations of a story with their state and name, for the bar in lists."""
    marks = road_marks(story.stage, story.stations)
    return [{"state": state, "label": STATION_LABELS[name]} for name, state in marks]


@staff("GET")
def stories(request: HttpRequest) -> HttpResponse:
    """My stories with the road of each, or those of my unit. Editors begin at their queue."""
    user = request.user
    view = request.GET.get("xem", "")
    if not view and rights.can(user, "story.review"):
        return redirect("newsroom:queue")
    if not rights.can(user, "story.write"):
        return redirect("newsroom:all")
    here = "unit" if view == "don-vi" else "stories"
    found = selectors.unit_stories(user) if here == "unit" else selectors.my_stories(user)
    page = selectors.page_of(found, page_number(request))
    for item in page.items:
        item.road = road_of(item)
    context = {"tabs": tabs(request, here), "here": here, "page": page}
    return render(request, "newsroom/stories.html", context)


@staff("GET")
def all_stories(request: HttpRequest) -> HttpResponse:
    """Every story the person may read, with filters; one query for a page, however many there are."""
    unit = whole(request.GET.get("don-vi"))
    filters = selectors.StoryFilter(
        text=request.GET.get("q", "")[:100],
        stage=request.GET.get("buoc", "") if request.GET.get("buoc") in set(Stage) else "",
        genre=request.GET.get("the-loai", "") if request.GET.get("the-loai") in dict(GENRES) else "",
        unit=unit,
        topic=whole(request.GET.get("chu-de")),
        mine=bool(request.GET.get("toi")),
    )
    context = {
        "tabs": tabs(request, "all"),
        "filters": filters,
        "unit": Unit.objects.filter(pk=unit).first() if unit else None,
        "without_unit": f"?{_without(request, 'don-vi')}",
        "stages": STAGES,
        "genres": GENRES,
        "page": selectors.page_of(selectors.all_stories(request.user, filters), page_number(request)),
    }
    return render(request, "newsroom/all.html", context)


def _without(request: HttpRequest, name: str) -> str:
    params = request.GET.copy()
    for gone in (name, "trang"):
        params.pop(gone, None)
    return params.urlencode()


@staff("GET")
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """The journey of a story: where it stands, who holds it, since when, what was said, where it can be read."""
    found = access.story_for_view(request.user, pk)
    user = request.user
    stations = [
        {
            "name": station.name,
            "label": STATION_LABELS[station.name],
            "state": station.state,
            "steps": [{"step": step, "words": STEP_LABELS[step.code]} for step in station.steps],
        }
        for station in selectors.story_road(found)
    ]
    photos = selectors.photos_of(found)
    own = found.author_id == user.pk or rights.can(user, "story.edit_unit", found.unit_id)
    context = {
        "story": found,
        "stations": stations,
        "holders": selectors.holders(found),
        "photos": photos,
        "consents": CONSENTS,
        "comments": found.comments.select_related("author", "resolved_by"),
        "versions": selectors.versions_of(found, user)[:30],
        "links": [link for source in public_links for link in source(found)] if found.live else [],
        "beside": [way for source in beside for way in source(user, found)] if found.live else [],
        "counts": [words for source in counts_for for words in source(found)],
        "shared": shared(found),
        "may_share": access.may_withdraw(user, found) and rights.can(user, "channel.publish"),
        "may_write": access.may_write(user, found),
        "may_recall": own and found.stage in RECALLABLE and not found.locked,
        "may_approve": access.may_approve_unit(user, found),
        "may_review": access.may_review(user, found),
        "may_withdraw": access.may_withdraw(user, found),
        "may_consent": own or access.may_review(user, found) or access.may_withdraw(user, found),
        "may_delete": own and found.stage in (Stage.DRAFT, Stage.RETURNED) and not found.first_published_at,
        "resolvable": found.written_by(user) or access.may_review(user, found),
    }
    return render(request, "newsroom/story.html", context)


@staff("GET")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The story as the portal will show it: photos that are held back are not there."""
    found = access.story_for_view(request.user, pk)
    return found.serve_preview(request, found.default_preview_mode)


@staff("GET")
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions of a story: ?cu=2&moi=3; the last two without."""
    found = access.story_for_view(request.user, pk)
    versions = selectors.versions_of(found, request.user)
    context = {
        "story": found,
        "versions": versions,
        **chosen_versions(versions, whole(request.GET.get("cu")), whole(request.GET.get("moi"))),
    }
    return render(request, "newsroom/compare.html", context)


def chosen_versions(versions: list[Any], old: int | None, new: int | None) -> dict[str, Any]:
    """The two versions asked for (or the last two that differ in hand), and their comparison."""
    by_number = {version.number: version for version in versions}
    line = [version for version in versions if version.kind != VersionKind.CONFLICT]
    right = by_number.get(new or 0) or (line[0] if line else None)
    left = by_number.get(old or 0)
    if right and not left:
        older = [version for version in line if version.number < right.number]
        left = older[0] if older else right
    if not left or not right:
        return {"old": None, "new": None, "diff": None}
    compared = diff.stories(selectors.text_of(left), selectors.text_of(right))
    return {"old": left, "new": right, "diff": compared}
