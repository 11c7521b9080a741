"""What people write on our pages is heard by listening, which the inbox does not know."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.heard import talks_of
from loa.feedback import services
from loa.feedback.tests.factories import comment, facebook_account, remark_of
from loa.listening import selectors
from loa.listening import services as services_of_listening
from loa.listening.figures.write import recount
from loa.listening.models import Item, Tally
from loa.listening.rules import key_of
from loa.listening.selectors import StreamFilter
from loa.org import services as org
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


def test_a_page_that_is_renamed_is_heard_as_the_same(cast):
    page = facebook_account(cast.so)
    comment(page, "Trường THCS Sơn Thượng thu quỹ nhiều quá", key="h")
    page.name = "Sở Giáo dục và Đào tạo Sông Lam"
    page.save()
    comment(page, "Trường THCS Sơn Thượng sạch đẹp lắm", key="i")
    assert {item.source.name for item in Item.objects.all()} == {"Facebook: Sở Giáo dục và Đào tạo Sông Lam"}


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


def test_after_a_merge_erased_words_are_forgotten_and_the_way_to_them_is_kept(cast):
    page_of_school = facebook_account(cast.school)
    item = said_under(page_of_school, "Trường Tiểu học Sơn Hạ và trường này thu quỹ nhiều quá", "h", who="7")
    org.unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=clock.today(), decision="1/QĐ")
    thread = remark_of("h").thread
    assert thread.home == cast.primary
    there = reverse("feedback:thread", args=[thread.pk])
    assert f'href="{reverse("listening:item", args=[item.pk])}"' in page(cast.chief, there)
    services.person_erase(actor=cast.chief, thread_id=thread.pk, reason="Gọi điện sáng nay")
    item.refresh_from_db()
    assert (item.text, item.author, item.forgotten) == ("", "", True)
    assert "Xem trong Dư luận" not in page(cast.chief, there)


def test_what_its_writer_edits_is_heard_anew_in_its_new_words(cast):
    page = facebook_account(cast.so)
    old, new = (
        "Trường THCS Sơn Thượng lạm thu, bắt cháu Nguyễn Văn An nộp quỹ",
        "Trường THCS Sơn Thượng sạch đẹp lắm",
    )
    comment(page, old, key="h", at=clock.now() - dt.timedelta(minutes=9))
    comment(page, old, key="i", at=clock.now() - dt.timedelta(minutes=8))
    services_of_listening.analyse_waiting()
    first, copy = Item.objects.order_by("pk")
    assert copy.copy_of == first
    assert first.topics.filter(code="lam-thu").exists()
    services_of_listening.item_correct(actor=cast.office, item=first, field="tone", value="pos")
    assert comment(page, f"{new}, gọi 0912345678", key="h", verb="edit")[0]

    def seen(words):
        return selectors.found(cast.office, StreamFilter.from_params({"q": words}), limit=9)

    # Until it is judged anew it is nowhere, least of all in its old words.
    first.refresh_from_db()
    copy.refresh_from_db()
    assert (first.text, first.analysed_at, first.relevant) == (f"{new}, gọi [số điện thoại]", None, None)
    assert (copy.copy_of, seen("quỹ")) == (None, [copy.pk])
    assert not first.corrections.exists()
    services_of_listening.analyse_waiting()
    first.refresh_from_db()
    assert (seen("quỹ"), seen("sạch")) == ([copy.pk], [first.pk])
    assert not first.topics.filter(code="lam-thu").exists()
    assert first.copy_of is None
    rows = list(Tally.objects.order_by("pk").values_list("day", "about", "outlet", "tone", "n"))
    recount(cast.so.pk)
    again = Tally.objects.order_by("pk").values_list("day", "about", "outlet", "tone", "n")
    assert sorted(row for row in rows if row[-1]) == sorted(again)


def test_an_edit_brings_words_where_there_were_none_and_takes_them_away(cast):
    page = facebook_account(cast.so)
    comment(page, "", key="h", files=({"kind": "photo", "url": "https://a.example/1"},))
    assert not Item.objects.exists()
    comment(page, "Trường THCS Sơn Thượng thu quỹ", key="h", verb="edit", at=clock.now() + dt.timedelta(seconds=1))
    [item] = Item.objects.all()
    assert item.text == "Trường THCS Sơn Thượng thu quỹ"
    comment(page, "", key="h", verb="edit", at=clock.now() + dt.timedelta(seconds=2))
    item.refresh_from_db()
    assert (item.text, item.forgotten) == ("", True)


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


# — the way between a comment and its conversation —————————————————————————————————————————————————


def said_under(account, text, key, **more):
    """A comment below a post that has an address of its own."""
    comment(account, text, key=key, link="https://facebook.example/so/posts/1", **more)
    services_of_listening.analyse_waiting()
    return Item.objects.get(text=text)


def page(user, url):
    client = Client()
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def item_page(user, item):
    return page(user, reverse("listening:item", args=[item.pk]))


def test_two_comments_below_one_post_are_two_items_that_lead_there(cast):
    account = facebook_account(cast.so)
    first = said_under(account, "Trường THCS Sơn Thượng thu quỹ nhiều quá", "h")
    second = said_under(account, "Trường THCS Sơn Thượng sạch đẹp lắm", "i")
    assert first.key != second.key
    assert first.key == key_of("", "facebook:h")
    assert {first.url, second.url} == {"https://facebook.example/so/posts/1"}
    text = item_page(cast.office, first)
    assert 'href="https://facebook.example/so/posts/1"' in text
    assert "Mở bài được bình luận" in text


def test_from_what_was_heard_to_its_conversation_and_how_it_stands(cast):
    account = facebook_account(cast.so)
    item = said_under(account, "Trường THCS Sơn Thượng thu quỹ nhiều quá", "h")
    remark = remark_of("h")
    there = reverse("feedback:thread", args=[remark.thread_id])
    text = item_page(cast.office, item)
    assert f'href="{there}#loi-{remark.pk}"' in text
    assert "Cần trả lời" in text
    assert "Mở để trả lời" in text
    assert escape(cast.so.short_name) in text
    services.thread_assign(actor=cast.office, thread_id=remark.thread_id, user_id=cast.office.pk)
    services.thread_reply(actor=cast.office, thread_id=remark.thread_id, text="Trường đã giải thích.", turn=0)
    text = item_page(cast.office, item)
    assert "Đã trả lời" in text
    assert str(cast.office) in text
    assert "Xem cuộc trao đổi" in text
    # And back, by one link.
    assert f'href="{reverse("listening:item", args=[item.pk])}"' in page(cast.office, there)


def test_a_conversation_done_without_an_answer_says_so(cast):
    account = facebook_account(cast.so)
    item = said_under(account, "Trường THCS Sơn Thượng sạch đẹp lắm", "h")
    services.thread_set_state(actor=cast.office, thread_id=remark_of("h").thread_id, state="done")
    assert "Đã xong, không trả lời" in item_page(cast.office, item)


def test_who_may_not_read_the_inbox_sees_what_was_said_and_no_conversation(cast):
    account = facebook_account(cast.so)
    item = said_under(account, "Trường THCS Sơn Thượng thu quỹ nhiều quá", "h")
    # What is said of the school is the school's to read; the inbox is the page's.
    text = item_page(cast.lead, item)
    assert "Trong hộp thư" not in text
    assert "/hop-thu/" not in text.partition("<main")[2]
    assert "Hộp thư:" not in page(cast.lead, reverse("listening:stream"))
    assert talks_of(cast.lead, [item.talk]) == {}
    # Handed to the school to answer it is.
    services.thread_forward(
        actor=cast.chief, thread_id=remark_of("h").thread_id, unit_id=cast.school.pk, note="Trường trả lời"
    )
    assert "Trong hộp thư" in item_page(cast.lead, item)
    assert cast.school.short_name in talks_of(cast.lead, [item.talk])[item.talk].unit


def test_the_inbox_leads_to_what_was_heard_only_those_who_may_listen(cast):
    account = facebook_account(cast.school)
    item = said_under(account, "Trường THCS Sơn Thượng thu quỹ nhiều quá", "h")
    there = reverse("feedback:thread", args=[remark_of("h").thread_id])
    assert f"/tin/{item.pk}/" in page(cast.lead, there)
    assert "Xem trong Dư luận" not in page(cast.owner, there)  # a contributor: the inbox, not listening


def test_odd_ways_to_a_conversation_lead_nowhere(cast):
    odd = [
        "",
        "feedback",
        "feedback:",
        "feedback:x-1",
        "feedback:1",
        "feedback:-1-2",
        "other:1-2",
        f"feedback:{9**30}-1",
    ]
    assert talks_of(cast.office, odd) == {}


def test_forgotten_words_leave_no_way_to_the_conversation(cast):
    account = facebook_account(cast.so)
    item = said_under(account, "Trường THCS Sơn Thượng thu quỹ nhiều quá", "h")
    there = reverse("feedback:thread", args=[remark_of("h").thread_id])
    comment(account, "", key="h", verb="remove")
    item.refresh_from_db()
    assert (item.url, item.talk) == ("", "")
    assert "Xem trong Dư luận" not in page(cast.office, there)


def test_looking_at_either_is_written_down(cast):
    account = facebook_account(cast.so)
    item = said_under(account, "Trường THCS Sơn Thượng thu quỹ nhiều quá", "h")
    for url in (
        reverse("listening:item", args=[item.pk]),
        reverse("feedback:thread", args=[remark_of("h").thread_id]),
    ):
        before = LogEntry.objects.count()
        page(cast.office, url)
        assert LogEntry.objects.count() == before + 1


def test_the_stream_asks_as_often_for_many_conversations_as_for_one(cast):
    account = facebook_account(cast.so)
    said_under(account, "Trường THCS Sơn Thượng thu quỹ nhiều quá", "h")
    url = reverse("listening:stream")
    page(cast.office, url)
    with CaptureQueriesContext(connection) as one:
        assert page(cast.office, url).count("Hộp thư: cần trả lời") == 1
    for number in range(8):
        said_under(account, f"Trường THCS Sơn Thượng thu thêm khoản thứ {number}, phụ huynh bức xúc", f"k{number}")
    with CaptureQueriesContext(connection) as many:
        assert page(cast.office, url).count("Hộp thư: cần trả lời") == 9
    assert len(many) == len(one)
