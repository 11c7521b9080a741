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
from loa.org.models import Unit
from loa.org.selectors import search

_ID = re.compile(r"#(\d+)\s*$")


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
    """Gives a Unit of `units` (set by the form): by the number at the end of a suggestion, else by its name."""

    widget = UnitInput
    units: QuerySet[Unit] = Unit.objects.none()

    def prepare_value(self, value: Any) -> Any:
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
