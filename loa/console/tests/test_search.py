"""Search in the top bar: without diacritics, in what the person may see."""

from __future__ import annotations

import pytest

from loa.newsroom.models import Story
from loa.newsroom.rules import Stage
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit


@pytest.fixture
def draft(cast):
    return Story.objects.create(
        unit=cast.school, author=cast.owner, title="Bữa cơm bán trú", folded="bua com ban tru", stage=Stage.DRAFT
    )


def find(client, user, query):
    client.force_login(user)
    answer = client.get("/lam-viec/tim/", {"q": query})
    assert answer.status_code == 200
    return [hit.title for group in answer.context["groups"] for hit in group.hits]


def test_units_are_found_without_diacritics_in_any_order_of_words(client, cast):
    assert "Xã Mường Sai" in find(client, cast.office, "sai muong")
    assert "Trường THCS Sơn Thượng" in find(client, cast.office, "SƠN THƯỢNG")


def test_only_units_of_ones_own_branch_are_found(client, cast):
    assert find(client, cast.commune, "lam giang") == []
    assert find(client, cast.commune, "son thuong") == ["Trường THCS Sơn Thượng"]


def test_drafts_are_found_by_those_who_may_read_them(client, cast, draft):
    assert find(client, cast.colleague, "com ban tru") == ["Bữa cơm bán trú"]
    assert find(client, cast.editor, "com ban tru") == ["Bữa cơm bán trú"]
    assert find(client, cast.outsider, "com ban tru") == []


def test_plans_are_found_by_title_and_number(client, cast, plan):
    plan.number = "118/KH-SGDĐT"
    plan.save()
    assert "Truyền thông năm 2026" in find(client, cast.owner, "truyen thong")
    assert "Truyền thông năm 2026" in find(client, cast.owner, "118/kh")


def test_one_letter_is_not_looked_up(client, cast, draft):
    assert find(client, cast.owner, "b") == []


def test_many_hits_cost_the_same(client, cast, django_assert_max_num_queries):
    for number in range(30):
        make_unit(f"Trường Tiểu học Bến Sông {number}", Kind.TIEU_HOC, cast.xa)
    client.force_login(cast.office)
    with django_assert_max_num_queries(20):
        assert len(client.get("/lam-viec/tim/?q=ben song").context["groups"][0].hits) == 8


def test_a_visitor_finds_nothing(client, db):
    assert client.get("/lam-viec/tim/?q=son").status_code == 302
