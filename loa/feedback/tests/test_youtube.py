"""From a visitor's comment below a film to the inbox, and the answer back under the film, once."""

from __future__ import annotations

import datetime as dt
import urllib.parse
import urllib.request

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.channels.inbound import acting, polling
from loa.channels.models import ChannelAccount, ChannelSecret
from loa.channels.tests.factories import youtube_account
from loa.channels.youtube.sim import CHANNEL_ID
from loa.core import clock
from loa.feedback import services
from loa.feedback.models import Remark, Thread
from loa.feedback.rules import Seen, Side, State
from loa.feedback.selectors import unheard
from loa.feedback.tests.factories import ground, remark_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel(cast):
    return youtube_account(cast.so)


def visit(tube, text, name="Mẹ bé Na"):
    """A visitor writes below the film, on the stand-in's page."""
    form = urllib.parse.urlencode({"post": tube.film, "name": name, "text": text}).encode()
    with urllib.request.urlopen(f"{tube.url}/_sim/binh-luan", data=form, timeout=5) as answer:
        return answer.read().decode()


def look(minutes=0):
    """One look, so long from now."""
    with clock.frozen(clock.now() + dt.timedelta(minutes=minutes)):
        return polling.catch_up()


def answer(cast, thread, text="Sở đã chuyển nhà trường xem lại, cảm ơn anh chị"):
    return services.thread_reply(actor=cast.editor, thread_id=thread.pk, text=text, turn=thread.turn)


@pytest.mark.parametrize("fault", ["", "drop_after", "html_after", "drop_before"])
def test_a_visitors_comment_is_answered_under_the_film_exactly_once(cast, channel, tube, fault):
    assert "Mẹ bé Na" in visit(tube, "Bếp ăn trong phim ở trường nào ạ? Số tôi 0912345678")
    assert look() == 1
    thread = Thread.objects.get()
    assert (thread.title, thread.state) == ("Ngày hội đọc sách vùng cao", State.OPEN)
    assert thread.excerpt == "Bếp ăn trong phim ở trường nào ạ? Số tôi [số điện thoại]"
    tube.faults.only, tube.faults.script = "/youtube/v3/comments", [fault] if fault else []
    answer(cast, thread)
    acting.drain()
    below = [row["text"] for row in tube.said if row["parent"] == thread.key]
    assert below == ["Sở đã chuyển nhà trường xem lại, cảm ơn anh chị"]
    assert tube.feed().count("Sở đã chuyển nhà trường xem lại, cảm ơn anh chị") == 1
    # What we said is heard as ours: nothing new, nothing twice.
    assert [look(minutes) for minutes in (10, 20)] == [0, 0]
    remark = Remark.objects.get(side=Side.OUT)
    assert (remark.author, bool(remark.external_id), remark.thread.state) == (cast.editor, True, State.DONE)
    assert Remark.objects.count() == 2


def test_an_answer_given_in_the_studio_is_heard_as_ours(cast, channel, tube):
    visit(tube, "Năm nay có tổ chức nữa không ạ?")
    look()
    thread = Thread.objects.get()
    tube.say(tube.film, "Có ạ, vào tháng Tư", who=CHANNEL_ID, parent=thread.key)
    assert look(10) == 1
    remark = Remark.objects.get(side=Side.OUT)
    thread.refresh_from_db()
    assert (remark.author, thread.state) == (None, State.DONE)


def test_what_its_writer_took_back_or_changed_is_so_here(cast, channel, tube):
    visit(tube, "Cơm nguội")
    visit(tube, "Phim đẹp lắm, cho hỏi ai quay ạ?", name="Bố bé An")
    look()
    first, second = (row["id"] for row in tube.said)
    tube.take_back(first)
    tube.clock = lambda: clock.now().timestamp() + 60
    tube.change(second, "Phim đẹp lắm, cho hỏi ai quay và dựng ạ?")
    # Lists run behind: what is a few minutes old is not believed to be gone.
    assert (look(10), remark_of(first).seen) == (1, Seen.VISIBLE)
    assert look(30) == 1
    gone, changed = remark_of(first), remark_of(second)
    assert (gone.seen, gone.masked, gone.thread.state) == (Seen.TAKEN_BACK, "", State.DONE)
    assert (changed.masked, changed.edited) == ("Phim đẹp lắm, cho hỏi ai quay và dựng ạ?", True)
    assert look(40) == 0


def test_what_youtube_holds_back_waits_here_and_is_shown_with_the_answer(cast, channel, client, tube):
    key = tube.say(tube.film, "Xem link này được không ạ?", status="heldForReview")
    assert look() == 1
    thread = Thread.objects.get()
    assert remark_of(key).seen == Seen.WAITING
    client.force_login(cast.editor)
    page = client.get(reverse("feedback:thread", args=[thread.pk])).content.decode()
    assert "Cho hiện và trả lời" in page
    answer(cast, thread, "Được ạ")
    acting.drain()
    assert (tube._one(key)["status"], remark_of(key).seen) == ("published", Seen.VISIBLE)
    assert [row["text"] for row in tube.said if row["parent"] == key] == ["Được ạ"]


def test_two_people_and_a_ground_hold_a_comment_back_and_an_appeal_shows_it_again(cast, channel, tube):
    visit(tube, "Cô H. ăn cắp tiền quỹ")
    look()
    key = tube.said[0]["id"]
    ruling = services.ruling_propose(
        actor=cast.editor, remark_id=remark_of(key).pk, klass="slander", deed="hide", ground_id=ground().pk,
        reason="Vu khống người cụ thể",
    )  # fmt: skip
    services.ruling_decide(actor=cast.chief, ruling_id=ruling.pk, agree=True, tell=True)
    acting.drain()
    assert (tube._one(key)["status"], remark_of(key).seen) == ("heldForReview", Seen.HIDDEN)
    assert look(30) == 0
    services.appeal_record(actor=cast.editor, ruling_id=ruling.pk, text="Tôi có bằng chứng")
    services.appeal_decide(actor=cast.director, ruling_id=ruling.pk, uphold=False, answer="Đã có bằng chứng")
    acting.drain()
    assert (tube._one(key)["status"], remark_of(key).seen) == ("published", Seen.VISIBLE)


def test_who_sees_and_answers_a_comment_below_a_film(cast, channel, client, tube):
    visit(tube, "Cho hỏi lịch chiếu ạ?")
    look()
    url = reverse("feedback:thread", args=[Thread.objects.get().pk])
    for who, status in (("editor", 200), ("director", 200), ("owner", 404), ("outsider", 404), ("admin", 403)):
        client.force_login(getattr(cast, who))
        assert client.get(url).status_code == status, who
    client.force_login(cast.outsider)
    assert client.post(f"{url}tra-loi/", {"text": "A", "turn": "0", "key": "k"}).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302
    acting.drain()
    assert len(tube.said) == 1


def test_the_inbox_says_which_channel_is_not_heard_until_it_is_connected_again(cast, channel, client, tube):
    tube.state["scopes"] = ["https://www.googleapis.com/auth/youtube.upload"]
    words = "Bình luận trên Kênh của Sở (YouTube) không về đây; hãy đọc ở YouTube Studio."
    client.force_login(cast.editor)
    inbox = reverse("feedback:inbox")
    assert words not in client.get(inbox).content.decode()
    look()
    assert words in client.get(inbox).content.decode()
    assert unheard(cast.outsider) == []
    client.force_login(cast.chief)
    page = client.get(reverse("channels:account", args=[channel.pk])).content.decode()
    assert "Kết nối lại qua YouTube” và giữ dấu chọn" in page
    tube.state["scopes"] = None
    look(10)
    assert unheard(cast.editor) == []
    ChannelSecret.objects.filter(account=channel).delete()
    assert unheard(cast.editor) == [("Kênh của Sở (YouTube)", "YouTube Studio")]


def test_how_many_channels_are_not_heard_costs_nothing_more(cast, channel, tube):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            unheard(cast.editor)
        return len(captured)

    queries()  # the person's units are known from here on
    before = queries()
    ChannelAccount.objects.bulk_create(
        ChannelAccount(unit=cast.so, kind=kind, name=f"Kênh {number}", external_id=f"{kind}{number}")
        for number in range(30)
        for kind in ("youtube", "tiktok")
    )
    assert queries() == before
    assert [where for _name, where in unheard(cast.editor)] == [*["YouTube Studio"] * 3, "ứng dụng TikTok"]
