"""Screens of lists."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loa.bulletins import access, selectors, services
from loa.bulletins.models import MailingList, Subscription
from loa.bulletins.services.lists import MOST_BYTES
from loa.bulletins.ui.forms import ImportForm, ListForm, TakeOffForm
from loa.core.errors import AppError, Conflict, InvalidInput, Refused
from loa.core.forms import add_error
from loa.org.access import can

PER_PAGE = 30


@login_required
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Lists of the person's units with how many receive them."""
    page = Paginator(selectors.lists_for(request.user), PER_PAGE).get_page(request.GET.get("trang"))
    context = {"page": page, "manages": can(request.user, "bulletin.manage")}
    return render(request, "bulletins/lists.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a list."""
    if not can(request.user, "bulletin.manage"):
        raise Refused(_("Ông/bà không mở được danh sách nhận tin."), code="bulletin.manage")
    form = ListForm(request.POST or None, user=request.user, initial={"is_open": True, "active": True})
    if request.method == "POST" and form.is_valid():
        try:
            made = services.list_create(actor=request.user, unit_id=form.cleaned_data["unit"].pk, **form.values())
        except (InvalidInput, Conflict) as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã mở danh sách. Người dân đăng ký được ngay ở trang Nhận tin."))
            return redirect("bulletins:list", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "bulletins/list_new.html", {"form": form}, status=status)


def _context(request: HttpRequest, found: MailingList, **forms: Any) -> dict[str, Any]:
    return {
        "list": found,
        "manages": can(request.user, "bulletin.manage", found.unit_id),
        "edits": can(request.user, "bulletin.edit", found.unit_id),
        "counts": selectors.list_counts(found),
        "newest": [
            {"row": row, "who": str(row.subscriber)}
            for row in Subscription.objects.filter(mailing_list=found)
            .select_related("subscriber", "consent_text")
            .order_by("-asked_at", "-pk")[:20]
        ],
        "bulletins": selectors.bulletins_for(request.user, found.pk)[:8],
        "form": forms.get("form") or ListForm(instance=found, user=request.user),
        "import_form": forms.get("import_form") or ImportForm(),
        "off_form": forms.get("off_form") or TakeOffForm(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One list: figures, newest subscriptions (masked), settings, import."""
    found = access.list_for_read(request.user, pk)
    if request.method != "POST":
        return render(request, "bulletins/list.html", _context(request, found))
    access.list_for_manage(request.user, pk)
    form = ListForm(request.POST, instance=MailingList.objects.get(pk=pk), user=request.user)
    if form.is_valid():
        try:
            services.list_update(actor=request.user, list_id=pk, **form.values())
        except (InvalidInput, Conflict) as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu danh sách."))
            return redirect("bulletins:list", pk)
    return render(request, "bulletins/list.html", _context(request, found, form=form), status=422)


@login_required
@require_POST
def bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Import a file of addresses."""
    found = access.list_for_manage(request.user, pk)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            data = form.cleaned_data["file"].read(MOST_BYTES + 1)
            done = services.subscribers_import(
                actor=request.user, list_id=pk, data=data, proof=form.cleaned_data["proof"]
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            text = _(
                "Đã thêm %(added)d địa chỉ; %(already)d đã có; không đưa lại %(left)d địa chỉ đã huỷ hoặc hỏng và "
                "%(barred)d địa chỉ trong danh sách không gửi."
            ) % {"added": done.added, "already": done.already, "left": done.left, "barred": done.suppressed}
            if done.wrong:
                text += " " + _("Các dòng không có địa chỉ dùng được: %s.") % ", ".join(map(str, done.wrong))
            messages.success(request, text)
            return redirect("bulletins:list", pk)
    return render(request, "bulletins/list.html", _context(request, found, import_form=form), status=422)


@login_required
@require_POST
def take_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an address off at its owner's request."""
    found = access.list_for_manage(request.user, pk)
    form = TakeOffForm(request.POST)
    if form.is_valid():
        try:
            there = services.take_off(actor=request.user, list_id=pk, email=form.cleaned_data["email"])
        except AppError as error:
            add_error(form, error)
        else:
            said = _("Đã đưa địa chỉ ra khỏi danh sách.") if there else _("Địa chỉ này không có trong danh sách.")
            messages.success(request, said)
            return redirect("bulletins:list", pk)
    return render(request, "bulletins/list.html", _context(request, found, off_form=form), status=422)
