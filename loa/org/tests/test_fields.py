"""A form asks for one of few units by a list, for one of many by typing; one's own stands there already."""

from __future__ import annotations

import pytest
from django import forms

from loa.org.access import units_where
from loa.org.models import Unit
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit
from loa.org.ui.fields import FEW, UnitField, ask_unit

pytestmark = pytest.mark.django_db


class Form(forms.Form):
    unit = forms.ModelChoiceField(Unit.objects.none(), label="Đơn vị của trang", help_text="Ai đăng")


def form(person, *data):
    made = Form(*data)
    ask_unit(made, person, units_where(person, "progress.read"))
    return made


def many(cast):
    for number in range(FEW):
        make_unit(f"Trường Tiểu học A{number}", Kind.TIEU_HOC, cast.xa)


def test_one_unit_is_not_asked_for(cast):
    made = form(cast.owner)
    assert isinstance(made.fields["unit"].widget, forms.HiddenInput)
    assert made.fields["unit"].initial == cast.school.pk
    assert form(cast.owner, {"unit": cast.school.pk}).is_valid()


def test_of_few_ones_own_comes_first(cast):
    made = form(cast.commune)
    offered = [value.value for value, _label in made.fields["unit"].choices]
    assert offered[0] == cast.xa.pk
    assert set(offered) == {cast.xa.pk, cast.school.pk, cast.primary.pk}
    assert (made.fields["unit"].label, made.fields["unit"].help_text) == ("Đơn vị của trang", "Ai đăng")


def test_among_many_one_types(cast):
    many(cast)
    made = form(cast.commune)
    assert isinstance(made.fields["unit"], UnitField)
    page = str(made)
    assert f"{cast.xa.name} · #{cast.xa.pk}" in page
    assert "Trường Tiểu học A7" not in page
    for text in (str(cast.school.pk), f"{cast.school.name} · #{cast.school.pk}", "thcs son thuong"):
        sent = form(cast.commune, {"unit": text})
        assert sent.is_valid(), (text, sent.errors)
        assert sent.cleaned_data["unit"] == cast.school


@pytest.mark.parametrize(
    "text", ["{thpt}", "THPT Lam Giang · #{thpt}", "lam giang", "tieu hoc a", "", "9" * 18, "#²"]
)
def test_nobody_gets_a_unit_that_is_not_theirs_or_not_meant(cast, text):
    many(cast)
    sent = form(cast.commune, {"unit": text.format(thpt=cast.thpt.pk)})
    assert not sent.is_valid()
    assert sent.errors["unit"]
