"""How forms look: one template set for every Django form, and widgets with the browser's own pickers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django import forms
from django.forms import renderers
from django.template.backends.django import DjangoTemplates
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from loa.core import clock
from loa.core.errors import AppError, InvalidInput, Refused


class Renderer(renderers.DjangoTemplates):
    """Renders `{{ form }}` and `{{ form.field.as_field_group }}` with loa/forms/; widgets stay Django's."""

    form_template_name = "loa/forms/form.html"
    field_template_name = "loa/forms/field.html"

    @cached_property
    def engine(self) -> DjangoTemplates:
        """Django's engine for widgets, with the tags every template of ours has."""
        return DjangoTemplates(
            {
                "APP_DIRS": True,
                "DIRS": [Path(renderers.__file__).parent / "templates"],
                "NAME": "loaforms",
                "OPTIONS": {"builtins": ["django.templatetags.i18n", "loa.core.templatetags.loa"]},
            }
        )


class DateInput(forms.DateInput):
    """The browser's own date picker, which a Vietnamese browser shows as dd/mm/yyyy."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own time picker."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.DateTimeInput):
    """The browser's own picker of a date and a time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


def add_error(form: forms.BaseForm, error: AppError) -> None:
    """Show a service's refusal in the form that caused it: at its field when it names one the form has.

    Who may not do it at all gets the page that says so: Refused is raised again.
    """
    if isinstance(error, Refused):
        raise error
    form.add_error(error.field if error.field in form.fields else None, str(error.message))


def moment(day: str, hour: str) -> dt.datetime:
    """A date and an hour of a form as a moment in Việt Nam; raises InvalidInput."""
    try:
        date = dt.date.fromisoformat(day)
        time = dt.time.fromisoformat(hour)
    except ValueError:
        raise InvalidInput(_("Hãy chọn ngày và giờ đăng, ví dụ 25/11/2026 lúc 07:30."), field="at") from None
    return dt.datetime.combine(date, time.replace(tzinfo=None), tzinfo=clock.VIETNAM)
