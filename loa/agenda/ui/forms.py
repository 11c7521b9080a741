"""Forms of the agenda."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.agenda.access import DAYS, WRITE
from loa.agenda.models import DAY_LABELS, EVENT_LABELS
from loa.core.forms import DateInput, TimeInput
from loa.org.access import units_where
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit


class _ForUnit(forms.Form):
    """A form whose unit is asked only of those who act for several."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Đơn vị"), empty_label=None)
    ability = ""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, units_where(user, self.ability))


class EventForm(_ForUnit):
    """An appointment."""

    ability = WRITE
    title = forms.CharField(label=_("Tên"), max_length=200)
    kind = forms.ChoiceField(label=_("Loại"), choices=EVENT_LABELS.items())
    on = forms.DateField(label=_("Ngày"), widget=DateInput)
    until = forms.DateField(label=_("Đến hết ngày"), widget=DateInput, required=False)
    start = forms.TimeField(
        label=_("Giờ bắt đầu"), widget=TimeInput, required=False, help_text=_("Bỏ trống: cả ngày.")
    )
    end = forms.TimeField(label=_("Giờ kết thúc"), widget=TimeInput, required=False)
    place = forms.CharField(label=_("Địa điểm"), max_length=200, required=False)
    note = forms.CharField(label=_("Ghi chú"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class DayForm(_ForUnit):
    """A day off, a working day or a milestone."""

    ability = DAYS
    title = forms.CharField(
        label=_("Tên"), max_length=160, help_text=_("Ví dụ: Nghỉ bù Quốc khánh, Kết thúc học kỳ I.")
    )
    kind = forms.ChoiceField(label=_("Loại"), choices=DAY_LABELS.items())
    on = forms.DateField(label=_("Từ ngày"), widget=DateInput)
    until = forms.DateField(label=_("Đến hết ngày"), widget=DateInput, required=False)
    basis = forms.CharField(
        label=_("Căn cứ"), max_length=160, required=False, help_text=_("Văn bản quy định, nếu có.")
    )
