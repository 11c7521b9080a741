"""Reads of units: days, headers, audiences, plans of queries."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from loa.core import clock
from loa.org import bench, selectors, services
from loa.org.models import Unit, UnitClass, UnitVersion
from loa.org.rules import Kind, Role
from loa.org.services import NewUnit
from loa.org.tests.factories import make_unit, make_user
from loa.org.tests.naive import naive_depths

D = dt.date


@pytest.fixture(autouse=True)
def today():
    with clock.frozen("2026-11-20"):
        yield


def names(units):
    return {unit.name for unit in units}


def test_below_scope_and_path(cast):
    assert names(selectors.below(cast.xa)) == {
        "Xã Mường Sai",
        "Trường THCS Sơn Thượng",
        "Trường Tiểu học Sơn Hạ",
    }
    assert names(selectors.below(cast.xa, itself=False)) == {"Trường THCS Sơn Thượng", "Trường Tiểu học Sơn Hạ"}
    assert selectors.is_below(cast.so, cast.school)
    assert not selectors.is_below(cast.thpt, cast.school)
    assert names(selectors.scope(cast.owner)) == {"Trường THCS Sơn Thượng"}
    assert selectors.scope(cast.office).count() == 7
    assert names(selectors.ancestors(cast.school)) == {"Sở Giáo dục và Đào tạo Sông Lam", "Xã Mường Sai"}
    services.unit_rename(actor=None, unit=cast.xa, name="Phường Mường Sai", on=D(2026, 7, 1))
    so = "Sở Giáo dục và Đào tạo Sông Lam"
    assert selectors.path_names(cast.school, D(2026, 6, 30)) == [so, "Xã Mường Sai", "Trường THCS Sơn Thượng"]
    assert selectors.path_names(cast.school)[1] == "Phường Mường Sai"
    assert selectors.names_on([cast.xa.pk, cast.so.pk], D(2026, 6, 30))[cast.xa.pk] == "Xã Mường Sai"


def test_a_header_is_that_of_the_day_of_signing(cast):
    services.unit_change(actor=None, unit=cast.school, symbol="THCSST", on=D(2025, 1, 1))
    services.unit_reparent(actor=None, unit=cast.school, parent=cast.thpt, on=D(2026, 7, 1))
    UnitVersion.objects.filter(unit=cast.school).update(place="")
    before = selectors.header_of(cast.school, D(2026, 6, 30))
    assert (before.parent, before.place, before.symbol) == ("Xã Mường Sai", "Sông Lam", "THCSST")
    assert selectors.header_of(cast.school).parent == "Trường THPT Lam Giang"
    assert selectors.header_of(cast.so).parent == ""
    assert selectors.header_of(cast.school, D(2019, 1, 1)) is None


def test_search_needs_no_diacritics_and_knows_former_names(cast):
    services.unit_rename(actor=None, unit=cast.school, name="Trường THCS Mường Sai", on=D(2026, 1, 1))
    found = lambda text: names(selectors.search(selectors.scope(cast.office), text))  # noqa: E731
    assert found("muong sai") == {"Trường THCS Mường Sai", "Xã Mường Sai"}
    assert found("son thuong") == {"Trường THCS Mường Sai"}
    assert found("TIỂU HỌC") == {"Trường Tiểu học Sơn Hạ"}
    assert not found("khong co")
    assert not selectors.search(selectors.scope(cast.owner), "lam giang")


def test_an_audience_of_classes_units_and_exceptions(cast):
    def meant(day=None, **audience):
        return names(selectors.audience_units(audience, cast.so, day))

    assert meant(classes=["truc-thuoc"]) == {"Trường THPT Lam Giang"}
    assert meant(classes=["phong-so"]) == {"Văn phòng Sở", "Phòng Tổ chức cán bộ"}
    assert meant(classes=["phong-chuyen-mon"]) == {"Phòng Tổ chức cán bộ"}
    assert meant(classes=["co-so-giao-duc"], **{"except": [cast.school.pk]}) == {
        "Trường Tiểu học Sơn Hạ",
        "Trường THPT Lam Giang",
    }
    assert meant(units=[cast.xa.pk], classes=["thcs"]) == {"Xã Mường Sai", "Trường THCS Sơn Thượng"}
    assert len(meant(classes=["tat-ca"])) == 6
    assert meant() == meant(classes=["khong-co"]) == set()
    assert meant(D(2019, 1, 1), classes=["tat-ca"]) == set()


def test_lifespans_show_who_was_meant_when(cast):
    services.unit_close(actor=None, unit=cast.primary, on=D(2026, 3, 15))
    new = services.unit_found(actor=None, new=NewUnit("Trường mới", Kind.THCS, cast.xa), on=D(2026, 5, 1))
    services.unit_change(actor=None, unit=cast.school, kind=Kind.LIEN_CAP, on=D(2026, 9, 1))
    services.unit_reparent(actor=None, unit=cast.thpt, parent=cast.xa, on=D(2026, 7, 1))
    ask = lambda **audience: selectors.audience_lifespans(audience, cast.so, D(2026, 1, 1), D(2026, 12, 31))  # noqa: E731
    end = D(2027, 1, 1)
    assert ask(classes=["thcs", "tieu-hoc"]) == [
        (cast.school.pk, D(2026, 1, 1), D(2026, 9, 1)),
        (cast.primary.pk, D(2026, 1, 1), D(2026, 3, 15)),
        (new.pk, D(2026, 5, 1), end),
    ]
    assert ask(classes=["truc-thuoc"]) == [(cast.thpt.pk, D(2026, 1, 1), D(2026, 7, 1))]
    assert ask(classes=["thcs", "lien-cap"], **{"except": [new.pk]}) == [(cast.school.pk, D(2026, 1, 1), end)]
    assert ask(units=[cast.primary.pk, cast.primary.pk]) == [(cast.primary.pk, D(2026, 1, 1), D(2026, 3, 15))]


@pytest.mark.parametrize(
    ("most", "ask"),
    [
        (
            4,
            lambda so: selectors.audience_lifespans(
                {"classes": ["truc-thuoc", "thcs"], "units": [so.pk]}, so, D(2026, 1, 1), D(2026, 12, 31)
            ),
        ),
        (2, lambda so: list(selectors.audience_units({"classes": ["thcs"]}, so))),
        (1, lambda so: list(selectors.below(so))),
        (1, lambda so: selectors.header_of(so)),
        (2, lambda so: selectors.children_of(so, Unit.objects.all())),
    ],
)
def test_queries_do_not_grow_with_units(cast, django_assert_num_queries, most, ask):
    with django_assert_num_queries(most):
        ask(cast.so)
    for number in range(15):
        make_unit(f"Trường {number}", Kind.THCS, cast.xa)
    with django_assert_num_queries(most):
        ask(cast.so)


def _by_index(plan: str) -> bool:
    if connection.vendor == "postgresql":
        # Which of the indexes that begin with `above` it takes, is its own business.
        return "Seq Scan on org_unitlink" not in plan and "above_id" in plan
    return "org_link_down" in plan and "SCAN org_unitlink" not in plan


def test_the_scope_is_looked_up_in_an_index(db):
    """At 50,000 units the database must go to the links by their index, and never read a whole table."""
    top = bench.grow(3_000)
    commune = Unit.objects.get(slug="bench-xa7")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE org_unitlink")
            cursor.execute("ANALYZE org_unit")
    plan = selectors.below(commune).explain()
    assert _by_index(plan), plan
    user = make_user("Ai", (Role.ADMIN, commune))
    plan = selectors.scope(user).explain()
    assert _by_index(plan), plan
    assert selectors.below(top).count() == 3_000


def test_the_tree_opens_level_by_level(cast):
    readable = Unit.objects.filter(pk__in=selectors.scope(cast.office).values("pk"))
    (top,) = selectors.highest([cast.so.pk])
    assert (top, top.below_count) == (cast.so, 4)
    assert [unit.name for unit in selectors.children_of(cast.so, readable)][-1] == "Xã Mường Sai"
    # Roles at the commune and at a school of it: the school is found below the commune, not beside it.
    assert selectors.highest([cast.xa.pk, cast.school.pk]) == [cast.xa]
    assert selectors.highest([]) == []
    services.unit_close(actor=None, unit=cast.primary, on=D(2026, 12, 1))
    assert [unit.name for unit in selectors.children_of(cast.xa, readable)] == [
        "Trường THCS Sơn Thượng",
        "Trường Tiểu học Sơn Hạ",
    ]
    assert selectors.stale_links() == 0


class LifespanTest(TestCase):
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        moves=st.lists(
            st.tuples(st.integers(0, 4), st.sampled_from(["kind", "move", "close"]), st.integers(1, 11)),
            max_size=6,
        ),
        month=st.integers(1, 12),
    )
    def test_lifespans_agree_with_every_single_day(self, moves, month):
        with clock.frozen("2026-11-20"):
            top = make_unit("Sở", Kind.SO)
            commune = make_unit("Xã", Kind.UBND_XA, top)
            schools = [make_unit(f"T{n}", Kind.THCS, commune if n % 2 else top) for n in range(5)]
            from loa.core.errors import AppError

            for index, verb, when in moves:
                school = Unit.objects.get(pk=schools[index].pk)
                try:
                    if verb == "kind":
                        services.unit_change(actor=None, unit=school, kind=Kind.THPT, on=D(2026, when, 1))
                    elif verb == "move":
                        there = top if school.parent_id == commune.pk else commune
                        services.unit_reparent(actor=None, unit=school, parent=there, on=D(2026, when, 1))
                    else:
                        services.unit_close(actor=None, unit=school, on=D(2026, when, 1))
                except AppError:
                    continue
            audience = {"classes": ["thcs", "truc-thuoc"], "units": [], "except": []}
            spans = selectors.audience_lifespans(audience, top, D(2026, 1, 1), D(2026, 12, 31))
            classes = UnitClass.objects.filter(code__in=audience["classes"])
            for day in (D(2026, month, 1), D(2026, month, 28)):
                kinds = dict(
                    UnitVersion.objects.filter(valid_from__lte=day)
                    .exclude(valid_to__lte=day)
                    .values_list("unit", "kind")
                )
                plain = {
                    below
                    for (above, below), depth in naive_depths(day).items()
                    if above == top.pk
                    and depth
                    and any(kinds[below] in cls.kinds and cls.depth in (None, depth) for cls in classes)
                }
                assert {unit for unit, low, high in spans if low <= day < high} == plain
                asked = selectors.audience_units(audience, top, day)
                assert set(asked.values_list("pk", flat=True)) == plain
