"""Legal documents in articles: marked only where it is safe, told below the text."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loa.plans.models import LegalDocument
from loa.portal.body import pieces_of
from loa.portal.cited import mark_citations
from loa.portal.tests.factories import make_story
from loa.portal.tests.test_pages import address, text

pytestmark = pytest.mark.django_db


def marked(body: str) -> str:
    return "".join(mark_citations(pieces_of(body))[0])


def test_the_first_mention_leads_to_a_line_below(town):
    body = "<p>Theo <b>Nghị định 30/2020/NĐ-CP</b> và 30/2020/NĐ-CP.</p>"
    assert marked(body) == (
        '<p>Theo <b>Nghị định <a class="cited" href="#van-ban-1">30/2020/NĐ-CP</a></b> và 30/2020/NĐ-CP.</p>'
    )


@pytest.mark.parametrize(
    "body",
    [
        '<p><a href="https://x.vn/" rel="noopener">Nghị định 30/2020/NĐ-CP</a></p>',
        "<h2>Nghị định 30/2020/NĐ-CP</h2>",
        "<p>Nghị định 999/2020/NĐ-CP</p>",
        "<p>A &amp; B theo Nghị định 30/2020/NĐ-CP</p>",
        "<p>Nghị định 30/<b>2020</b>/NĐ-CP</p>",
        "<p>Số máy 30/2020</p>",
    ],
)
def test_it_is_not_marked_where_that_is_not_safe(town, body):
    assert "cited" not in marked(body)


def test_the_article_lists_them_and_says_only_what_was_checked_of_their_validity(town):
    story = make_story(
        town.school, town.owner, "Công khai", body="<p>Nghị định 42/2022/NĐ-CP và Nghị định 30/2020/NĐ-CP.</p>"
    )
    page = text(address(story))
    assert '<li id="van-ban-1">Nghị định 42/2022/NĐ-CP ngày 24/06/2022 của Chính phủ: Cung cấp' in page
    assert '<li id="van-ban-2">Nghị định 30/2020/NĐ-CP ngày 05/03/2020 của Chính phủ: Công tác văn thư' in page
    assert "đã hết hiệu lực" not in page
    LegalDocument.objects.filter(number="42/2022/NĐ-CP").update(verified=True, valid_to=dt.date(2023, 1, 1))
    assert "(đã hết hiệu lực)" in text(address(story))


def test_an_article_without_citations_costs_no_query(town, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert mark_citations(["<p>Bếp ăn đỏ lửa.</p>"]) == (["<p>Bếp ăn đỏ lửa.</p>"], [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["Nghị định ", "30/2020/NĐ-CP", " ngày 05/3/2020", "<b>", "</b>", "&lt;", "a", ","]))
)
def test_marking_changes_nothing_but_adds_links(town, parts):
    pieces = pieces_of(f"<p>{''.join(parts)}</p>")
    after, _listed = mark_citations(pieces)
    assert [re.sub(r'<a class="cited" href="#van-ban-\d+">(.*?)</a>', r"\1", piece) for piece in after] == pieces
