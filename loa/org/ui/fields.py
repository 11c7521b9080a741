"""A field in which one of thousands of units is typed and chosen."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from loa.lib.vi import fold
from loa.org.access import own_first
from loa.org.models import Unit
from loa.org.selectors import search

_ID = re.compile(r"(?:#|^\s*)(\d{1,18})\s*$", re.ASCII)
#: up to so many units stand in a list to choose from; among more one types
FEW = 60


class UnitInput(forms.TextInput):
    """A text field with suggestions fetched while typing; without script the name is typed in full."""

    template_name = "org/unit_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        listed = f"{context['widget']['attrs'].get('id', name)}-goi-y"
        context["widget"]["list_id"] = listed
        context["widget"]["attrs"].update(
            {
                "list": listed,
                "autocomplete": "off",
                "hx-get": str(reverse_lazy("org:choose")),
                "hx-trigger": "input changed delay:250ms",
                "hx-target": f"#{listed}",
                "hx-params": name,
            }
        )
        return context


class UnitField(forms.CharField):
    """Gives a Unit of `units` (set by the form): by a number (alone, or ending a suggestion), else by its name."""

    widget = UnitInput
    units: QuerySet[Unit] = Unit.objects.none()

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            value = self.units.filter(pk=value).first()
        return f"{value.name} · #{value.pk}" if isinstance(value, Unit) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if found := _ID.search(text):
            unit = self.units.filter(pk=int(found[1])).first()
            if unit is not None:
                return unit
            raise ValidationError(_("Không có đơn vị này trong phạm vi của bạn."))
        rows = list(search(self.units, text)[:50])
        exact = [row for row in rows if fold(row.name) == fold(text)]
        if len(exact or rows) == 1:
            return (exact or rows)[0]
        if rows:
            raise ValidationError(
                _("Có %(count)d đơn vị khớp. Hãy gõ thêm rồi chọn trong danh sách gợi ý.") % {"count": len(rows)}
            )
        raise ValidationError(_("Không tìm thấy đơn vị nào khớp. Hãy gõ ít chữ hơn, không cần dấu."))


def ask_unit(form: forms.BaseForm, user: Any, units: QuerySet[Unit], *, name: str = "unit") -> None:
    """Let field `name` of the form ask for one of `units`: nothing to ask where there is one, a list of a few, and
    typing among many; the unit the person works for is there already. Three queries at most."""
    old = form.fields[name]
    told: dict[str, Any] = {"label": old.label, "help_text": old.help_text, "required": old.required}
    near = units.order_by(own_first(user), "sort_key")
    first, count = near.first(), units.count()
    field: forms.Field
    if count > FEW:
        field = UnitField(**told)
        field.units = units
    else:
        field = forms.ModelChoiceField(near, empty_label=None, **told)
        if count == 1:
            field.widget = forms.HiddenInput()
    field.initial = first if count > FEW else first and first.pk
    form.fields[name] = field
