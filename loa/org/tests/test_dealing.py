"""Dealing what a split unit had to its parts: few in one list, many by looking for them."""

from __future__ import annotations

import re

import pytest

from loa.core import clock
from loa.lib.vi import fold
from loa.org import selectors
from loa.org.models import Membership, Unit
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user
from loa.org.ui import dealing
from loa.org.ui.dealing import Thing, deal, where

PARTS = ["Phần Đông", "Phần Tây"]


def things(count: int) -> list[Thing]:
    labels = [f"Trường Tiểu học Số {n}" for n in range(count)]
    return [Thing(n, label, fold(label)) for n, label in enumerate(labels)]


def test_a_row_is_stronger_than_what_was_dealt_before_and_may_take_it_back():
    data = {
        "child-cho-0": "1 2 x",
        "child-cho-1": "3",
        "child-2": "1",
        "child-3": "",
        "child-9": "0",
        "member-1": "1",
    }
    assert where(data, "child") == {1: 0, 2: 1, 9: 0}
    assert where({"child-tim": "7", "child-ve": "1", "child-cho-": "5", "child-²": "0"}, "child") == {}


def test_few_stand_in_one_list_with_what_was_chosen():
    found = deal("child", "", things(dealing.FEW), PARTS, {"child-4": "1"})
    assert found.text is None
    assert len(found.rows) == dealing.FEW
    assert found.rows[4].chosen == "1"
    assert found.rows[5].chosen == ""


def test_of_many_only_those_looked_for_are_rows_and_the_others_travel_along():
    data = {"child-tim": "truong so 30", "child-ve": "1", "child-cho-0": "7 300", "child-8": "1"}
    found = deal("child", "", things(400), PARTS, data)
    assert [row.name for row in found.rows] == [f"child-{n}" for n in (30, 130, 230, *range(300, 310), 330)]
    assert {row.name: row.chosen for row in found.rows}["child-300"] == "0", "said before"
    assert found.rows[0].chosen == "1", "as was asked for new ones"
    assert [(one.name, one.ids, one.names) for one in found.dealt] == [
        ("child-cho-0", "7", ["Trường Tiểu học Số 7"]),
        ("child-cho-1", "8", ["Trường Tiểu học Số 8"]),
    ]
    assert found.more == 0
    assert deal("child", "", things(400), PARTS, {"child-tim": "tiểu học"}).more == 400 - dealing.SHOWN
    assert deal("child", "", things(400), PARTS, {"child-tim": "  "}).rows == []


@pytest.mark.django_db
def test_a_unit_with_hundreds_below_is_split_by_looking_for_them(client, cast):
    for n in range(dealing.FEW + 30):
        make_unit(f"Trường Tiểu học Số {n:03}", Kind.TIEU_HOC, cast.xa)
    client.force_login(cast.admin)
    url = f"/lam-viec/don-vi/{cast.xa.pk}/chia-tach/"
    form = {"keep": "1", "names": "Xã Hạ\nXã Thượng", "kind": "ubnd_xa", "on": clock.today().isoformat()}
    far = Unit.objects.get(name="Trường Tiểu học Số 229")

    def fields(answer) -> dict[str, str]:
        text = answer.content.decode()
        hidden = dict(re.findall(r'type="hidden" name="((?:child|member)-[^"]+)" value="([^"]*)"', text))
        rows = re.findall(r'name="((?:child|member)-\d+)">(.*?)</select>', text, re.S)
        chosen = {name: re.findall(r'value="([^"]*)" selected', options) for name, options in rows}
        return hidden | {name: (values or [""])[0] for name, values in chosen.items()}

    first = client.post(url, form)
    assert "ở lại" in first.content.decode()
    assert fields(first).keys() == {f"member-{Membership.objects.get(unit=cast.xa).pk}"}
    second = client.post(url, form | {"tim": "1", "child-tim": "so 229", "child-ve": "1"})
    assert fields(second)[f"child-{far.pk}"] == "1"
    third = client.post(url, form | fields(second) | {"tim": "1", "child-tim": "số 00", "child-ve": "0"})
    assert fields(third)["child-cho-1"] == str(far.pk)
    assert "Đã chọn về Xã Thượng: 1" in third.content.decode()
    last = {**fields(third), f"child-{Unit.objects.get(name='Trường Tiểu học Số 003').pk}": ""}
    assert client.post(url, form | last | {"xac-nhan": "1"}).status_code == 302
    upper, lower = Unit.objects.get(name="Xã Thượng"), Unit.objects.get(name="Xã Hạ")
    assert {unit.name for unit in selectors.below(upper)} == {"Xã Thượng", far.name}
    moved = selectors.below(lower).exclude(pk=lower.pk).values_list("name", flat=True)
    assert {name[-3:] for name in moved} == {f"{n:03}" for n in range(10)} - {"003"} | {"100", "200"}
    assert selectors.below(cast.xa).count() == 3 + dealing.FEW + 30 - 12
    assert "Không có tên nào khớp" in client.post(url, form | {"child-tim": "khongcoai"}).content.decode()


@pytest.mark.django_db
def test_people_of_a_large_unit_are_looked_for_too(client, cast):
    for n in range(dealing.FEW + 1):
        make_user(f"Lò Văn Số {n:03}", (Role.CONTRIBUTOR, cast.school))
    client.force_login(cast.admin)
    url = f"/lam-viec/don-vi/{cast.school.pk}/chia-tach/"
    form = {"keep": "", "names": "Trường A\nTrường B", "kind": "thcs", "on": clock.today().isoformat()}
    shown = client.post(url, form | {"member-tim": "men", "member-ve": "1"}).content.decode()
    assert shown.count('<select id="member-') == 1 + 1, "hers, and the choice new rows come with"
    assert "Không nêu ở đây thì về Trường A" in shown
    role = Membership.objects.get(user=cast.owner)
    client.post(url, form | {f"member-{role.pk}": "1", "xac-nhan": "1"})
    assert Membership.objects.get(user=cast.owner, valid_to=None).unit.name == "Trường B"
    assert Membership.objects.filter(unit__name="Trường A").count() == dealing.FEW + 1 + 2
