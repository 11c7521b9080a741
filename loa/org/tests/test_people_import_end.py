"""Roles that a table of people ends: previewed, written, refused; the same table again changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.accounts.models import User
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import InvalidInput
from loa.org import services
from loa.org.access import can
from loa.org.models import Membership, PeopleImport
from loa.org.rules import Role
from loa.org.tests.factories import make_user

D = dt.date
TODAY = D(2026, 11, 20)
HEAD = "Họ và tên;Thư điện tử;Đơn vị;Vai trò;Chức danh;Từ ngày;Thôi từ ngày;Số quyết định"


@pytest.fixture(autouse=True)
def today():
    with clock.frozen("2026-11-20T08:00"):
        yield


def read_in(cast, *lines) -> PeopleImport:
    return services.people_read(
        actor=cast.admin,
        top=cast.so,
        data="\n".join([HEAD, *lines]).encode(),
        filename="nguoi.csv",
        effective_on=TODAY,
    )


def steps_of(cast, *lines):
    return services.people_compare(actor=cast.admin, batch=read_in(cast, *lines)).steps


def bring(cast, *lines) -> PeopleImport:
    batch = read_in(cast, *lines)
    services.people_confirm(actor=cast.admin, batch=batch)
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    return batch


def state():
    return [list(model.objects.order_by("pk").values()) for model in (User, Membership, LogEntry)]


def test_a_role_ends_on_the_day_of_its_line_and_the_same_table_again_changes_nothing(cast):
    lines = [
        "Lương Thị Mến;;THCS Sơn Thượng;CTV;Tổ trưởng;;01/12/2026;15/QĐ-THCS",
        "Hà Văn Toàn;;THCS Sơn Thượng;Trưởng đơn vị;;01/01/2020;20/11/2026;",
    ]
    before = state()
    steps = steps_of(cast, *lines)
    assert [(step.deed, [part.ends for part in step.parts]) for step in steps] == [
        ("end", [D(2026, 12, 1)]),
        ("end", [TODAY]),
    ]
    assert state() == before
    batch = bring(cast, *lines)
    assert (batch.state, batch.result) == ("done", {"titles": 1, "ended": 2})
    held = Membership.objects.get(user=cast.owner)
    assert (held.title, held.valid_from, held.valid_to) == ("Tổ trưởng", D(2020, 1, 1), D(2026, 12, 1))
    assert can(User.objects.get(pk=cast.owner.pk), "story.write", cast.school.pk), "until its last day"
    assert Membership.objects.get(user=cast.lead).valid_to == TODAY
    entry = LogEntry.objects.get(action="org.member.ended", object_id=cast.owner.pk)
    assert (entry.actor_id, entry.unit_id) == (cast.admin.pk, cast.school.pk)
    assert (entry.data["on"], entry.data["decision"]) == ("2026-12-01", "15/QĐ-THCS")
    assert LogEntry.objects.get(action="org.people.imported").data["ended"] == 2
    again = read_in(cast, lines[0])
    assert [step.deed for step in services.people_compare(actor=cast.admin, batch=again).steps] == ["same"]
    with pytest.raises(InvalidInput, match="Không có dòng"):
        services.people_confirm(actor=cast.admin, batch=again)


def test_what_was_ended_before_is_known_by_the_address(cast):
    User.objects.filter(pk=cast.lead.pk).update(email="toan@truong.edu.vn")
    line = "Hà Văn Toàn;toan@truong.edu.vn;THCS Sơn Thượng;Trưởng đơn vị;Hiệu trưởng;01/01/2020;20/11/2026;"
    bring(cast, line)
    (step,) = steps_of(cast, line)
    assert (step.deed, step.errors) == ("same", [])
    # Without the day of the end the line would give the role over again, for days on which it was held.
    (step,) = steps_of(cast, line.replace("20/11/2026", ""))
    assert step.deed == "bad"
    assert "không sớm hơn" in step.errors[0]
    (step,) = steps_of(cast, line.replace("20/11/2026", "").replace("01/01/2020", "20/11/2026"))
    assert step.deed == "add"


def test_a_line_with_both_days_gives_a_role_for_a_time(cast):
    User.objects.filter(pk=cast.owner.pk).update(email="men@truong.edu.vn")
    batch = bring(
        cast,
        "Quàng Thị Ín;in@truong.edu.vn;THCS Sơn Thượng;CTV;;01/09/2026;01/06/2027;",
        "Lương Thị Mến;men@truong.edu.vn;Xã Mường Sai;Đầu mối truyền thông;;01/12/2026;01/02/2027;",
    )
    assert batch.result == {"accounts": 1, "roles": 2}
    given = Membership.objects.filter(valid_to__isnull=False).values_list(
        "user__full_name", "valid_from", "valid_to"
    )
    assert set(given) == {
        ("Quàng Thị Ín", D(2026, 9, 1), D(2027, 6, 1)),
        ("Lương Thị Mến", D(2026, 12, 1), D(2027, 2, 1)),
    }


def test_a_role_that_has_not_begun_by_then_is_taken_back(cast):
    Membership.objects.create(user=cast.owner, unit=cast.xa, role=Role.FOCAL, valid_from=D(2026, 12, 10))
    line = "Lương Thị Mến;;Xã Mường Sai;Đầu mối truyền thông;;;01/12/2026;"
    (step,) = steps_of(cast, line)
    assert step.deed == "end"
    assert "được rút lại" in step.warnings[-1]
    assert bring(cast, line).result == {"ended": 1}
    assert not Membership.objects.filter(user=cast.owner, unit=cast.xa).exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Lương Thị Mến;;THCS Sơn Thượng;Đầu mối truyền thông;;;01/12/2026;", "không có gì để kết thúc"),
        ("Lương Thị Mến;;THCS Sơn Thượng;Đầu mối truyền thông;;01/09/2026;01/10/2026;", "không có gì để kết thúc"),
        ("Lò Văn Lạ;;THCS Sơn Thượng;CTV;;;01/12/2026;", "không có gì để kết thúc"),
        ("Lương Thị Mến;;THCS Sơn Thượng;CTV;;;31/02/2026;", "không đúng"),
        ("Lương Thị Mến;;THCS Sơn Thượng;CTV;;01/09/2026;01/09/2026;", "phải sau ngày bắt đầu"),
        ("Vi Văn Hặc;;THCS Sơn Thượng;CTV;;;01/12/2027;", "đã ghi là thôi từ 31/12/2026"),
        ("Đỗ Hải Yến;;Sở GD&ĐT Sông Lam;Quản trị;;;01/12/2026;", "của chính bạn"),
    ],
)
def test_an_end_that_cannot_be_says_why_and_nothing_is_written(cast, line, words):
    Membership.objects.filter(user=cast.colleague).update(valid_to=D(2026, 12, 31))
    before = state()
    (step,) = steps_of(cast, line)
    assert (step.deed, step.parts) == ("bad", [])
    assert words in " ".join(step.errors)
    with pytest.raises(InvalidInput, match="Không có dòng"):
        bring(cast, line)
    assert state() == before


def test_the_last_administrator_of_a_table_stays(cast):
    """Each of the two could go, not both: the third will have gone by then."""
    first = make_user("Quản Trị Một", (Role.ADMIN, cast.so))
    make_user("Quản Trị Hai", (Role.ADMIN, cast.so))
    Membership.objects.filter(user=cast.admin).update(valid_to=D(2026, 12, 1))
    lines = [
        "Quản Trị Một;;Sở GD&ĐT Sông Lam;Quản trị;;;01/12/2026;",
        "Quản Trị Hai;;Sở GD&ĐT Sông Lam;Quản trị;;;01/12/2026;",
    ]
    steps = steps_of(cast, *lines)
    assert [step.deed for step in steps] == ["end", "bad"]
    assert "quản trị cuối cùng" in steps[1].errors[0]
    batch = bring(cast, *lines)
    assert (batch.state, batch.result) == ("done", {"ended": 1})
    assert Membership.objects.get(user=first).valid_to == D(2026, 12, 1)


def test_the_role_of_a_closed_account_ends_but_it_gets_none(cast):
    User.objects.filter(pk=cast.owner.pk).update(is_active=False)
    ends, gives = steps_of(
        cast,
        "Lương Thị Mến;;THCS Sơn Thượng;CTV;;;01/12/2026;",
        "Lương Thị Mến;;THCS Sơn Thượng;Đầu mối truyền thông;;01/12/2026;01/02/2027;",
    )
    assert ends.deed == "end"
    assert gives.deed == "bad"
    assert "đang khoá" in gives.errors[0]


def test_many_ends_cost_the_preview_no_more_queries(cast, django_assert_max_num_queries):
    names = [f"Lò Văn Số {'ABCDEGHIKL'[n // 10]}{'abcdeghikl'[n % 10]}" for n in range(100)]
    for name in names:
        make_user(name, (Role.CONTRIBUTOR, cast.school))
    batch = read_in(cast, *(f"{name};;THCS Sơn Thượng;CTV;;;01/12/2026;" for name in names))
    with django_assert_max_num_queries(25):
        found = services.people_compare(actor=cast.admin, batch=batch)
    assert found.counts["end"] == 100


def test_the_preview_and_the_page_after_it_tell_of_ends(client, cast):
    client.force_login(cast.admin)
    lines = [
        "Lương Thị Mến;;THCS Sơn Thượng;CTV;;;01/12/2026;",
        "Lò Văn Mới;;THCS Sơn Thượng;CTV;;01/12/2026;01/06/2027;",
    ]
    batch = read_in(cast, *lines)
    url = f"/lam-viec/don-vi/nhap-nguoi/{batch.pk}/"
    shown = client.get(url).content.decode()
    for words in ("kết thúc vai trò", "thôi từ 01/12/2026", "từ 01/12/2026, thôi từ 01/06/2027"):
        assert words in shown
    assert "Lò Văn Mới" not in client.get(f"{url}?xem=end").content.decode()
    services.people_confirm(actor=cast.admin, batch=batch)
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    assert "1 vai trò kết thúc" in client.get(url).content.decode()
