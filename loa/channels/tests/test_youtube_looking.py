"""Comments are found by asking: newest first, until what is known, for as little of the quota as it takes."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from loa.channels.inbound import polling, reading
from loa.channels.inbound.rules import Kept
from loa.channels.models import ChannelAccount, ChannelSecret
from loa.channels.sending import Talk
from loa.channels.tests.factories import youtube_account
from loa.channels.youtube import looking
from loa.channels.youtube.errors import next_quota
from loa.channels.youtube.looking import BUDGET, rest
from loa.channels.youtube.sim import CHANNEL_ID
from loa.core import clock
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600.0
STANDING = {"remove": "gone", "hide": "hidden", "unhide": "shown"}


@pytest.fixture
def channel(db):
    return youtube_account(make_unit("Sở"))


class Ear:
    """Hears and remembers as an upper domain does, and looks when it is told to."""

    def __init__(self, tube, account):
        self.tube, self.account = tube, account
        self.kept: dict[str, Kept] = {}
        self.later = 0.0

    def look(self, *, after: float = 0):
        """(verb, words) of everything one look told, `after` seconds later."""
        self.later += after
        now = clock.now() + dt.timedelta(seconds=self.later)
        self.tube.clock = lambda: now.timestamp()
        with clock.frozen(now):
            talk = Talk(self.account)
            words, self.wrong = looking.heard(talk, self.kept, now - dt.timedelta(days=30))
        self.cost = talk.requests
        for one in words:
            before = self.kept.get(one.external_id)
            standing = STANDING.get(one.verb) or ("held" if one.held else "shown")
            at, place = (before.at, before.place) if before else (one.at, one.place)
            self.kept[one.external_id] = Kept(one.thread, at, one.at, standing, place)
        return [(one.verb, one.text or one.external_id) for one in words]


@pytest.fixture
def ear(tube, channel):
    Talk(channel)
    found = Ear(tube, channel)
    found.look()  # a token is there: from now on every request is one of the quota
    return found


def say(tube, text, *, ago=HOUR, **more):
    return tube.say(tube.film, text, at=clock.now().timestamp() - ago, **more)


def test_comments_come_oldest_first_with_their_film_and_their_branch(ear, tube, channel):
    top = say(tube, "Phim hay quá & ý nghĩa <3", ago=3 * HOUR, name="@me-be-na")
    say(tube, "Đúng vậy", ago=HOUR, parent=top)
    ours = say(tube, "Cảm ơn anh chị", ago=HOUR / 2, parent=top, who=CHANNEL_ID)
    words, wrong = looking.heard(Talk(channel), {}, clock.now() - dt.timedelta(days=30))
    assert wrong is None
    assert [one.text for one in words] == ["Phim hay quá & ý nghĩa <3", "Đúng vậy", "Cảm ơn anh chị"]
    places = {(one.thread, one.place, one.title) for one in words}
    assert places == {(top, tube.film, "Ngày hội đọc sách vùng cao")}
    assert [(one.external_id == ours) == one.ours for one in words] == [True] * 3
    assert words[0].link == f"https://www.youtube.com/watch?v={tube.film}&lc={top}"


def test_a_usual_look_costs_two_units_and_tells_nothing_twice(ear, tube):
    for number in range(7):
        say(tube, f"Bình luận {number}", ago=HOUR + number)
    assert len(ear.look()) == 7
    assert ear.cost == 3  # and one for the title of the film
    assert ear.look(after=600) == []
    assert ear.cost == 2


def test_it_reads_page_after_page_down_to_what_is_known(ear, tube):
    for number in range(250):
        say(tube, f"Cũ {number}", ago=5 * HOUR + number)
    assert len(ear.look()) == 250
    assert ear.cost == 5
    for number in range(120):
        say(tube, f"Mới {number}", ago=HOUR + number)
    assert len(ear.look(after=600)) == 120
    # Two pages of threads, what is held, the title, and older threads 50 at a time.
    assert ear.cost == 2 + 1 + 1 + 2


def test_nothing_older_than_asked_for_comes(ear, tube):
    say(tube, "Ba tháng trước", ago=90 * 24 * HOUR)
    say(tube, "Hôm nay")
    assert ear.look() == [("add", "Hôm nay")]


def test_replies_beyond_the_five_that_come_along(ear, tube):
    top = say(tube, "Năm nay có tổ chức nữa không?", ago=9 * HOUR)
    for number in range(12):
        say(tube, f"Trả lời {number}", ago=8 * HOUR - number * 60, parent=top)
    assert len(ear.look()) == 13
    assert ear.look(after=600) == []
    assert ear.cost == 2
    say(tube, "Trả lời mới", ago=60, parent=top)
    assert ear.look(after=600) == [("add", "Trả lời mới")]


def test_of_many_replies_the_one_that_was_taken_back_is_noticed(ear, tube):
    top = say(tube, "Năm nay có tổ chức nữa không?", ago=9 * HOUR)
    first, *_rest = [say(tube, f"Trả lời {one}", ago=8 * HOUR - one * 60, parent=top) for one in range(12)]
    ear.look()
    tube.take_back(first)
    assert ear.look(after=1200) == [("remove", first)]


def test_a_reply_below_an_old_comment_is_found(ear, tube):
    old = say(tube, "Bình luận đầu tiên", ago=200 * HOUR)
    for number in range(150):
        say(tube, f"Sau đó {number}", ago=100 * HOUR + number)
    ear.look()
    say(tube, "Trả lời muộn", ago=60, parent=old)
    assert ear.look(after=600) == [("add", "Trả lời muộn")]


def test_what_was_edited_comes_as_it_stands(ear, tube):
    key = say(tube, "Phim hay")
    ear.look()
    tube.clock = lambda: clock.now().timestamp() + 300
    tube.change(key, "Phim rất hay")
    assert ear.look(after=600) == [("add", "Phim rất hay")]


@pytest.mark.parametrize("strict", [False, True])
def test_what_was_taken_back_is_noticed(ear, tube, strict):
    tube.strict_ids = strict
    top, other = say(tube, "Chỗ này sai", ago=3 * HOUR), say(tube, "Hay", ago=2 * HOUR)
    reply, stays = say(tube, "Sai thật", parent=top, ago=HOUR), say(tube, "Không", parent=other, ago=HOUR)
    gone = say(tube, "Lỡ tay", parent=other, ago=HOUR)
    ear.look()
    tube.take_back(top)
    tube.take_back(gone)
    assert sorted(ear.look(after=1200)) == sorted([("remove", top), ("remove", reply), ("remove", gone)])
    assert ear.look(after=600) == []
    assert ear.kept[stays].standing == "shown"


def test_an_old_comment_that_was_taken_back_is_noticed(ear, tube):
    old = say(tube, "Bình luận đầu tiên", ago=200 * HOUR)
    for number in range(150):
        say(tube, f"Sau đó {number}", ago=100 * HOUR + number)
    ear.look()
    tube.take_back(old)
    assert ear.look(after=1200) == [("remove", old)]


@pytest.mark.parametrize("how", ["film_down", "comments_off"])
def test_a_film_that_is_down_or_takes_no_comments_took_nothing_back(ear, tube, how):
    say(tube, "Chỗ này sai")
    ear.look()
    film = next(one for one in tube.state["videos"] if one["id"] == tube.film)
    if how == "film_down":
        tube.state["videos"].remove(film)
    else:
        film["comments_off"] = True
    assert ear.look(after=1200) == []


def test_what_youtube_holds_back_comes_held_and_what_a_person_decides_there_is_seen(ear, tube):
    key = say(tube, "Bình luận YouTube giữ lại", status="heldForReview")
    top = say(tube, "Bình luận thường", ago=2 * HOUR)
    below = say(tube, "Trả lời bị giữ", parent=top, status="heldForReview")
    assert len(ear.look()) == 3
    assert {name for name, one in ear.kept.items() if one.standing == "held"} == {key, below}
    tube._one(key)["status"], tube._one(top)["status"] = "published", "heldForReview"
    assert sorted(ear.look(after=1200)) == sorted([("unhide", key), ("hide", top)])
    tube._one(key)["status"] = "likelySpam"
    assert ear.look(after=1200) == [("hide", key)]
    assert ear.look(after=1200) == []


def test_lists_that_run_behind_undo_nothing_we_did_a_moment_ago(ear, tube):
    key = say(tube, "Lời nặng")
    ear.look()
    # We held it back a minute ago; the list does not know yet.
    ear.kept[key] = Kept(key, ear.kept[key].at, clock.now() - dt.timedelta(minutes=1), "hidden", tube.film)
    assert ear.look() == []
    assert ear.look(after=1200) == [("unhide", key)]


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("fault", ["error", "html", "rate", "html_after"])
def test_a_look_that_broke_off_tells_nothing_and_the_next_tells_all(ear, tube, fault, at):
    for number in range(150):
        say(tube, f"Bình luận {number}", ago=HOUR + number)
    tube.faults.script = [*["ok"] * at, fault]
    assert ear.look() == []
    assert ear.wrong is not None
    assert len(ear.look(after=600)) == 150


# — the pace —————————————————————————————————————————————————————————————————————————
@pytest.fixture
def heard():
    """What the upper domains were told, by id."""
    found = {}
    kept = dict(reading.said._entries), dict(reading.remembered._entries)
    reading.said._entries, reading.remembered._entries = {}, {}
    reading.said.register("test", lambda said: found.setdefault(said.words.external_id, said) is said)
    yield found
    reading.said._entries, reading.remembered._entries = kept


ODD = [
    {},
    {"id": "x", "snippet": None},
    {"id": "x", "snippet": "x", "replies": []},
    {"id": "x", "snippet": {"topLevelComment": {"snippet": {"publishedAt": "NOW"}}, "totalReplyCount": "x"}},
    {
        "snippet": {"topLevelComment": {"id": "x", "snippet": {"publishedAt": "NOW"}}},
        "replies": {
            "comments": [None, {"id": "y"}, {"snippet": {}}, {"id": "z", "snippet": {"publishedAt": "x"}}]
        },
    },
    {"id": "x", "snippet": {"topLevelComment": {"id": "x", "snippet": {"authorChannelId": "x"}}}},
    {
        "id": "x",
        "snippet": {
            "topLevelComment": {"snippet": {"moderationStatus": "heldForReview", "publishedAt": "NOW"}},
            "authorChannelId": [],
            "publishedAt": "NOW",
        },
    },
]


@pytest.mark.parametrize("row", ODD)
def test_an_odd_row_is_passed_over_and_the_others_are_told(ear, tube, monkeypatch, row):
    top = say(tube, "Phim hay quá", ago=2 * HOUR)
    for number in range(7):
        say(tube, f"Đúng vậy {number}", ago=HOUR - number, parent=top)
    say(tube, "Xem link này", status="heldForReview")
    whole = looking.asked

    def oddly(talk, method, path, **content):
        body, wrong = whole(talk, method, path, **content)
        odd = json.loads(json.dumps(row).replace("NOW", clock.now().isoformat()))
        return {**body, "items": [odd, *body.get("items", []), odd]}, wrong

    monkeypatch.setattr(looking, "asked", oddly)
    told = [text for _verb, text in ear.look(after=600)]
    assert "Phim hay quá" in told
    assert "Xem link này" in told
    assert sum(text.startswith("Đúng vậy") for text in told) == 7


def test_what_is_wrong_with_one_channel_stops_no_other(channel, tube, heard, monkeypatch, caplog):
    second = ChannelAccount.objects.create(unit=channel.unit, kind="facebook", name="Trang", external_id="9")
    ChannelSecret.objects.create(account=second, sealed="x")
    asked = []

    def broken(account):
        asked.append(account.pk)
        raise TypeError("odd")

    monkeypatch.setattr(polling, "one", broken)
    assert polling.catch_up() == 0
    assert set(asked) == {channel.pk, second.pk}
    assert caplog.text.count("TypeError: odd") == 2


def test_only_what_was_said_lately_comes_when_a_channel_is_heard_for_the_first_time(channel, tube, heard):
    say(tube, "Tuần trước", ago=7 * 24 * HOUR)
    say(tube, "Hôm qua", ago=24 * HOUR)
    begun = clock.now()
    for minutes in (0, 10, 20):
        with clock.frozen(begun + dt.timedelta(minutes=minutes)):
            assert polling.catch_up() == (not minutes)
    assert [one.words.text for one in heard.values()] == ["Hôm qua"]
    assert [(one.title, one.polled) for one in heard.values()] == [("Ngày hội đọc sách vùng cao", True)]


def test_it_rests_between_looks_the_longer_the_more_share_the_quota(channel, tube, heard):
    polling.catch_up()
    calls = len(tube.calls)
    polling.catch_up()
    assert len(tube.calls) == calls
    # Whatever a look costs and however many channels there are, a day costs the budget at most.
    for units, channels in ((2, 1), (16, 1), (2, 500), (400, 40)):
        assert dt.timedelta(days=1) / rest(units, channels) * units * channels <= BUDGET * 1.001
    assert rest(2, 20) <= dt.timedelta(minutes=10)


def test_a_spent_quota_lets_it_rest_until_the_next_day_there(channel, tube, heard):
    say(tube, "Hôm qua", ago=24 * HOUR)
    tube.state["quota"] = 0
    now = clock.now()
    assert polling.catch_up() == 0
    channel.refresh_from_db()
    assert channel.facts["comments"] == "yt_quota"
    assert dt.datetime.fromisoformat(channel.facts["heard_rest"]) == next_quota(now)
    tube.state["quota"] = 10_000
    with clock.frozen(next_quota(now)):
        polling.catch_up()
    assert "comments" not in ChannelAccount.objects.get(pk=channel.pk).facts


def test_an_account_from_before_the_permission_says_so_until_it_is_connected_again(channel, tube, heard):
    tube.state["scopes"] = ["https://www.googleapis.com/auth/youtube.upload"]
    say(tube, "Hôm qua", ago=24 * HOUR)
    assert polling.catch_up() == 0
    channel.refresh_from_db()
    assert (channel.facts["comments"], channel.health) == ("yt_scope", "unchecked")
    tube.state["scopes"] = None
    with clock.frozen(clock.now() + dt.timedelta(minutes=10)):
        assert polling.catch_up() == 1
    assert "comments" not in ChannelAccount.objects.get(pk=channel.pk).facts


def test_a_passing_failure_says_nothing_and_is_tried_again(channel, tube, heard):
    say(tube, "Hôm qua", ago=24 * HOUR)
    tube.faults.only, tube.faults.script = "/youtube/v3/commentThreads", ["error"]
    assert polling.catch_up() == 0
    channel.refresh_from_db()
    assert "comments" not in channel.facts
    assert "heard_at" not in channel.facts
    with clock.frozen(clock.now() + dt.timedelta(minutes=10)):
        assert polling.catch_up() == 1
