"""Reorganisations: dates, versions, the tree in time, people, refusals."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.org import events, services
from loa.org.access import can, units_where
from loa.org.models import Membership, Unit, UnitEvent, UnitLink, UnitVersion
from loa.org.rules import Kind, Role
from loa.org.services import NewUnit
from loa.org.tests.factories import make_unit, make_user
from loa.org.tests.naive import check_history, naive_below

D = dt.date


@pytest.fixture(autouse=True)
def today():
    with clock.frozen("2026-11-20"):
        yield


def below(unit, day):
    links = UnitLink.objects.filter(above=unit, valid_from__lte=day).exclude(valid_to__lte=day)
    return set(links.values_list("below__name", flat=True))


def state():
    return [list(model.objects.order_by("pk").values()) for model in (Unit, UnitVersion, UnitLink, UnitEvent)]


def test_a_unit_is_founded_with_version_links_event_and_log(cast):
    unit = services.unit_found(
        actor=cast.admin,
        new=NewUnit("Trường  Mầm non Sơn Ca", Kind.MAM_NON, cast.xa, code="38001", aliases=("MN Sơn Ca",)),
        on=D(2025, 9, 1),
        decision="12/QĐ-UBND",
    )
    assert (unit.name, unit.slug, unit.folded) == (
        "Trường Mầm non Sơn Ca",
        "truong-mam-non-son-ca",
        "truong mam non son ca",
    )
    version = unit.versions.get()
    assert (version.parent, version.valid_from, version.valid_to) == (cast.xa, D(2025, 9, 1), None)
    assert set(unit.links_up.values_list("above__name", "depth")) == {
        ("Trường Mầm non Sơn Ca", 0),
        ("Xã Mường Sai", 1),
        ("Sở Giáo dục và Đào tạo Sông Lam", 2),
    }
    assert unit.events_in.get().kind == "found"
    assert unit.aliases.get().text == "MN Sơn Ca"
    entry = LogEntry.objects.get()
    assert (entry.action, entry.actor_id, entry.unit_id) == ("org.unit.founded", cast.admin.pk, unit.pk)
    with pytest.raises(Conflict, match="tên"):
        services.unit_found(
            actor=cast.admin, new=NewUnit("Trường Mầm non Sơn Ca", Kind.MAM_NON, cast.xa), on=D(2026, 1, 1)
        )
    with pytest.raises(Conflict, match="38001"):
        services.unit_found(
            actor=cast.admin, new=NewUnit("Khác", Kind.MAM_NON, cast.xa, code="38001"), on=D(2026, 1, 1)
        )
    check_history()


@pytest.mark.parametrize("who", ["owner", "outsider_lead", "office", "editor", "director"])
def test_only_administrators_above_reorganise(cast, who):
    before = state()
    with pytest.raises(Refused):
        services.unit_found(
            actor=getattr(cast, who), new=NewUnit("Trường mới", Kind.THCS, cast.xa), on=D(2026, 11, 20)
        )
    with pytest.raises(Refused):
        services.unit_rename(actor=getattr(cast, who), unit=cast.school, name="X", on=D(2026, 11, 20))
    with pytest.raises(Refused):
        services.unit_close(actor=getattr(cast, who), unit=cast.school, on=D(2026, 11, 20))
    assert state() == before
    assert not LogEntry.objects.exists()


def test_an_administrator_of_a_commune_stays_in_it(cast):
    local = make_user("Quản trị xã", (Role.ADMIN, cast.xa))
    services.unit_rename(actor=local, unit=cast.school, name="Trường THCS Sơn Thượng 1", on=D(2026, 11, 20))
    before = state()
    with pytest.raises(Refused):
        services.unit_reparent(actor=local, unit=cast.school, parent=cast.so, on=D(2026, 11, 20))
    with pytest.raises(Refused):
        services.unit_merge(actor=local, units=[cast.primary], into=cast.thpt, on=D(2026, 11, 20))
    assert state() == before


def test_a_name_to_come_waits_for_its_day(cast):
    services.unit_rename(
        actor=cast.admin, unit=cast.school, name="Trường THCS Mường Sai", on=D(2026, 12, 1), decision="9/QĐ"
    )
    cast.school.refresh_from_db()
    assert cast.school.name == "Trường THCS Sơn Thượng"
    told = []
    listener = events.listeners.register("test", told.append)
    try:
        assert services.bring_today() == 0
        assert services.apply_due_events() == 0
        with clock.frozen("2026-12-01"):
            assert services.bring_today() == 1
            assert services.bring_today() == 0
            assert services.apply_due_events() == 1
            assert services.apply_due_events() == 0
    finally:
        events.listeners._entries.pop("test")
    assert listener
    cast.school.refresh_from_db()
    assert cast.school.name == cast.school.short_name == "Trường THCS Mường Sai"
    assert cast.school.folded == "truong thcs muong sai"
    assert [event.kind for event in told] == ["rename"]
    assert cast.school.aliases.get().text == "Trường THCS Sơn Thượng"
    assert cast.school.slug == Unit.objects.get(pk=cast.school.pk).slug


def test_a_past_change_gives_way_to_the_later_ones_already_entered(cast):
    services.unit_rename(actor=None, unit=cast.school, name="Tên 2024", on=D(2024, 1, 1))
    services.unit_change(actor=None, unit=cast.school, place="Mường Sai", on=D(2022, 1, 1))
    services.unit_rename(actor=None, unit=cast.school, name="Tên 2021", on=D(2021, 1, 1))
    rows = list(cast.school.versions.order_by("valid_from").values_list("valid_from", "name", "place"))
    assert rows == [
        (D(2020, 1, 1), "Trường THCS Sơn Thượng", "Sông Lam"),
        (D(2021, 1, 1), "Tên 2021", "Sông Lam"),
        (D(2022, 1, 1), "Tên 2021", "Mường Sai"),
        (D(2024, 1, 1), "Tên 2024", "Mường Sai"),
    ]
    cast.school.refresh_from_db()
    assert cast.school.name == "Tên 2024"
    assert not services.unit_rename(actor=None, unit=cast.school, name="Tên 2024", on=D(2025, 1, 1))
    check_history()


def test_a_subtree_moves_with_its_dates(cast):
    services.unit_reparent(actor=cast.admin, unit=cast.xa, parent=cast.thpt, on=D(2025, 7, 1))
    assert cast.school.name in below(cast.so, D(2025, 6, 30))
    assert cast.school.name not in below(cast.thpt, D(2025, 6, 30))
    assert cast.school.name in below(cast.thpt, D(2025, 7, 1))
    assert UnitLink.objects.get(above=cast.so, below=cast.school, valid_from=D(2025, 7, 1)).depth == 3
    check_history()
    with pytest.raises(InvalidInput, match="cấp trên của chính"):
        services.unit_reparent(actor=cast.admin, unit=cast.thpt, parent=cast.school, on=D(2026, 1, 1))
    # Before the move there was no ring, but it would close one later.
    with pytest.raises(InvalidInput, match="cấp trên của chính"):
        services.unit_reparent(actor=cast.admin, unit=cast.thpt, parent=cast.xa, on=D(2021, 1, 1))
    check_history()


def test_a_parent_must_live_as_long_as_it_is_above(cast):
    coming = services.unit_found(
        actor=cast.admin, new=NewUnit("Phường Mới", Kind.UBND_XA, cast.so), on=D(2027, 1, 1)
    )
    before = state()
    with pytest.raises(InvalidInput, match="mới thành lập"):
        services.unit_reparent(actor=cast.admin, unit=cast.school, parent=coming, on=D(2026, 12, 1))
    assert state() == before
    assert services.unit_reparent(actor=cast.admin, unit=cast.school, parent=coming, on=D(2027, 1, 1))
    with pytest.raises(InvalidInput, match="còn 1 đơn vị"):
        services.unit_close(actor=cast.admin, unit=coming, on=D(2028, 1, 1))
    with pytest.raises(InvalidInput, match="sau ngày thành lập"):
        services.unit_close(actor=cast.admin, unit=coming, on=D(2027, 1, 1), children_to=cast.xa)
    check_history()


def test_closing_hands_over_children_and_people(cast):
    services.unit_close(actor=cast.admin, unit=cast.xa, on=D(2026, 12, 1), children_to=cast.so, members_to=cast.so)
    cast.xa.refresh_from_db()
    assert cast.xa.closed_on == D(2026, 12, 1)
    assert can(cast.commune, "plan.manage", cast.xa.pk)
    with clock.frozen("2026-12-01"):
        services.bring_today()
        cast.commune._loa_roles = None
        assert not can(cast.commune, "plan.manage", cast.xa.pk)
        assert can(cast.commune, "plan.manage", cast.so.pk)
        cast.school.refresh_from_db()
        assert cast.school.parent == cast.so
        assert cast.xa not in units_where(cast.admin, "unit.manage")
    with pytest.raises(Conflict):
        services.unit_close(actor=cast.admin, unit=cast.xa, on=D(2026, 12, 5))
    check_history()


def test_people_go_to_a_unit_that_lives_and_no_longer_than_it_does(cast):
    services.unit_close(actor=cast.admin, unit=cast.primary, on=D(2026, 12, 1))
    with pytest.raises(InvalidInput, match="kết thúc"):
        services.unit_close(actor=cast.admin, unit=cast.school, on=D(2026, 12, 1), members_to=cast.primary)
    assert Membership.objects.filter(unit=cast.school, valid_to=None).count() == 3
    services.unit_close(actor=cast.admin, unit=cast.school, on=D(2026, 11, 25), members_to=cast.primary)
    assert set(Membership.objects.filter(unit=cast.primary).values_list("valid_to", flat=True)) == {D(2026, 12, 1)}
    check_history()


def test_merging_into_one_that_goes_on_and_into_a_new_one(cast):
    both = make_user("Kiêm nhiệm", (Role.CONTRIBUTOR, cast.school), (Role.CONTRIBUTOR, cast.primary))
    new = services.unit_merge(
        actor=cast.admin,
        units=[cast.school, cast.primary],
        into=NewUnit("Trường TH&THCS Sơn Thượng", Kind.LIEN_CAP),
        on=D(2026, 11, 20),
        decision="77/QĐ-UBND",
    )
    assert new.parent == cast.xa
    assert below(cast.xa, D(2026, 11, 20)) == {"Xã Mường Sai", "Trường TH&THCS Sơn Thượng"}
    assert below(cast.xa, D(2026, 11, 19)) == {"Xã Mường Sai", "Trường THCS Sơn Thượng", "Trường Tiểu học Sơn Hạ"}
    assert can(cast.owner, "story.write", new.pk)
    assert not can(cast.owner, "story.write", cast.school.pk)
    assert Membership.objects.filter(user=both, unit=new).count() == 1
    assert {alias.text for alias in new.aliases.all()} == {"Trường THCS Sơn Thượng", "Trường Tiểu học Sơn Hạ"}
    event = new.events_in.get()
    assert (event.kind, event.predecessors.count(), event.applied_at is not None) == ("merge", 2, True)
    services.unit_merge(actor=cast.admin, units=[cast.xa], into=cast.thpt, on=D(2026, 12, 1))
    assert new.name in below(cast.thpt, D(2026, 12, 1))
    check_history()
    with pytest.raises(InvalidInput, match="tiếp nhận"):
        services.unit_merge(actor=cast.admin, units=[cast.thpt], into=cast.thpt, on=D(2026, 12, 1))


def test_merging_a_unit_into_its_own_child_is_refused(cast):
    before = state()
    with pytest.raises(InvalidInput):
        services.unit_merge(actor=cast.admin, units=[cast.xa], into=cast.school, on=D(2026, 12, 1))
    assert state() == before


def test_splitting_beside_and_splitting_up(cast):
    membership = Membership.objects.get(user=cast.owner)
    (part,) = services.unit_split(
        actor=cast.admin,
        unit=cast.xa,
        parts=[NewUnit("Xã Mường Sai Hạ", Kind.UBND_XA)],
        on=D(2026, 12, 1),
        children={cast.primary.pk: 0},
    )
    assert below(part, D(2026, 12, 1)) == {"Xã Mường Sai Hạ", "Trường Tiểu học Sơn Hạ"}
    assert cast.school.name in below(cast.xa, D(2026, 12, 1))
    one, two = services.unit_split(
        actor=cast.admin,
        unit=cast.school,
        parts=[NewUnit("Trường THCS A", Kind.THCS), NewUnit("Trường THCS B", Kind.THCS)],
        on=D(2027, 1, 1),
        keep=False,
        members={membership.pk: 1},
    )
    assert Membership.objects.filter(unit=two).get().user == cast.owner
    assert set(Membership.objects.filter(unit=one).values_list("user__full_name", flat=True)) == {
        "Vi Văn Hặc",
        "Hà Văn Toàn",
    }
    check_history()
    with pytest.raises(InvalidInput, match="ít nhất hai"):
        services.unit_split(
            actor=cast.admin, unit=cast.thpt, parts=[NewUnit("X", Kind.THPT)], on=D(2027, 1, 1), keep=False
        )


def test_who_goes_to_a_part_where_they_work_already_holds_one_role_there(cast):
    role = Membership.objects.get(user=cast.owner)
    Membership.objects.create(user=cast.owner, unit=cast.primary, role=role.role, valid_from=D(2026, 1, 1))
    other = Membership.objects.get(user=cast.colleague)
    Unit.objects.filter(pk=cast.primary.pk).update(closed_on=D(2027, 6, 1))
    services.unit_split(
        actor=cast.admin,
        unit=cast.school,
        parts=[cast.primary],
        on=D(2026, 12, 1),
        members={role.pk: 0, other.pk: 0},
    )
    assert list(
        Membership.objects.filter(user=cast.owner).order_by("pk").values_list("unit", "valid_from", "valid_to")
    ) == [
        (cast.school.pk, D(2020, 1, 1), D(2026, 12, 1)),
        (cast.primary.pk, D(2026, 1, 1), None),
    ]
    assert Membership.objects.get(user=cast.colleague, unit=cast.primary).valid_to == D(2027, 6, 1), (
        "with the unit"
    )
    assert Membership.objects.get(user=cast.lead).valid_to is None, "who is not named stays"


def test_a_listener_that_refuses_leaves_nothing_behind(cast):
    def refuse(event):
        raise Conflict("Không được")

    events.listeners.register("test", refuse)
    before = state()
    try:
        with pytest.raises(Conflict, match="Không được"):
            services.unit_close(actor=cast.admin, unit=cast.school, on=D(2026, 11, 20))
    finally:
        events.listeners._entries.pop("test")
    assert state() == before


def test_moving_a_large_subtree_costs_a_fixed_number_of_statements(cast, django_assert_max_num_queries):
    units = [
        Unit(
            slug=f"b{n}",
            name=f"Trường {n}",
            short_name=f"Trường {n}",
            kind="thcs",
            parent=cast.xa,
            folded=f"truong {n}",
            sort_key=f"truong {n}",
            founded_on=D(2020, 1, 1),
        )
        for n in range(1500)
    ]
    Unit.objects.bulk_create(units)
    UnitVersion.objects.bulk_create(
        [
            UnitVersion(
                unit=u, name=u.name, short_name=u.name, kind="thcs", parent=cast.xa, valid_from=D(2020, 1, 1)
            )
            for u in units
        ]
    )
    assert services.rebuild_links() == 1500 * 3
    with django_assert_max_num_queries(60):
        services.unit_reparent(actor=cast.admin, unit=cast.xa, parent=cast.thpt, on=D(2026, 1, 1))
    assert len(below(cast.thpt, D(2026, 1, 1))) == 1500 + 4
    day = D(2025, 12, 31)
    assert naive_below(cast.so.pk, day) == set(
        UnitLink.objects.filter(above=cast.so, valid_from__lte=day)
        .exclude(valid_to__lte=day)
        .values_list("below", flat=True)
    )
    assert services.rebuild_links() == 0


def test_a_slug_is_given_once_and_never_changes(cast):
    one = services.unit_found(actor=None, new=NewUnit("Trường THCS Hoà Bình", "thcs", cast.xa), on=D(2026, 1, 1))
    two = services.unit_found(actor=None, new=NewUnit("Trường THCS Hoà Bình", "thcs", cast.so), on=D(2026, 1, 1))
    assert (one.slug, two.slug) == ("truong-thcs-hoa-binh", "truong-thcs-hoa-binh-2")
    services.unit_rename(actor=None, unit=one, name="Khác hẳn", on=D(2026, 2, 1))
    assert Unit.objects.get(pk=one.pk).slug == "truong-thcs-hoa-binh"


def test_bad_dates_and_values_are_said_in_words(cast):
    with pytest.raises(InvalidInput, match="năm"):
        services.unit_found(actor=None, new=NewUnit("X", "thcs", cast.xa), on=D(202, 1, 1))
    with pytest.raises(InvalidInput, match="thành lập"):
        services.unit_rename(actor=None, unit=cast.school, name="X", on=D(2019, 1, 1))
    for changes, field in (
        ({"name": " "}, "name"),
        ({"kind": "x"}, "kind"),
        ({"commune_code": "12"}, "commune_code"),
        ({"place": "x" * 121}, "place"),
    ):
        with pytest.raises(InvalidInput) as refused:
            services.unit_change(actor=None, unit=cast.school, on=D(2026, 1, 1), **changes)
        assert refused.value.field == field
    with pytest.raises(Refused):
        services.unit_found(actor=cast.admin, new=NewUnit("Sở khác", "so"), on=D(2026, 1, 1))


def test_roles_are_given_and_ended_with_dates(cast):
    grant = services.membership_grant
    row = grant(
        actor=cast.admin,
        user=cast.owner,
        unit=cast.xa,
        role=Role.FOCAL,
        valid_from=D(2026, 12, 1),
        title="Chuyên viên",
    )
    assert not can(cast.owner, "plan.manage", cast.xa.pk)
    with pytest.raises(Conflict, match="đã giữ vai trò"):
        grant(actor=cast.admin, user=cast.owner, unit=cast.xa, role=Role.FOCAL, valid_from=D(2027, 1, 1))
    with pytest.raises(InvalidInput):
        grant(actor=cast.admin, user=cast.owner, unit=cast.xa, role=Role.FOCAL, valid_from=D(2019, 1, 1))
    with pytest.raises(Refused):
        grant(actor=cast.lead, user=cast.owner, unit=cast.school, role=Role.FOCAL, valid_from=D(2026, 1, 1))
    services.membership_end(actor=cast.admin, membership=row, on=D(2026, 11, 25))
    assert not Membership.objects.filter(pk=row.pk).exists()
    row = Membership.objects.get(user=cast.owner)
    services.membership_end(actor=cast.admin, membership=row, on=D(2026, 11, 20))
    assert not can(type(cast.owner).objects.get(pk=cast.owner.pk), "story.write", cast.school.pk)
    with pytest.raises(Conflict):
        services.membership_end(actor=cast.admin, membership=row, on=D(2026, 11, 20))
    assert LogEntry.objects.filter(action="org.member.ended").count() == 2


def test_the_last_administrator_stays(cast):
    row = Membership.objects.get(user=cast.admin)
    with pytest.raises(Refused, match="cuối cùng"):
        services.membership_end(actor=cast.admin, membership=row, on=D(2026, 11, 20))
    with pytest.raises(Refused, match="tự khoá"):
        services.account_close(actor=cast.admin, user=cast.admin)
    make_user("Quản trị 2", (Role.ADMIN, cast.so))
    services.membership_end(actor=cast.admin, membership=row, on=D(2026, 11, 20))


def test_a_new_person_gets_an_account_with_a_one_time_password(cast, client):
    user, password = services.member_add(
        actor=cast.admin,
        unit=cast.school,
        full_name="Lò Thị Ánh",
        role=Role.CONTRIBUTOR,
        valid_from=D(2026, 11, 20),
        email="Anh@truong.edu.vn",
    )
    assert (user.username, user.email, user.must_change_password) == ("anh.lt", "anh@truong.edu.vn", True)
    assert user.check_password(password)
    assert can(user, "story.write", cast.school.pk)
    other, _password = services.member_add(
        actor=cast.admin,
        unit=cast.school,
        full_name="Lê Thu Anh",
        role=Role.CONTRIBUTOR,
        valid_from=D(2026, 11, 20),
    )
    assert other.username == "anh.lt2"
    count = type(user).objects.count()
    with pytest.raises(Conflict):
        services.member_add(
            actor=cast.admin,
            unit=cast.school,
            full_name="Ai đó",
            role=Role.CONTRIBUTOR,
            valid_from=D(2026, 11, 20),
            email="anh@TRUONG.edu.vn",
        )
    with pytest.raises(Refused):
        services.member_add(
            actor=cast.lead, unit=cast.school, full_name="Ai đó", role=Role.ADMIN, valid_from=D(2026, 11, 20)
        )
    assert type(user).objects.count() == count


def test_a_commune_cannot_take_over_the_account_of_somebody_higher(cast):
    local = make_user("Quản trị xã", (Role.ADMIN, cast.xa))
    Membership.objects.create(user=cast.director, unit=cast.xa, role=Role.INSPECTOR, valid_from=D(2026, 1, 1))
    password = cast.director.password
    for verb in (services.account_password, services.account_close):
        with pytest.raises(Refused):
            verb(actor=local, user=cast.director)
    cast.director.refresh_from_db()
    assert (cast.director.password, cast.director.is_active) == (password, True)
    assert services.account_password(actor=local, user=cast.lead)
    services.account_close(actor=local, user=cast.lead, reason="nghỉ hưu")
    cast.lead.refresh_from_db()
    assert not cast.lead.is_active
    assert services.account_open(actor=local, user=cast.lead)


def test_a_school_below_a_closed_one_shows_the_dates_of_membership(cast):
    unit = make_unit("Trường cũ", Kind.THCS, cast.xa, closed_on=D(2026, 1, 1))
    with pytest.raises(InvalidInput, match="kết thúc"):
        services.membership_grant(
            actor=None, user=cast.owner, unit=unit, role=Role.FOCAL, valid_from=D(2026, 5, 1)
        )
