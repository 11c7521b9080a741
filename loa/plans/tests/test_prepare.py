"""Whom the words of a plan may mean: in plans below the Sở the issuing unit itself is always among the choices."""

from __future__ import annotations

import pytest

from loa.plans.models import Finding
from loa.plans.rules import FindingKind
from loa.plans.rules.drafts import Draft
from loa.plans.services.prepare import prepare
from loa.plans.tests.factories import make_direct_class, make_finding, make_plan
from loa.plans.ui.forms import QuotaForm

pytestmark = pytest.mark.django_db


def duty(names: list[str]) -> Draft:
    return Draft(
        FindingKind.QUOTA,
        "Đăng tin, bài",
        {"title": "Đăng tin, bài", "count": 4, "noun": "tin, bài", "period": "month", "proof": "story"},
        names={"audience": names},
    )


def offered(draft: Draft) -> list[dict]:
    assert draft.question is not None
    return draft.question["choices"]


@pytest.fixture
def communes_plan(cast):
    make_direct_class()
    return make_plan(cast.xa, status="checking")


@pytest.mark.parametrize("names", [["Văn phòng HĐND và UBND xã"], []])
def test_an_organ_of_a_commune_may_be_the_commune_itself(cast, communes_plan, names):
    draft = duty(names)
    prepare(communes_plan, [draft])
    last = offered(draft)[-1]
    assert last["label"] == f"{cast.xa.short_name} (đơn vị ban hành)"
    assert last["audience"] == {"classes": [], "units": [cast.xa.pk], "except": []}


def test_the_divisions_of_the_so_are_units_of_their_own(cast, communes_plan):
    draft = duty(["Văn phòng HĐND và UBND xã"])
    prepare(make_plan(cast.so, status="checking"), [draft])
    assert all(cast.so.pk not in choice["audience"]["units"] for choice in offered(draft))


def test_a_school_is_offered_no_class_of_which_it_has_nobody(cast):
    make_direct_class()
    draft = duty(["Các đơn vị, trường học trực thuộc"])
    prepare(make_plan(cast.school, status="checking"), [draft])
    assert [choice["audience"]["units"] for choice in offered(draft)] == [[cast.school.pk]]


def test_the_form_offers_the_issuer_unticked_and_keeps_what_was_ticked(cast, communes_plan):
    finding: Finding = make_finding(communes_plan, FindingKind.QUOTA, data=duty([]).data)
    form = QuotaForm(initial=finding.data)
    form.prepare_audience(communes_plan, None, {})
    assert [unit.pk for unit in form.named_units] == [cast.xa.pk]
    assert form.picked_units == set()
    form.prepare_audience(communes_plan, {"units": [cast.xa.pk]}, {})
    assert form.picked_units == {cast.xa.pk}
    form = QuotaForm()
    form.prepare_audience(make_plan(cast.so, status="checking"), None, {})
    assert form.named_units == []
