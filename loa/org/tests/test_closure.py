"""The flattened tree against a plain walk over the versions, for random reorganisations on random days."""

from __future__ import annotations

import datetime as dt

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from loa.core import clock
from loa.core.errors import AppError
from loa.org import services
from loa.org.models import Membership, Unit, UnitLink
from loa.org.rules import Kind, Role
from loa.org.services import NewUnit
from loa.org.tests.factories import make_unit, make_user
from loa.org.tests.naive import check_history, closure_depths, naive_depths

DAYS = st.integers(0, 12).map(lambda n: dt.date(2024, 1, 1) + dt.timedelta(days=n * 60))
WHO = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("found"), WHO, WHO, DAYS),
    st.tuples(st.just("rename"), WHO, WHO, DAYS),
    st.tuples(st.just("reparent"), WHO, WHO, DAYS),
    st.tuples(st.just("close"), WHO, WHO, DAYS),
    st.tuples(st.just("merge"), WHO, WHO, DAYS),
    st.tuples(st.just("split"), WHO, WHO, DAYS),
)


class ClosureTest(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=st.lists(STEPS, min_size=1, max_size=10), day=DAYS)
    def test_links_say_what_the_versions_say(self, steps, day):
        with clock.frozen("2025-03-01"):
            top = make_unit("Sở", Kind.SO, founded_on=dt.date(2023, 1, 1))
            user = make_user("Ai đó")
            units = [top, *(make_unit(f"U{n}", Kind.THCS, top, founded_on=dt.date(2023, 6, 1)) for n in range(3))]
            Membership.objects.create(user=user, unit=units[1], role=Role.FOCAL, valid_from=dt.date(2023, 6, 1))
            for number, (verb, one, two, on) in enumerate(steps):
                a, b = units[one % len(units)], units[two % len(units)]
                before = list(UnitLink.objects.order_by("pk").values_list())
                try:
                    if verb == "found":
                        units.append(
                            services.unit_found(actor=None, new=NewUnit(f"N{number}", Kind.THCS, a), on=on)
                        )
                    elif verb == "rename":
                        services.unit_rename(actor=None, unit=a, name=f"R{number}", on=on)
                    elif verb == "reparent":
                        services.unit_reparent(actor=None, unit=a, parent=b, on=on)
                    elif verb == "close":
                        services.unit_close(actor=None, unit=a, on=on, children_to=b, members_to=b)
                    elif verb == "merge":
                        services.unit_merge(actor=None, units=[a], into=b, on=on)
                    else:
                        parts = [NewUnit(f"S{number}a", Kind.THCS), NewUnit(f"S{number}b", Kind.THCS)]
                        units += services.unit_split(actor=None, unit=a, parts=parts, on=on, keep=bool(two % 2))
                except AppError:
                    assert list(UnitLink.objects.order_by("pk").values_list()) == before
                services.bring_today()
            check_history()
            assert closure_depths(day) == naive_depths(day)
            assert services.rebuild_links() == 0
            # Nobody holds a role in a unit that is no more.
            for row in Membership.objects.select_related("unit"):
                if row.unit.closed_on:
                    assert row.valid_to is not None
                    assert row.valid_to <= row.unit.closed_on
            for unit in Unit.objects.all():
                now = unit.versions.filter(valid_from__lte=clock.today()).order_by("-valid_from").first()
                if now is not None:
                    assert (unit.name, unit.parent_id) == (now.name, now.parent_id)
