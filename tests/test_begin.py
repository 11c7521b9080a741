"""The first day: an empty database, a few answers, and an administrator who can work."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from loa.accounts.models import User
from loa.audit.models import LogEntry
from loa.console.selectors import missing_steps
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.org.models import Membership, Unit, UnitLink
from loa.org.provinces import REFORM, province_named, provinces
from loa.org.rules import Kind, Role
from loa.org.selectors import where_to_begin
from loa.org.services import NewUnit, installation_begin, unit_found
from loa.org.tests.factories import make_user
from loa.plans.tests.factories import make_plan
from loa.portal.models import MemberSite

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-11-29"):
        yield


def begin(**more):
    asked = {
        "name": "Sở Giáo dục và Đào tạo tỉnh Lai Châu",
        "short_name": "Sở GD&ĐT Lai Châu",
        "province": province_named("Lai Châu"),
        "admin": "Đỗ Hải Yến",
    }
    return installation_begin(**asked | more)


def test_provinces_are_found_as_people_write_them():
    assert len(provinces()) == 34
    assert sum(len(one.communes) for one in provinces().values()) == 3321
    for text in ("Lai Châu", "tỉnh lai chau", "LAI CHÂU", provinces()["12"].code):
        assert province_named(text) == provinces()["12"], text
    assert province_named("Hồ Chí Minh").bare == "Hồ Chí Minh"
    assert province_named("Hà Tây") is None


def test_after_it_the_administrator_founds_schools_and_adds_people():
    begun = begin()
    assert (begun.so.kind, begun.so.parent, begun.so.founded_on) == (Kind.SO, None, REFORM)
    communes = Unit.objects.filter(parent=begun.so, kind=Kind.UBND_XA)
    assert begun.communes == communes.count() == len(province_named("Lai Châu").communes)
    assert UnitLink.objects.filter(above=begun.so).count() == begun.communes + 1
    assert list(Membership.objects.values_list("user", "unit", "role")) == [
        (begun.admin.pk, begun.so.pk, Role.ADMIN)
    ]
    assert MemberSite.objects.get().is_main
    school = unit_found(
        actor=begun.admin, new=NewUnit("Trường THCS Mù Cả", Kind.THCS, communes.first()), on=dt.date(2026, 9, 1)
    )
    assert school.parent == communes.first()
    assert LogEntry.objects.filter(action="org.begun", actor_id=None).count() == 1


def test_the_password_opens_only_the_page_to_choose_ones_own():
    begun = begin(username="yen")
    client = Client()
    sent = client.post(reverse("account_login"), {"login": "yen", "password": begun.password})
    assert sent.status_code == 302
    assert client.get("/lam-viec/don-vi/")["Location"] == reverse("account_change_password")
    assert begun.password not in str(list(LogEntry.objects.values()))


def test_only_once_and_nothing_half(django_user_model):
    begin()
    before = (Unit.objects.count(), User.objects.count())
    with pytest.raises(Conflict):
        begin(name="Sở khác")
    assert (Unit.objects.count(), User.objects.count()) == before


def test_a_wrong_answer_leaves_nothing():
    with pytest.raises(InvalidInput):
        begin(admin="Y", communes=False)
    assert not Unit.objects.exists()
    assert not MemberSite.objects.exists()


def test_the_command(capsys):
    call_command("begin", province="11", admin="Lò Văn Sơn", login="son.lv", no_communes=True)
    said = capsys.readouterr().out
    assert Unit.objects.get().name == "Sở Giáo dục và Đào tạo tỉnh Điện Biên"
    assert "son.lv" in said
    assert User.objects.get().check_password(said.split("Mật khẩu:")[1].split()[0])
    with pytest.raises(CommandError, match="chỉ dùng một lần"):
        call_command("begin", province="11", admin="Lò Văn Sơn")


@pytest.mark.parametrize(
    ("options", "why"), [({"province": "Hà Tây", "admin": "A B"}, "Lai Châu"), ({"province": "11"}, "Còn thiếu")]
)
def test_the_command_says_what_is_missing(options, why):
    with pytest.raises(CommandError, match=why):
        call_command("begin", **options)
    assert not Unit.objects.exists()


def test_an_empty_installation_says_where_to_begin():
    assert "loa begin" in where_to_begin(demo=False)[0]
    assert where_to_begin(demo=True) == []
    begin(communes=False)
    assert where_to_begin(demo=False) == []


def test_the_administrators_home_leads_through_the_first_day(client, settings):
    settings.LOA_STRICT_ACCOUNTS = True
    begun = begin(communes=False)
    begun.admin.must_change_password, begun.admin.long_password = False, True
    begun.admin.save()
    client.force_login(begun.admin)

    def steps():
        return [step.title for step in missing_steps(begun.so, begun.admin)]

    assert steps() == [
        "Bật xác thực hai lớp", "Nhập danh sách trường", "Thêm người làm việc ở Sở", "Đưa kế hoạch năm lên",
    ]  # fmt: skip
    page = client.get("/lam-viec/").content.decode()
    assert "Cài đặt ban đầu" in page
    assert "còn thiếu đầu mối truyền thông" in page
    unit_found(actor=None, new=NewUnit("Trường THPT Mường Tè", Kind.THPT, begun.so), on=REFORM)
    for role in (Role.FOCAL, Role.CHIEF_EDITOR, Role.LEADER):
        make_user(f"Người {role}", (role, begun.so))
    assert steps() == ["Bật xác thực hai lớp", "Đưa kế hoạch năm lên"]
    make_plan(begun.so)
    settings.LOA_STRICT_ACCOUNTS = False
    assert steps() == []
    assert "Cài đặt ban đầu" not in client.get("/lam-viec/").content.decode()


def test_others_are_not_asked_to_set_up(client):
    begun = begin(communes=False)
    client.force_login(make_user("Lê Mai Phương", (Role.FOCAL, begun.so)))
    assert "Cài đặt ban đầu" not in client.get("/lam-viec/").content.decode()
