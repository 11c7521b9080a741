"""Who may do what at many units at once says the same as asking for each."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.org import access
from loa.org.models import Membership
from loa.org.rules import ABILITIES, Role
from loa.org.tests.factories import make_user


@pytest.mark.parametrize("ability", sorted(ABILITIES))
def test_people_of_many_units(cast, ability, django_assert_max_num_queries):
    gone = make_user("Đã nghỉ", (Role.FOCAL, cast.school), is_active=False)
    Membership.objects.filter(user=cast.colleague).update(valid_to=clock.today() - dt.timedelta(days=1))
    units = [cast.so, cast.xa, cast.school, cast.primary, cast.thpt]
    with django_assert_max_num_queries(3):
        found = access.people_who_can(ability, [unit.pk for unit in units])
    assert found == {unit.pk: list(access.users_who_can(ability, unit.pk).order_by("pk")) for unit in units}
    assert not any(gone in people for people in found.values())
