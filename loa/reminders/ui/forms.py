"""How a person wants to be reminded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.core.forms import TimeInput
from loa.lib.calendar.words import WEEKDAYS
from loa.reminders.models import Preference
from loa.reminders.rules import BEFORE, LATE_EVERY, OPTIONAL
from loa.reminders.texts import KIND_LABELS

LATE_LABELS = {
    0: _("Không nhắc lại"),
    1: _("Nhắc lại hằng ngày"),
    3: _("Nhắc lại ba ngày một lần"),
    7: _("Nhắc lại mỗi tuần một lần"),
}


class SettingsForm(forms.Form):
    """Values are those of `Preference`; kinds are ticked to be told, kept as what is muted."""

    in_app = forms.BooleanField(label=_("Báo trong mục Thông báo của Loa"), required=False)
    by_mail = forms.BooleanField(label=_("Gửi thư điện tử"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Nhắc về"),
        required=False,
        choices=[(kind.value, KIND_LABELS[kind]) for kind in OPTIONAL],
        widget=forms.CheckboxSelectMultiple,
    )
    before = forms.TypedMultipleChoiceField(
        label=_("Nhắc trước hạn"),
        required=False,
        coerce=int,
        choices=[(days, _("%s ngày") % days) for days in BEFORE],
        widget=forms.CheckboxSelectMultiple,
    )
    on_day = forms.BooleanField(label=_("Nhắc đúng ngày đến hạn"), required=False)
    late_every = forms.TypedChoiceField(
        label=_("Khi đã quá hạn hoặc chờ lâu"),
        coerce=int,
        choices=[(days, LATE_LABELS[days]) for days in LATE_EVERY],
    )
    at = forms.TimeField(label=_("Giờ nhắc"), widget=TimeInput)
    quiet_from = forms.TimeField(label=_("Không làm phiền từ"), widget=TimeInput)
    quiet_to = forms.TimeField(label=_("Không làm phiền đến"), widget=TimeInput)
    workdays_only = forms.BooleanField(
        label=_("Chỉ nhắc vào ngày làm việc"),
        help_text=_("Việc rơi vào ngày nghỉ được nhắc vào ngày làm việc kế tiếp."),
        required=False,
    )
    weekly = forms.BooleanField(label=_("Tóm tắt việc trong tuần"), required=False)
    weekly_on = forms.TypedChoiceField(
        label=_("Gửi tóm tắt vào"),
        coerce=int,
        choices=[(number, name[0].upper() + name[1:]) for number, name in enumerate(WEEKDAYS)],
    )

    @classmethod
    def of(cls, row: Preference, data: Any = None) -> SettingsForm:
        """The form filled with what holds now."""
        initial = {name: getattr(row, name) for name in cls.base_fields if name != "kinds"}
        initial["kinds"] = [kind.value for kind in OPTIONAL if kind not in row.muted]
        form = cls(data, initial=initial)
        if not row.user.email:
            form.fields["by_mail"].disabled = True
            form.fields["by_mail"].help_text = _("Tài khoản chưa có địa chỉ thư; hãy thêm ở trang Tài khoản.")
            form.initial["by_mail"] = False
        return form

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = dict(self.cleaned_data)
        chosen = set(values.pop("kinds"))
        values["muted"] = sorted(kind.value for kind in OPTIONAL if kind.value not in chosen)
        values["before"] = sorted(values["before"], reverse=True)
        return values
