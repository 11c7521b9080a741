"""Forms of reorganisation: filled in, shown with what will move, then carried out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.core import clock
from loa.core.errors import AppError, InvalidInput
from loa.core.forms import DateInput, add_error
from loa.lib.typed import whole
from loa.lib.vi import fold
from loa.org import access, events, selectors, services
from loa.org.models import KIND_LABELS, Unit, UnitAlias
from loa.org.rules import likely_part
from loa.org.services import NewUnit
from loa.org.ui.dealing import Thing, deal, where
from loa.org.ui.fields import UnitField

#: open tasks and duties shown in a preview; further ones go by rule
MOST_WARDS = 300
#: the choice that lets a task follow who sees to it
WITH_OWNER = "nguoi"
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items()]


class EventForm(forms.Form):
    """What every reorganisation asks: the day, the decision, a note."""

    title: Any = ""
    button: Any = gettext_lazy("Xem trước")

    on = forms.DateField(
        label=gettext_lazy("Ngày có hiệu lực"),
        widget=DateInput,
        help_text=gettext_lazy("Có thể là ngày đã qua hoặc sắp tới; đến ngày đó mới đổi."),
    )
    decision = forms.CharField(label=gettext_lazy("Số quyết định"), required=False, max_length=120)
    note = forms.CharField(
        label=gettext_lazy("Ghi chú"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    field_order: Any = None

    def __init__(self, *args: Any, unit: Unit, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.actor = unit, actor
        self.fields["on"].initial = max(clock.today(), unit.founded_on)
        units = access.units_where(actor, "unit.manage").exclude(pk=unit.pk)
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.units = units
        # The day and the decision come last, as on paper.
        for name in ("on", "decision", "note"):
            self.fields[name] = self.fields.pop(name)
        self.begin()

    def begin(self) -> None:
        """Initial values from the unit."""

    def common(self) -> dict[str, Any]:
        """Arguments of every service."""
        data = self.cleaned_data
        return {"actor": self.actor, "on": data["on"], "decision": data["decision"], "note": data["note"]}

    def run(self) -> Unit:
        """Carry it out; returns the unit to show."""
        raise NotImplementedError

    def said(self) -> list[str]:
        """What will be, in sentences."""
        return []

    def ending(self) -> list[Unit]:
        """Units that will live no longer."""
        return []

    def heir_name(self) -> str:
        """Who carries on the open work of the units that end; empty when nobody does."""
        return ""


class ChangeForm(EventForm):
    """Another name, kind, place, address or symbol."""

    title = gettext_lazy("Đổi tên, đổi thông tin")
    name = forms.CharField(label=gettext_lazy("Tên đơn vị"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("Tên gọn"), max_length=120, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Loại"), choices=KINDS)
    place = forms.CharField(
        label=gettext_lazy("Địa danh trên văn bản"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Ghi trước ngày tháng của văn bản, ví dụ “Mường Sai, ngày …”."),
    )
    address = forms.CharField(label=gettext_lazy("Địa chỉ trụ sở"), max_length=250, required=False)
    symbol = forms.CharField(
        label=gettext_lazy("Ký hiệu trong số văn bản"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Phần sau dấu gạch ngang, ví dụ SGDĐT."),
    )
    commune_code = forms.CharField(label=gettext_lazy("Mã xã (5 chữ số)"), max_length=5, required=False)

    NAMES = ("name", "short_name", "kind", "place", "address", "symbol", "commune_code")

    def begin(self) -> None:
        version = selectors.versions_of(self.unit)[0]
        for name in self.NAMES:
            self.fields[name].initial = getattr(version, name)

    def changes(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.NAMES if name in self.changed_data}

    def said(self) -> list[str]:
        labels = [str(self.fields[name].label).lower() for name in self.changes()]
        if not labels:
            return [_("Chưa có gì khác với hiện nay.")]
        lines = [_("Thay đổi: %(what)s.") % {"what": ", ".join(labels)}]
        if "name" in self.changes():
            lines.append(_("Tên cũ vẫn tìm được; địa chỉ trang của đơn vị giữ nguyên."))
        return lines

    def run(self) -> Unit:
        changes = self.changes()
        if not changes:
            raise InvalidInput(_("Chưa có gì khác với hiện nay. Hãy sửa ít nhất một mục."))
        if "name" in changes and not self.cleaned_data["short_name"]:
            changes["short_name"] = changes["name"][:120]
        services.unit_change(unit=self.unit, **(self.common() | changes))
        return self.unit


class MoveForm(EventForm):
    """Another authority above."""

    title = gettext_lazy("Chuyển cơ quan quản lý")
    parent = UnitField(label=gettext_lazy("Chuyển về thuộc"))

    def said(self) -> list[str]:
        return [
            _("%(unit)s cùng toàn bộ đơn vị bên dưới chuyển về thuộc %(parent)s.")
            % {"unit": self.unit.name, "parent": self.cleaned_data["parent"].name}
        ]

    def run(self) -> Unit:
        services.unit_reparent(unit=self.unit, parent=self.cleaned_data["parent"], **self.common())
        return self.unit


class FoundForm(EventForm):
    """A new unit below this one."""

    title = gettext_lazy("Lập đơn vị mới")
    name = forms.CharField(label=gettext_lazy("Tên đơn vị"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("Tên gọn"), max_length=120, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Loại"), choices=[("", "—"), *KINDS])
    code = forms.CharField(label=gettext_lazy("Mã đơn vị"), max_length=40, required=False)
    place = ChangeForm.base_fields["place"]
    address = ChangeForm.base_fields["address"]
    symbol = ChangeForm.base_fields["symbol"]
    commune_code = ChangeForm.base_fields["commune_code"]

    def said(self) -> list[str]:
        return [
            _("Lập %(name)s trực thuộc %(unit)s.") % {"name": self.cleaned_data["name"], "unit": self.unit.name}
        ]

    def run(self) -> Unit:
        names = ("name", "short_name", "kind", "code", "place", "address", "symbol", "commune_code")
        new = NewUnit(parent=self.unit, **{name: self.cleaned_data[name] for name in names})
        return services.unit_found(new=new, **self.common())


class MergeForm(EventForm):
    """Into a unit that goes on, or into a new one."""

    title = gettext_lazy("Sáp nhập")
    into = UnitField(
        label=gettext_lazy("Sáp nhập vào đơn vị đang có"),
        required=False,
        help_text=gettext_lazy("Đơn vị này tiếp tục hoạt động và nhận người, việc chuyển sang."),
    )
    new_name = forms.CharField(label=gettext_lazy("Hoặc lập đơn vị mới tên là"), max_length=200, required=False)
    new_kind = forms.ChoiceField(
        label=gettext_lazy("Loại của đơn vị mới"), choices=[("", "—"), *KINDS], required=False
    )
    others = UnitField(
        label=gettext_lazy("Cùng sáp nhập với đơn vị"),
        required=False,
        help_text=gettext_lazy("Dùng khi hai đơn vị cùng nhập vào một đơn vị mới."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("into")) == bool(data.get("new_name")):
            raise forms.ValidationError(
                _("Hãy chọn một đơn vị đang có, hoặc ghi tên một đơn vị mới (một trong hai).")
            )
        if data.get("new_name") and not data.get("new_kind"):
            self.add_error("new_kind", _("Hãy chọn loại của đơn vị mới."))
        return data

    def _units(self) -> list[Unit]:
        return [self.unit, *([self.cleaned_data["others"]] if self.cleaned_data.get("others") else [])]

    def said(self) -> list[str]:
        data = self.cleaned_data
        name = data["into"].name if data.get("into") else data["new_name"]
        gone = ", ".join(unit.name for unit in self._units())
        return [
            _("%(gone)s kết thúc hoạt động; đơn vị bên dưới và người chuyển sang %(name)s.")
            % {"gone": gone, "name": name},
            _("Tên cũ vẫn tìm được và dẫn tới đơn vị mới."),
        ]

    def ending(self) -> list[Unit]:
        return self._units()

    def heir_name(self) -> str:
        data = self.cleaned_data
        return data["into"].name if data.get("into") else data["new_name"]

    def run(self) -> Unit:
        data = self.cleaned_data
        into = data["into"] or NewUnit(data["new_name"], data["new_kind"])
        return services.unit_merge(units=self._units(), into=into, **self.common())


class SplitForm(EventForm):
    """New units beside this one, or in its place."""

    title = gettext_lazy("Chia tách")
    keep = forms.ChoiceField(
        label=gettext_lazy("Cách chia"),
        choices=[
            ("1", gettext_lazy("Tách ra đơn vị mới, đơn vị này vẫn hoạt động")),
            ("", gettext_lazy("Chia hẳn thành các đơn vị mới, đơn vị này kết thúc")),
        ],
        required=False,
        widget=forms.RadioSelect,
        initial="1",
    )
    names = forms.CharField(
        label=gettext_lazy("Tên các đơn vị mới"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Mỗi dòng một tên."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Loại của đơn vị mới"), choices=KINDS)

    def begin(self) -> None:
        self.fields["kind"].initial = self.unit.kind
        self.children = selectors.children_of(self.unit, access.units_readable(self.actor))
        self.members = selectors.members_of(self.unit)

    def parts(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]

    def said(self) -> list[str]:
        lines = [
            _("Lập %(count)d đơn vị mới: %(names)s.")
            % {"count": len(self.parts()), "names": "; ".join(self.parts())}
        ]
        if not self.cleaned_data["keep"]:
            lines.append(_("%(unit)s kết thúc hoạt động.") % {"unit": self.unit.name})
        return lines

    def ending(self) -> list[Unit]:
        return [] if self.cleaned_data["keep"] else [self.unit]

    def choices(self) -> dict[str, Any]:
        """What is asked in the preview: where each unit below and each person goes."""
        stay = [("", _("ở lại"))] if self.cleaned_data["keep"] else []
        options = [*stay, *((str(index), name) for index, name in enumerate(self.parts()))]
        units = [Thing(child.pk, child.name, child.folded) for child in self.children]
        labels = [(row.pk, f"{row.user} · {row.get_role_display()}") for row in self.members]
        people = [Thing(pk, label, fold(label)) for pk, label in labels]
        deals = (
            deal("child", _("Đơn vị bên dưới về đâu"), units, self.parts(), self.data),
            deal("member", _("Người về đâu"), people, self.parts(), self.data),
        )
        return {
            "options": options,
            "deals": [one for one in deals if one.count],
            "rest": "" if self.cleaned_data["keep"] else self.parts()[0],
            "work": self._work_rows(options),
        }

    def _work_rows(self, options: list[tuple[str, str]]) -> list[dict[str, Any]]:
        """Open tasks and duties of the unit, each with who would get it by rule: whose name it speaks of, else
        where the person goes who sees to it, else as the unit itself goes."""
        here = {row.user_id for row in self.members}
        rows = []
        for ward in events.wards_of([self.unit.pk])[:MOST_WARDS]:
            offered = list(options)
            if ward.owner in here:
                offered.insert(0, (WITH_OWNER, _("theo người phụ trách: %s") % ward.owner_name))
            likely = likely_part(ward.text, self.parts())
            by_rule = str(likely) if likely is not None else offered[0][0]
            rows.append(
                {
                    "name": f"work-{ward.key}",
                    "label": ward.label,
                    "note": ward.note,
                    "options": offered,
                    "chosen": self.data.get(f"work-{ward.key}", by_rule),
                    "named": likely is not None,
                }
            )
        return rows

    def _work(self) -> dict[str, int]:
        """key of a ward → index of the part it goes to; what stays, or goes the way of the unit, is left out."""
        going = where(self.data, "member")
        seats = {row.user_id: going.get(row.pk, None if self.cleaned_data["keep"] else 0) for row in self.members}
        found: dict[str, int] = {}
        for ward in events.wards_of([self.unit.pk]):
            value = str(self.data.get(f"work-{ward.key}", ""))
            index = whole(value)
            if value == WITH_OWNER:
                index = seats.get(ward.owner or 0)
            if index is not None:
                found[ward.key] = index
        return found

    def run(self) -> Unit:
        services.unit_split(
            unit=self.unit,
            parts=[NewUnit(name, self.cleaned_data["kind"]) for name in self.parts()],
            keep=bool(self.cleaned_data["keep"]),
            children=where(self.data, "child"),
            members=where(self.data, "member"),
            work=self._work(),
            **self.common(),
        )
        return self.unit


class CloseForm(EventForm):
    """The unit ends."""

    title = gettext_lazy("Giải thể, kết thúc hoạt động")
    children_to = UnitField(label=gettext_lazy("Đơn vị bên dưới chuyển về"), required=False)
    members_to = UnitField(
        label=gettext_lazy("Người chuyển về"),
        required=False,
        help_text=gettext_lazy("Bỏ trống: các vai trò ở đây kết thúc, tài khoản vẫn còn."),
    )

    def said(self) -> list[str]:
        return [
            _("%(unit)s không còn hoạt động từ ngày này; trang và hồ sơ vẫn đọc được.") % {"unit": self.unit.name}
        ]

    def ending(self) -> list[Unit]:
        return [self.unit]

    def heir_name(self) -> str:
        heir = self.cleaned_data["members_to"] or self.cleaned_data["children_to"]
        return heir.name if heir else ""

    def run(self) -> Unit:
        return services.unit_close(
            unit=self.unit,
            children_to=self.cleaned_data["children_to"],
            members_to=self.cleaned_data["members_to"],
            **self.common(),
        )


VERBS: dict[str, type[EventForm]] = {
    "lap-moi": FoundForm,
    "doi-thong-tin": ChangeForm,
    "chuyen": MoveForm,
    "sap-nhap": MergeForm,
    "chia-tach": SplitForm,
    "giai-the": CloseForm,
}


@login_required
def event(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Fill in → see what moves → carry out; nothing is written before the last step."""
    if verb not in VERBS:
        raise Http404
    unit = access.unit_for_manage(request.user, pk)
    form = VERBS[verb](request.POST or None, unit=unit, actor=request.user)
    context: dict[str, Any] = {"unit": unit, "form": form, "verb": verb}
    if request.method == "POST" and form.is_valid() and not request.POST.get("sua"):
        if request.POST.get("xac-nhan"):
            try:
                shown = form.run()
            except AppError as error:
                if error.field == "effective_on":
                    error.field = "on"
                add_error(form, error)
            else:
                later = form.cleaned_data["on"] > clock.today()
                messages.success(
                    request,
                    _("Đã ghi. Thay đổi có hiệu lực từ %(day)s.")
                    % {"day": form.cleaned_data["on"].strftime("%d/%m/%Y")}
                    if later
                    else _("Đã ghi và có hiệu lực."),
                )
                return redirect("org:unit", shown.pk)
        else:
            return render(request, "org/event_preview.html", context | _preview(form, unit))
    return render(request, "org/event.html", context, status=400 if form.errors else 200)


def _preview(form: EventForm, unit: Unit) -> dict[str, Any]:
    day: dt.date = form.cleaned_data["on"]
    moving = not isinstance(form, (FoundForm, ChangeForm))
    ids = list(selectors.below(unit, max(day, unit.founded_on)).values_list("pk", flat=True)) if moving else []
    today = clock.today()
    return {
        "said": form.said(),
        "day": day,
        "when": "past" if day < today else "today" if day == today else "later",
        "below_count": max(len(ids) - 1, 0),
        "member_count": len(selectors.members_of(unit, day)) if moving else 0,
        # Work moves with a unit that ends; what hangs below goes on where it is.
        "stakes": events.stakes_of([ended.pk for ended in form.ending()]),
        "choices": form.choices() if isinstance(form, SplitForm) else None,
        "wards": _told_wards(form),
        "heir": form.heir_name(),
        "hidden": [(key, value) for key, value in form.data.items() if key in form.fields],
    }


def _told_wards(form: EventForm) -> list[events.Ward]:
    """Open tasks and duties of units that merge or close, to be shown with who carries them on."""
    if isinstance(form, SplitForm):
        return []
    return events.wards_of([unit.pk for unit in form.ending()])[:MOST_WARDS]


@login_required
@require_POST
def alias_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name of the unit."""
    unit = access.unit_for_manage(request.user, pk)
    try:
        made = services.alias_add(actor=request.user, unit=unit, text=request.POST.get("text", ""))
    except InvalidInput as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Đã thêm tên gọi khác.") if made else _("Tên này đã có."))
    return redirect("org:unit", pk)


@login_required
@require_POST
def alias_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget another name."""
    alias = UnitAlias.objects.select_related("unit").filter(pk=pk).first()
    if alias is None:
        raise Http404
    access.unit_for_manage(request.user, alias.unit_id)
    services.alias_remove(actor=request.user, alias=alias)
    messages.success(request, _("Đã bỏ tên gọi khác."))
    return redirect("org:unit", alias.unit_id)
