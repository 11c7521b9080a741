"""The stream of what is said, one item, one case."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loa.core.errors import AppError
from loa.lib.typed import whole
from loa.lib.vi.boolean import QueryError
from loa.listening import access, selectors, services, texts
from loa.listening.figures.read import week
from loa.listening.models import HARM_LABELS, TONE_LABELS, Item, SavedSearch
from loa.listening.rules import EXTRACT, FETCHED, PRIVATE, SourceKind
from loa.listening.selectors import StreamFilter
from loa.listening.themes import topic_names
from loa.listening.ui.common import (
    Filters,
    UnitFilter,
    require_read,
    rows,
    stream_url,
    topics_listed,
    written_down,
)
from loa.listening.why import why as why_of
from loa.org import access as rights
from loa.org.models import Unit


@login_required
def stream(request: HttpRequest) -> HttpResponse:
    """What is said about education, newest first, with filters and queries."""
    return show(request)


def show(request: HttpRequest, search: SavedSearch | None = None) -> HttpResponse:
    """The stream, as the address says or as a saved search does."""
    require_read(request.user)
    params = request.GET if search is None else {**search.params, **_period(request)}
    wanted = StreamFilter.from_params(params)
    filters = Filters(request, wanted)
    if filters.unit_form.is_bound and filters.unit_form.is_valid():
        unit = filters.unit_form.cleaned_data["ten_don_vi"]
        return redirect(f"{request.path}?{urlencode({**wanted.params(), 'don-vi': unit.pk})}")
    number = whole(request.GET.get("trang")) or 1
    mistake, other = None, False
    try:
        page = selectors.page(request.user, wanted, number)
        if not page.items and number == 1 and not wanted.relaxed:
            other = selectors.found_without_accents(request.user, wanted)
    except QueryError as error:
        page, mistake = selectors.Page([], 1), texts.query_error(error)
    written_down(request, page.items)
    return render(
        request,
        "listening/stream.html",
        {
            "page": page,
            "rows": rows(page),
            "wanted": wanted,
            "filters": filters,
            "mistake": mistake,
            "without_accents": other,
            "search": search,
            "follow": next((one for one in _kept(request) if search and one.search.pk == search.pk), None),
            "kept": _kept(request),
            "week": week(request.user),
            "tones": TONE_LABELS.items(),
            "has_sources": access.sources_for(request.user).exists(),
            "may_manage": access.managed_units(request.user).exists(),
            "may_correct": rights.can(request.user, access.MANAGE),
            "save_query": wanted.params(),
            "take": f"?{urlencode(wanted.params())}" if wanted.narrow else "",
            "exact_url": stream_url(**replace(wanted, relaxed=False).params()),
            "relaxed_url": stream_url(**replace(wanted, relaxed=True).params()),
            "here": "stream",
        },
        status=400 if mistake else 200,
    )


def _kept(request: HttpRequest) -> list[selectors.Kept]:
    if not hasattr(request, "_loa_kept"):
        request._loa_kept = selectors.kept(request.user)  # type: ignore[attr-defined]
    return request._loa_kept  # type: ignore[attr-defined]


def _period(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("tu", "den") if name in request.GET}


@login_required
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: its words, what was made of them and why. A look at a private person's words is written down."""
    found = access.item_for_read(request.user, pk)
    if found.outlet in PRIVATE and not found.forgotten:
        services.item_opened(actor=request.user, item=found)
    names = topic_names()
    reasons = why_of(found)
    linked = list(found.units.select_related("unit").order_by("-score"))
    return render(
        request,
        "listening/item.html",
        {
            "item": found,
            "talk": selectors.talks_in(request.user, [found]).get(found.pk),
            "ours": found.source.kind == SourceKind.OURS,
            "extract": _extract(found),
            "units": linked,
            "unclear": _unclear(found, reasons.unclear, {link.unit_id for link in linked}),
            "topics": [(row.code, names.get(row.code, row.code)) for row in found.topics.order_by("-score")],
            "all_topics": topics_listed(),
            "why": reasons,
            "judged_words": texts.model_words(found.model),
            "corrections": found.corrections.select_related("by")[:10],
            "tones": TONE_LABELS.items(),
            "harms": HARM_LABELS.items(),
            "may_correct": rights.can(request.user, access.MANAGE, found.unit_id),
            "unit_form": UnitFilter(user=request.user),
        },
    )


def _unclear(found: Item, units: list[int], linked: set[int]) -> list[tuple[int, str]]:
    """Units one of which the item may mean, with where they are: none once a person set its units right."""
    if not units or linked & set(units) or found.corrections.filter(field="units").exists():
        return []
    rows = Unit.objects.filter(pk__in=units).select_related("parent").order_by("sort_key", "pk")
    return [(one.pk, ", ".join(str(part.short_name) for part in (one, one.parent) if part)) for one in rows]


def _extract(found: Item) -> str:
    """What is shown of an item's words: all of what people say, of an article a part with the way to the rest."""
    if found.outlet in PRIVATE or found.source.kind not in FETCHED or len(found.text) <= EXTRACT:
        return found.text
    return found.text[:EXTRACT].rpartition(" ")[0] + "…"


@login_required
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """The words that counted, as a piece of the line."""
    found = access.item_for_read(request.user, pk)
    written_down(request, [found])
    return render(request, "listening/_why.html", {"item": found, "why": why_of(found)})


@login_required
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a part of the analysis right: from the line (htmx, the line comes back) or from the item's page."""
    found = access.item_for_correct(request.user, pk)
    in_line = bool(getattr(request, "htmx", False))
    field, value = request.POST.get("muc", ""), request.POST.get("gia-tri", "")
    told, bad = "", False
    if "ten_don_vi" in request.POST:
        form = UnitFilter({"ten_don_vi": request.POST["ten_don_vi"]}, user=request.user)
        if not form.is_valid() or form.cleaned_data["ten_don_vi"] is None:
            why_not = form.errors.get("ten_don_vi") or [_("Hãy gõ tên đơn vị.")]
            messages.error(request, " ".join(str(one) for one in why_not))
            return redirect("listening:item", pk)
        value = f"+{form.cleaned_data['ten_don_vi'].pk}"
    try:
        now = services.item_correct(actor=request.user, item=found, field=field, value=value)
        told = str(texts.TOLD[field] if services.learns_from(found, field) else texts.NOT_ASKED)
        if now.also:
            told += " " + _("Sửa luôn %(n)d tin đăng lại.") % {"n": now.also}
    except AppError as error:
        if error.status == 403:
            raise
        told, bad = str(error), True
    if in_line:
        page = selectors.dressed(selectors.Page(selectors.rows_of([pk]), 1), request.user)
        return render(
            request,
            "listening/_row.html",
            {
                "row": rows(page)[0], "told": told, "bad": bad, "may_correct": True, "tones": TONE_LABELS.items(),
            },
        )  # fmt: skip
    (messages.error if bad else messages.success)(request, told)
    return redirect("listening:item", pk)
