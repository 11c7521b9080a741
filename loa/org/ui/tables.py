"""Giving in a table of units or of people: the same form, the same way to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.core import clock
from loa.core.errors import AppError
from loa.core.forms import DateInput, add_error
from loa.org import access
from loa.org.importers.read import MOST_BYTES
from loa.org.ui.fields import UnitField


class TableForm(forms.Form):
    """A file, the unit it belongs to and from which day; a subclass says what those mean for it."""

    #: who may give in such a table for which units
    ability = ""

    top = UnitField()
    file = forms.FileField(label=gettext_lazy("Tệp .xlsx hoặc .csv"))
    effective_on = forms.DateField(widget=DateInput)
    decision = forms.CharField(label=gettext_lazy("Số quyết định"), max_length=120, required=False)

    def __init__(self, request: HttpRequest) -> None:
        user: Any = request.user
        managed = access.units_where(user, self.ability)
        tops = managed.filter(memberships__user=user.pk, memberships__role="admin").order_by("founded_on", "pk")
        initial = {"top": tops.first(), "effective_on": clock.today()}
        super().__init__(request.POST or None, request.FILES or None, initial=initial)
        top: Any = self.fields["top"]
        top.units = managed

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > min(MOST_BYTES, settings.LOA_UPLOAD_MAX_BYTES):
            raise forms.ValidationError(_("Tệp lớn hơn 20 MB. Hãy chia thành nhiều tệp."))
        return upload

    def read_by(self, read: Callable[..., Any], actor: Any) -> Any:
        """What the service `read` makes of the file; None, with the reason in the form, when it cannot."""
        if not self.is_valid():
            return None
        data = self.cleaned_data
        try:
            return read(
                actor=actor,
                top=data["top"],
                data=data["file"].read(),
                filename=data["file"].name,
                effective_on=data["effective_on"],
                decision=data["decision"],
            )
        except AppError as error:
            add_error(self, error)
            return None
