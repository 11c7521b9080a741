"""Readers' comments: off until switched on, read before shown, answered, never quietly dropped."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.channels.inbound.models import Action
from loa.channels.models import ChannelAccount
from loa.channels.selectors import accounts as channel_accounts
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound
from loa.core.heard import heard
from loa.feedback import services as inbox
from loa.feedback.models import Remark, Thread
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.portal.comments import services
from loa.portal.comments.rules import A_DAY_HERE, MOST_WORDS
from loa.portal.models import Comment, CommentAnswer, CommentSetting, CommentUse, PublicVersion, StoryComments
from loa.portal.tests.factories import make_story
from loa.portal.tests.readers import HOST, path, refuse, remark_of, rule, send, settle, shown

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def ears():
    """Everything that is handed to whoever listens."""
    got = []
    heard.register("test.ears", got.append)
    yield got
    heard._entries.pop("test.ears")


# — switches ————————————————————————————————————————————————————————————————————————
def test_nothing_is_there_until_it_is_switched_on(town):
    story = make_story(town.school, town.owner, on_main_portal=True)
    assert "y-kien" not in shown(story)
    for more in ("y-kien/", "y-kien/gui/"):
        assert Client().get(path(story, more), **HOST).status_code == 404
    with pytest.raises(Conflict):
        services.story_switch(actor=town.office, unit_id=town.so.pk, story_id=story.pk, on=True)
    services.site_switch(actor=town.office, unit_id=town.so.pk, on=True)
    assert "y-kien" not in shown(story)
    with pytest.raises(Conflict):
        send(story)
    assert not StoryComments.objects.exists()
    assert not Comment.objects.exists()
    assert not Thread.objects.exists()


def test_only_those_who_answer_for_the_site_switch(town):
    story = make_story(town.school, town.owner, on_main_portal=True)
    for who in (town.outsider, town.editor, town.owner, town.lead):
        with pytest.raises(NotFound):
            services.site_switch(actor=who, unit_id=town.so.pk, on=True)
        with pytest.raises(NotFound):
            services.story_switch(actor=who, unit_id=town.so.pk, story_id=story.pk, on=True)
    with pytest.raises(InvalidInput):
        services.site_switch(actor=town.office, unit_id=town.so.pk, on=True, days=0)
    assert not CommentSetting.objects.exists()
    assert not ChannelAccount.objects.exists()
    # a story stands at one address: its school's people do not switch it on the main portal
    services.site_switch(actor=town.lead, unit_id=town.school.pk, on=True)
    with pytest.raises(NotFound):
        services.story_switch(actor=town.lead, unit_id=town.school.pk, story_id=story.pk, on=True)
    assert not StoryComments.objects.exists()
    assert LogEntry.objects.filter(action="portal.comments_site").count() == 1


def test_a_site_that_nobody_reads_takes_none(town):
    # those who read for the Sở read for its schools too: take them all away
    for person in (town.editor, town.chief, town.office, town.owner, town.colleague, town.commune):
        person.is_active = False
        person.save()
    lead = town.lead
    admin = town.admin
    lead.is_active = False
    lead.save()
    with pytest.raises(Conflict) as caught:
        services.site_switch(actor=admin, unit_id=town.school.pk, on=True)
    assert caught.value.code == "portal.comments.nobody"
    assert not CommentSetting.objects.exists()


def test_after_the_last_day_what_is_shown_stays_and_nothing_is_taken(town, story):
    row, _code = send(story)
    inbox.thread_show(actor=town.editor, thread_id=remark_of(row).thread_id)
    settle()
    with clock.frozen(clock.now() + dt.timedelta(days=30)):
        page = shown(story)
        assert "Cơm trưa hôm nay nguội" in page
        assert "không còn nhận ý kiến mới" in page
        with pytest.raises(Conflict):
            send(story, "Ý kiến đến muộn của tôi")
    services.site_switch(actor=town.office, unit_id=town.so.pk, on=False)
    assert "Cơm trưa hôm nay nguội" in shown(story)
    with pytest.raises(Conflict):
        send(story, "Ý kiến sau khi tắt")
    assert Comment.objects.count() == 1


# — what a reader sends ——————————————————————————————————————————————————————————————
def test_it_waits_in_the_inbox_and_is_heard_once(town, story, ears):
    text = "Cháu tôi đau bụng, gọi 0912 345 678 hoặc me@thu.vn. Vì sao?"
    row, code = send(story, text, email="Me@Thu.vn ", source="203.0.113.9")
    assert "đau bụng" not in shown(story)
    remark = remark_of(row)
    assert remark.seen == "waiting"
    assert "0912" not in remark.masked + row.text
    assert remark.sealed
    thread = remark.thread
    assert (thread.state, thread.urgent, thread.title) == ("open", True, "Bữa ăn bán trú")
    assert thread.due_at is not None
    assert (thread.home_id, thread.account.kind, thread.source_id) == (town.so.pk, "portal", story.pk)
    assert [(one.origin, one.unit_id) for one in ears] == [("portal", town.so.pk)]
    assert "0912" not in ears[0].text
    assert "phụ huynh" not in ears[0].author
    # neither code, address nor network address can be read in the rows
    kept = " ".join(map(str, Comment.objects.values_list("mail", "code_hash", "text", "name").get()))
    assert "thu.vn" not in kept.lower()
    assert code not in kept
    assert "203.0.113.9" not in " ".join(CommentUse.objects.values_list("source", flat=True))
    assert not LogEntry.objects.filter(address="203.0.113.9").exists()
    # thanks are given a clock too: somebody waits to be shown
    thanks, _code = send(story, "Cảm ơn nhà trường rất nhiều!")
    assert remark_of(thanks).thread.due_at is not None


def test_the_same_form_twice_is_one_comment(town, story, ears):
    form = services.form_key(story.pk)
    first, code = send(story, form=form)
    second, again = send(story, "Khác hẳn mà cùng một tờ", form=form)
    assert (first.pk, code) == (second.pk, again)
    assert Comment.objects.count() == Thread.objects.count() == len(ears) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "Ừ"}, "text"),
        ({"text": "a" * (MOST_WORDS + 1)}, "text"),
        ({"name": " "}, "name"),
        ({"name": "N" * 41}, "name"),
        ({"agreed": False}, "agreed"),
        ({"email": "không phải thư"}, "email"),
        ({"form": "giả"}, "form"),
        ({"form": ""}, "form"),
    ],
)
def test_what_cannot_be_taken_writes_nothing(town, story, ears, changes, field):
    with pytest.raises(InvalidInput) as caught:
        send(story, **{"text": "Một ý kiến đủ dài", **changes})
    assert caught.value.field == field
    assert not Comment.objects.exists()
    assert not Thread.objects.exists()
    assert not ears


def test_a_form_sent_at_once_or_for_another_story_is_refused(town, story, monkeypatch):
    other = make_story(town.school, town.owner, on_main_portal=True)
    with pytest.raises(InvalidInput):
        send(story, form=services.form_key(other.pk))
    monkeypatch.setattr(services, "QUICKEST", 3)
    with pytest.raises(InvalidInput, match="vài giây"):
        send(story)
    assert not Comment.objects.exists()


def test_one_place_on_the_net_cannot_flood(town, story):
    for number in range(A_DAY_HERE):
        send(story, f"Ý kiến số {number} của tôi", source="203.0.113.9")
    with pytest.raises(services.TooMany):
        send(story, "Thêm một ý kiến nữa", source="203.0.113.9")
    send(story, "Ý kiến từ nơi khác", source="203.0.113.10")
    assert Comment.objects.count() == Thread.objects.count() == A_DAY_HERE + 1
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        send(story, "Sang ngày khác thì được", source="203.0.113.9")
        services.tidy()
        assert set(CommentUse.objects.values_list("day", flat=True)) == {clock.today()}


def test_the_form_works_without_script_and_is_guarded(town, story):
    client = Client(enforce_csrf_checks=True)
    page = client.get(path(story, "y-kien/gui/"), **HOST)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"
    html = page.content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[1]
    form = re.search(r'name="form" value="([^"]+)"', html)[1]
    given = {"name": "Chị Ba", "text": "Bao giờ có nhà vệ sinh mới?", "agreed": "1", "form": form}
    assert client.post(path(story, "y-kien/gui/"), given, **HOST).status_code == 403
    robot = client.post(
        path(story, "y-kien/gui/"), {**given, "csrfmiddlewaretoken": token, "website": "http://spam"}, **HOST
    )
    assert robot.status_code == 302
    assert not Comment.objects.exists()
    wrong = client.post(path(story, "y-kien/gui/"), {**given, "csrfmiddlewaretoken": token, "agreed": ""}, **HOST)
    assert wrong.status_code == 400
    assert "Bao giờ có nhà vệ sinh mới?" in wrong.content.decode()
    good = client.post(path(story, "y-kien/gui/"), {**given, "csrfmiddlewaretoken": token}, **HOST)
    assert good.status_code == 302
    mine = client.get(good["Location"], **HOST)
    assert "Đang chờ cán bộ đọc" in mine.content.decode()
    assert mine["Referrer-Policy"] == "same-origin"


# — what the office does ————————————————————————————————————————————————————————————
def test_shown_with_the_answer_as_plain_words(town, story):
    row, code = send(story, "Xem https://xau.example và <b>đậm</b> nhé", name="<i>Ba</i>")
    thread = remark_of(row).thread
    before = PublicVersion.objects.get().value
    inbox.thread_reply(actor=town.editor, thread_id=thread.pk, text="Trường đã kiểm tra bếp.", turn=0, key="k1")
    settle()
    assert PublicVersion.objects.get().value > before
    page = shown(story)
    section = page[page.index('id="y-kien"') : page.index("</section>", page.index('id="y-kien"'))]
    assert "Trường đã kiểm tra bếp." in section
    assert "Sở Giáo dục và Đào tạo Sông Lam trả lời" in section
    assert "&lt;b&gt;đậm" in section
    assert 'href="https://xau' not in section
    assert "data-nosnippet" in page
    row.refresh_from_db()
    assert row.state == "shown"
    assert remark_of(row).seen == "visible"
    thread.refresh_from_db()
    assert thread.state == "done"
    # done again by a worker that was cut off, it is there once
    Action.objects.update(status="pending", next_at=clock.now())
    settle()
    assert CommentAnswer.objects.count() == 1
    assert "đang hiện" in Client().get(f"/y-kien/{code}/", **HOST).content.decode().lower()


def test_left_in_peace_it_cannot_be(town, story):
    row, _code = send(story)
    thread = remark_of(row).thread
    with pytest.raises(Conflict) as caught:
        inbox.thread_set_state(actor=town.editor, thread_id=thread.pk, state="done")
    assert caught.value.code == "feedback.held"
    thread.refresh_from_db()
    assert thread.state == "open"
    inbox.thread_show(actor=town.editor, thread_id=thread.pk, done=True)
    with pytest.raises(Conflict):
        inbox.thread_show(actor=town.editor, thread_id=thread.pk, done=True)
    assert Action.objects.count() == 1
    thread.refresh_from_db()
    assert thread.state == "done"


def test_only_those_who_answer_show(town, story):
    row, _code = send(story)
    for who in (town.outsider, town.owner, town.lead):
        with pytest.raises(NotFound):
            inbox.thread_show(actor=who, thread_id=remark_of(row).thread_id)
    assert not Action.objects.exists()


def test_refusing_needs_a_ground_and_a_second_person(town, story):
    row, code = send(story, "Cô H. là đồ ăn cắp, ai gặp thì cho một trận", email="me@thu.vn")
    remark = remark_of(row)
    with pytest.raises(InvalidInput):
        inbox.ruling_propose(
            actor=town.editor, remark_id=remark.pk, klass="criticism", deed="hide", reason="Không thích"
        )
    with pytest.raises(InvalidInput):
        inbox.ruling_propose(actor=town.editor, remark_id=remark.pk, klass="slander", deed="hide", reason="x")
    ruling = inbox.ruling_propose(
        actor=town.editor, remark_id=remark.pk, klass="slander", deed="hide", ground_id=rule().pk, reason="Bịa"
    )
    with pytest.raises(Conflict):
        inbox.thread_reply(actor=town.editor, thread_id=remark.thread_id, text="Trả lời", turn=0)
    with pytest.raises(Conflict):
        inbox.thread_show(actor=town.editor, thread_id=remark.thread_id)
    assert not Action.objects.exists()
    inbox.ruling_decide(actor=town.chief, ruling_id=ruling.pk, agree=True, tell=True)
    settle()
    assert [action.verb for action in Action.objects.all()] == ["hide"]
    assert "ăn cắp" not in shown(story)
    assert remark_of(row).thread.state == "done"
    mine = Client().get(f"/y-kien/{code}/", **HOST).content.decode()
    assert "Luật thử" in mine
    assert "Bịa" in mine
    assert town.editor.full_name not in mine
    assert town.chief.full_name not in mine


def test_its_writer_appeals_and_a_third_person_decides(town, story):
    row, code = send(story, "Cô H. là đồ ăn cắp, ai gặp thì cho một trận")
    with pytest.raises(NotFound):
        services.comment_appeal(code=code, text="Chưa có gì để khiếu nại")
    ruling = refuse(town, row)
    with pytest.raises(InvalidInput):
        services.comment_appeal(code=code, text=" ")
    with pytest.raises(NotFound):
        services.comment_appeal(code="AAAA-AAAA-AAAA", text="Không phải của tôi")
    client = Client(REMOTE_ADDR="203.0.113.77")
    answer = client.post(f"/y-kien/{code}/khieu-nai/", {"text": "Tôi nói việc thật, số 0912345678"}, **HOST)
    assert answer.status_code == 302
    ruling.refresh_from_db()
    assert ruling.stage == "appealed"
    assert "0912345678" not in ruling.appeal
    assert not LogEntry.objects.filter(address="203.0.113.77").exists()
    assert set(Notice.objects.filter(code="feedback.ruling.appealed").values_list("user", flat=True)) == {
        town.director.pk
    }
    inbox.appeal_decide(actor=town.director, ruling_id=ruling.pk, uphold=False, answer="Đúng là ý kiến phê bình.")
    settle()
    assert "ăn cắp" in shown(story)
    assert "Đúng là ý kiến phê bình." in Client().get(f"/y-kien/{code}/", **HOST).content.decode()


def test_the_second_person_who_disagrees_has_it_shown(town, story):
    row, _code = send(story, "Lạm thu cả thôi, nói mãi không ai nghe")
    refuse(town, row, agree=False)
    row.refresh_from_db()
    assert row.state == "shown"
    assert remark_of(row).thread.state == "open"


def test_kept_as_criticism_it_is_shown(town, story):
    row, _code = send(story, "Lạm thu cả thôi, nói mãi không ai nghe")
    inbox.ruling_propose(actor=town.editor, remark_id=remark_of(row).pk, klass="criticism", deed="keep")
    settle()
    row.refresh_from_db()
    assert row.state == "shown"


def test_handed_to_the_school_the_school_answers(town, story):
    row, _code = send(story)
    thread = remark_of(row).thread
    inbox.thread_forward(actor=town.editor, thread_id=thread.pk, unit_id=town.school.pk)
    inbox.thread_reply(actor=town.lead, thread_id=thread.pk, text="Trường đã thay lò.", turn=0)
    settle()
    assert "Trường THCS Sơn Thượng trả lời" in shown(story)


# — how much it costs ————————————————————————————————————————————————————————————————
def fill(story, count):
    for number in range(count):
        row, _code = send(story, f"Ý kiến {number}: " + "nói khá dài về bữa ăn bán trú. " * 30)
        Comment.objects.filter(pk=row.pk).update(state="shown")
        for part in range(2):
            CommentAnswer.objects.create(
                comment=row, action=row.pk * 10 + part, signed="Sở", text="Sở trả lời rất kỹ. " * 60
            )


def queries(url, client=None):
    with CaptureQueriesContext(connection) as seen:
        response = (client or Client()).get(url, **HOST)
    assert response.status_code == 200, url
    return len(seen), len(response.content)


def test_an_article_asks_nothing_more_without_them_and_a_fixed_number_with(town, story):
    plain = make_story(town.school, town.owner, "Bài không mở", on_main_portal=True)
    without, _size = queries(path(plain))
    fill(story, 3)
    few, _size = queries(path(story))
    few_all, _size = queries(path(story, "y-kien/"))
    fill(story, 30)
    many, size = queries(path(story))
    many_all, _size = queries(path(story, "y-kien/"))
    assert few - without <= 2
    assert many - few <= 1  # how many there are in all
    assert many_all - few_all <= 1
    assert size < 55_000
    assert "Đọc cả 33 ý kiến" in shown(story)


def test_the_staff_screen(town, story):
    client = Client()
    client.force_login(town.office)
    url = reverse("portal_sites:comments", args=[town.so.pk])
    few, _size = queries(url, client)
    for number in range(12):
        other = make_story(town.school, town.owner, f"Bài {number}", on_main_portal=True)
        services.story_switch(actor=town.office, unit_id=town.so.pk, story_id=other.pk, on=True)
        send(other)
    many, _size = queries(url, client)
    assert many == few
    closed = client.post(reverse("portal_sites:comments_story", args=[town.so.pk, story.pk]), {"on": "0"}, **HOST)
    assert closed.status_code == 302
    assert not StoryComments.objects.get(story=story).on
    bad = client.post(
        reverse("portal_sites:comments_site", args=[town.so.pk]), {"on": "on", "days": "900"}, **HOST
    )
    assert bad.status_code == 422
    client.force_login(town.chief)
    assert "Ý kiến bạn đọc" in client.get(reverse("newsroom:story", args=[story.pk]), **HOST).content.decode()
    client.force_login(town.outsider)
    assert client.get(url, **HOST).status_code == 404


def test_the_inbox_screens_show_it_and_channels_do_not(town, story):
    send(story)
    thread = Thread.objects.get()
    client = Client()
    client.force_login(town.editor)
    assert "chờ đọc rồi mới hiện" in client.get(reverse("feedback:inbox"), **HOST).content.decode()
    page = client.get(reverse("feedback:thread", args=[thread.pk]), **HOST).content.decode()
    assert "Một phụ huynh" in page
    assert "Cho hiện và trả lời" in page
    assert (
        "Không cho hiện"
        in client.get(reverse("feedback:propose", args=[Remark.objects.get().pk]), **HOST).content.decode()
    )
    assert not channel_accounts(town.chief).exists()
    assert client.get(reverse("channels:account", args=[thread.account_id]), **HOST).status_code == 404
    client.post(reverse("feedback:show", args=[thread.pk]), {"done": "1"}, **HOST)
    settle()
    assert Comment.objects.get().state == "shown"


def test_a_story_that_moved_to_another_site_is_opened_there_anew(town, story):
    row, _code = send(story)
    inbox.thread_show(actor=town.editor, thread_id=remark_of(row).thread_id)
    settle()
    type(story).objects.filter(pk=story.pk).update(on_main_portal=False)
    story.refresh_from_db()
    page = Client().get("/truong/son-thuong" + path(story), **HOST).content.decode()
    assert "Cơm trưa" in page
    assert "y-kien/gui/" not in page
    assert (
        "không còn nhận ý kiến"
        in Client().get("/truong/son-thuong" + path(story, "y-kien/gui/"), **HOST).content.decode()
    )
    with pytest.raises(Conflict):
        send(story, "Gửi tới trang cũ")
    services.site_switch(actor=town.lead, unit_id=town.school.pk, on=True)
    services.story_switch(actor=town.lead, unit_id=town.school.pk, story_id=story.pk, on=True)
    again, _code = send(story, "Gửi tới trang mới của trường")
    assert remark_of(again).thread.home_id == town.school.pk


def test_a_school_of_its_own(town):
    services.site_switch(actor=town.lead, unit_id=town.school.pk, on=True, days=7)
    story = make_story(town.school, town.owner, "Chuyện của trường", on_main_portal=False)
    services.story_switch(actor=town.lead, unit_id=town.school.pk, story_id=story.pk, on=True)
    row, _code = send(story)
    thread = remark_of(row).thread
    assert thread.unit_id == town.school.pk
    inbox.thread_show(actor=town.owner, thread_id=thread.pk)
    settle()
    page = Client().get("/truong/son-thuong" + path(story), **HOST).content.decode()
    assert "Cơm trưa" in page
    assert f"/truong/son-thuong{path(story)}y-kien/gui/" in page
    assert make_user("Người mới", (Role.EDITOR, town.so))
