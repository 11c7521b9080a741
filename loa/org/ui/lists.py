"""The tree, the list, one unit."""

from __future__ import annotations

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.typed import whole
from loa.org import access, selectors
from loa.org.models import KIND_LABELS, Unit
from loa.org.rules import Kind
from loa.org.ui.events import VERBS

PAGE = 50
#: a branch with more units than this is shown by kinds
LONG = 60
#: parts of the authority itself, always in sight
_OFFICES = frozenset({Kind.VAN_PHONG, Kind.PHONG_SO})


@login_required
def tree(request: HttpRequest) -> HttpResponse:
    """Units as they stand today, opened level by level; a branch is fetched when it is opened."""
    readable = access.units_readable(request.user)
    top = whole(request.GET.get("tu"))
    if top is not None:
        parent = access.unit_for_read(request.user, top)
        kind = request.GET.get("loai", "")
        units = selectors.children_of(parent, readable.filter(kind=kind) if kind in set(Kind) else readable)
        context = {"top": parent, "opened": not kind, **_branch(units, grouped=not kind)}
        return render(request, "org/_branch.html", context)
    units = selectors.highest({unit for unit, _role in access.roles(request.user)})
    branches = [{"top": unit, **_branch(selectors.children_of(unit, readable))} for unit in units[:3]]
    branches += [{"top": unit} for unit in units[3:]]
    return render(request, "org/tree.html", {"branches": branches, **_rights(request)})


def _branch(units: list[Unit], *, grouped: bool = True) -> dict[str, object]:
    """A short branch as it is; of a long one the kinds with their numbers, each opened on its own."""
    if not grouped or len(units) <= LONG:
        return {"units": units}
    few = [unit for unit in units if unit.kind in _OFFICES]
    counts = Counter(unit.kind for unit in units if unit.kind not in _OFFICES)
    groups = [(kind.value, label, counts[kind]) for kind, label in KIND_LABELS.items() if counts[kind]]
    return {"units": few, "groups": groups}


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Units by name, kind and life; no diacritics needed."""
    text = request.GET.get("q", "").strip()[:100]
    kind = request.GET.get("loai", "")
    life = request.GET.get("tinh-trang", "")
    units = selectors.search(access.units_readable(request.user), text)
    if kind in set(Kind):
        units = units.filter(kind=kind)
    today = clock.today()
    if life == "ket-thuc":
        units = units.filter(closed_on__lte=today)
    elif life == "sap-lap":
        units = units.filter(founded_on__gt=today)
    else:
        units = units.filter(pk__in=selectors.units_at(today).values("pk"))
    page = Paginator(units.select_related("parent").order_by("sort_key", "pk"), PAGE).get_page(
        request.GET.get("trang")
    )
    return render(
        request,
        "org/list.html",
        {"page": page, "text": text, "kind": kind, "life": life, "kinds": _kinds(), **_rights(request)},
    )


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """Options of a unit field: those in the person's reach that match, as they type."""
    text = next((str(value) for value in request.GET.values() if str(value).strip()), "").strip()[:100]
    units = []
    if len(text) >= 2:
        alive = access.units_readable(request.user).filter(pk__in=selectors.units_at().values("pk"))
        units = list(selectors.search(alive, text).select_related("parent").order_by("sort_key")[:12])
    return render(request, "org/_options.html", {"units": units})


@login_required
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: what it is, where it stands, who works there, how it came to be."""
    found = access.unit_for_read(request.user, pk)
    versions = selectors.versions_of(found)
    today = clock.today()
    held = [version for version in versions if version.valid_from <= today]
    may_members = access.can_manage(request.user, found, "member.manage")
    readable = access.units_readable(request.user)
    children = selectors.children_of(found, readable)
    return render(
        request,
        "org/unit.html",
        {
            "unit": found,
            "version": held[0] if held else versions[-1],
            "versions": versions,
            "timeline": selectors.timeline(found),
            "members": selectors.members_of(found),
            "aliases": list(found.aliases.order_by("text")),
            "ancestors": selectors.ancestors(found),
            "children": children[:60],
            "children_count": len(children),
            "closed": bool(found.closed_on and found.closed_on <= today),
            "coming": found.founded_on > today,
            "may_manage": access.can_manage(request.user, found) and not (found.closed_on),
            "may_members": may_members,
            "verbs": [(slug, verb.title) for slug, verb in VERBS.items() if slug != "lap-moi"],
            "today": today,
        },
    )


def _kinds() -> list[tuple[str, object]]:
    return [(kind.value, label) for kind, label in KIND_LABELS.items()]


def _rights(request: HttpRequest) -> dict[str, object]:
    return {
        "may_import": access.can(request.user, "unit.manage"),
        "may_members": access.can(request.user, "member.manage"),
        "may_audit": access.can(request.user, "audit.read"),
        "title": _("Đơn vị"),
    }
