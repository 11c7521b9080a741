"""What people write on our pages is heard by listening, which the inbox does not know."""

from __future__ import annotations

import pytest

from loa.feedback import services
from loa.feedback.tests.factories import comment, facebook_account, remark_of
from loa.listening.models import Item
from loa.portal.comments import services as comments
from loa.portal.tests.factories import make_site, make_story

pytestmark = pytest.mark.django_db


def test_what_is_heard_goes_to_listening_once_masked(cast):
    page = facebook_account(cast.so)
    comment(page, "Trường THCS Sơn Thượng thu quỹ nhiều quá, số tôi 0912345678", key="h")
    comment(page, "Trường THCS Sơn Thượng thu quỹ nhiều quá, số tôi 0912345678", key="h")
    [item] = Item.objects.all()
    assert "[số điện thoại]" in item.text
    assert item.source.name == "Facebook: Trang của Sở"


@pytest.mark.parametrize("how", ["taken back", "erased"])
def test_what_its_writer_took_back_is_forgotten_there_too(cast, how):
    page = facebook_account(cast.so)
    comment(page, "Trường THCS Sơn Thượng thu quỹ nhiều quá", key="h", who="7")
    comment(page, "Trường THCS Sơn Thượng sạch đẹp lắm", key="i", who="8")
    if how == "taken back":
        comment(page, "", key="h", verb="remove")
    else:
        thread = remark_of("h").thread
        services.person_erase(actor=cast.chief, thread_id=thread.pk, reason="Gọi điện sáng nay")
    gone, kept = Item.objects.order_by("pk")
    assert (gone.text, gone.author, gone.forgotten) == ("", "", True)
    assert kept.text


def test_a_readers_comment_on_the_portal_is_heard_once_and_forgotten_when_taken_back(cast, settings, monkeypatch):
    settings.BASE_URL = "https://songlam.example"
    monkeypatch.setattr(comments, "QUICKEST", -1)
    make_site(cast.so, is_main=True, slug="so")
    story = make_story(cast.school, cast.owner, "Quỹ lớp", on_main_portal=True)
    comments.site_switch(actor=cast.office, unit_id=cast.so.pk, on=True)
    comments.story_switch(actor=cast.office, unit_id=cast.so.pk, story_id=story.pk, on=True)
    form = comments.form_key(story.pk)
    for _again in (1, 2):
        _row, code = comments.comment_send(
            story=story,
            name="Một phụ huynh",
            text="Trường THCS Sơn Thượng thu quỹ nhiều quá",
            agreed=True,
            form=form,
        )
    [item] = Item.objects.all()
    assert item.source.name.startswith("Cổng thông tin: ")
    assert "phụ huynh" not in item.author + item.text
    comments.comment_take_back(code=code)
    item.refresh_from_db()
    assert (item.text, item.forgotten) == ("", True)
