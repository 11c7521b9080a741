"""Staff screens of sites: which there are, how each looks, and where it stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from loa.core.errors import AppError, Conflict, InvalidInput, NotFound
from loa.core.forms import add_error
from loa.lib.vi import search_key
from loa.org.access import can, units_where
from loa.org.models import Unit
from loa.portal import access, services
from loa.portal.models import MemberSite
from loa.portal.place import canonical_base
from loa.portal.rules import EMBLEMS
from loa.portal.selectors.sites import main_site
from loa.portal.ui.forms import MoveForm, SiteForm

PER_PAGE = 30


@login_required
@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """Sites the person may set up; straight to the only one."""
    found = access.editable_sites(request.user)
    manager = can(request.user, "unit.manage")
    if not manager:
        only = list(found[:2])
        if len(only) == 1:
            return redirect("portal_sites:settings", only[0].unit_id)
    text = search_key(request.GET.get("q", ""))[:100]
    if text:
        found = found.filter(unit__folded__contains=text)
    without = Unit.objects.none()
    if manager and text:
        managed = units_where(request.user, "unit.manage").filter(folded__contains=text, site=None, closed_on=None)
        without = managed.order_by("sort_key")[:10]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    rows = [(site, canonical_base(site) + "/") for site in page]
    context = {"page": page, "rows": rows, "q": request.GET.get("q", ""), "without": without, "manager": manager}
    return render(request, "portal/staff/sites.html", context)


@login_required
def settings(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Colour, emblem, introduction, contacts, the story on top."""
    site = access.site_to_edit(request.user, unit_id)
    if request.method == "POST":
        form = SiteForm(request.POST, site=site)
        if form.is_valid():
            try:
                services.site_update(unit_id=unit_id, actor=request.user, **form.values())
            except (InvalidInput, Conflict) as error:
                add_error(form, error)
                if isinstance(error, Conflict):
                    # Saving again is then a decision: the reader has been told.
                    form.data = request.POST.copy()
                    form.data["version"] = str(access.site_to_edit(request.user, unit_id).version)
            else:
                messages.success(request, _("Đã lưu. Trang công khai đổi ngay."))
                return redirect("portal_sites:settings", unit_id)
        status = 422
    else:
        form, status = SiteForm(initial=SiteForm.initial_of(site), site=site), 200
    return render(request, "portal/staff/settings.html", _settings_context(request, site, form), status=status)


def _settings_context(request: HttpRequest, site: MemberSite, form: SiteForm) -> dict[str, Any]:
    manager = can(request.user, "unit.manage", site.unit_id)
    return {
        "site": site,
        "form": form,
        "emblems": EMBLEMS,
        "public_url": canonical_base(site) + "/",
        "move_form": MoveForm(initial={"slug": site.slug, "host": site.host or ""}) if manager else None,
        "former": list(site.former_slugs.values_list("slug", flat=True)[:5]) if manager else [],
    }


@login_required
@require_safe
def preview(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The head and foot of the site in the colours of the form, before anything is saved."""
    site = access.site_to_edit(request.user, unit_id)
    palette, emblem = request.GET.get("palette", ""), request.GET.get("emblem", "")
    if palette in MemberSite.Palette.values:
        site.palette = palette
    letters = request.GET.get("letters", "").strip()[:4]
    site.emblem = emblem if emblem in EMBLEMS else (letters.upper() if letters.isalnum() else "")
    context = {"site": site, "main": main_site()}
    return render(request, "portal/staff/preview.html", context)


@login_required
@require_POST
def move(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Give the site another path or host name."""
    site = access.site_to_edit(request.user, unit_id)
    form = MoveForm(request.POST)
    if form.is_valid():
        try:
            services.site_move(unit_id=unit_id, actor=request.user, **form.cleaned_data)
        except (InvalidInput, Conflict) as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã đổi địa chỉ. Địa chỉ cũ vẫn dẫn người đọc về đây."))
            return redirect("portal_sites:settings", unit_id)
    context = _settings_context(request, site, SiteForm(initial=SiteForm.initial_of(site), site=site))
    return render(request, "portal/staff/settings.html", {**context, "move_form": form}, status=422)


@login_required
@require_POST
def open_site(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Open the site of a unit that has none."""
    if not can(request.user, "unit.manage", unit_id):
        raise NotFound(_("Không có đơn vị này trong phạm vi quản trị của ông/bà."))
    unit = get_object_or_404(Unit, pk=unit_id)
    try:
        services.site_open(unit=unit, actor=request.user)
    except AppError as error:
        messages.error(request, str(error))
        return redirect("portal_sites:list")
    messages.success(request, _("Đã mở trang của %(unit)s.") % {"unit": unit.name})
    return redirect("portal_sites:settings", unit_id)
