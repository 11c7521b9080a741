"""Legal documents in stories: questioned in the look-over, listed for the board, kept while public."""

from __future__ import annotations

import pytest
from django.urls import reverse

from loa.newsroom import services
from loa.newsroom.checks import Level, run_checks
from loa.newsroom.tests.factories import draft, on_board, published
from loa.plans.models import LegalCitation, LegalDocument

pytestmark = pytest.mark.django_db
OLD = "<p>Trường công khai thông tin theo Nghị định 42/2022/NĐ-CP.</p>"
NEW = "<p>Theo Nghị định 224/2026/NĐ-CP, thay thế Nghị định 42/2022/NĐ-CP, trường công khai thông tin.</p>"


def found(story) -> dict[str, str]:
    return {one.code: str(one.text) for one in run_checks(story) if one.code.startswith(("basis.", "body."))}


def test_the_writer_is_told_of_a_document_that_no_longer_holds(cast):
    told = found(draft(cast, body=OLD))
    assert told == {
        "basis.expired": "“Nghị định 42/2022/NĐ-CP”: Hết hiệu lực từ 01/07/2026, trước ngày đăng bài, thay bằng "
        "Nghị định 224/2026/NĐ-CP."
    }
    assert not found(draft(cast, body=NEW))


def test_it_is_a_warning_and_a_matter_of_form_is_not_asked_of_stories(cast):
    story = draft(cast, body="<p>Kế hoạch số 12/KH-SGDĐT; Phòng GD&amp;ĐT cũ; 88/2013/NQ-QH13.</p>")
    assert set(found(story)) == {"body.gone", "basis.form"}
    assert {one.level for one in run_checks(story) if one.code in found(story)} == {Level.WARN}


def test_a_story_without_citations_asks_the_register_nothing(cast, django_assert_num_queries):
    from loa.newsroom.citations import references_of

    story = draft(cast)
    with django_assert_num_queries(0):
        assert references_of(story) == []


def test_the_board_sees_what_is_cited_with_its_state(cast, client):
    story = on_board(cast, body=OLD + "<p>Quyết định 812/QĐ-SGDĐT.</p>")
    client.force_login(cast.editor)
    page = client.get(reverse("newsroom:review", args=[story.pk])).content.decode()
    document = LegalDocument.objects.get(number="42/2022/NĐ-CP")
    assert reverse("legal:page", args=[document.pk]) in page
    assert "chưa có trong sổ văn bản" in page


def test_what_a_public_story_cites_is_kept_until_it_is_taken_down(cast, client):
    story = published(cast, body=OLD)
    draft(cast, body=OLD)
    rows = LegalCitation.objects.filter(source="story")
    assert [(row.object_id, row.key, row.year) for row in rows] == [(story.pk, "42/2022/ndcp", 2022)]
    services.story_withdraw(actor=cast.editor, story_id=story.pk, reason="Đăng nhầm")
    assert not rows.all().exists()
