"""Films on a Page: taken up where the line broke, published once, scheduled, gone with consent."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loa.channels import engine, services
from loa.channels.facebook import films, hooks
from loa.channels.inbound import polling, reading
from loa.channels.models import ChannelAccount, Delivery, Video
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import draft, facebook_account, zalo_account
from loa.core import clock
from loa.core.errors import InvalidInput, NotFound, Refused
from loa.lib.tests.films import film

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


def upload(cast, *, actor=None, name="phim.mp4", raw=None, **shape):
    raw = film(**shape) if raw is None else raw
    return services.video_add(
        actor=actor or cast.editor,
        unit_id=cast.so.pk,
        upload=SimpleUploadedFile(name, raw, content_type="video/mp4"),
        title="Lễ khai giảng",
        description="Học sinh xếp hàng, cô hiệu trưởng đánh trống.",
        consent="obtained",
    )


def queue(cast, account, video, *, key="k" * 20, **more):
    return services.post_queue(
        actor=cast.editor, account_id=account.pk, draft=draft(cast.so), key=key, video_id=video.pk, **more
    )


def settled(row):
    engine.drain(most=60)
    row.refresh_from_db()
    return row


@pytest.fixture
def fast(sims):
    """Small pieces, films that are worked on for no time."""
    sims[0].piece, sims[0].film_works_for = 1000, 0.0
    return sims[0]


def finishes(sim):
    return sum(one["finished"] > 0 for one in sim.films.values())


def pieces(sim):
    return sum(path.endswith("/videos") for _method, path in sim.calls) - 2  # start and finish


def test_a_film_goes_out_in_pieces(cast, page, fast):
    row = settled(queue(cast, page, upload(cast, size=3500)))
    [(key, one)] = fast.films.items()
    assert (row.status, row.external_id) == (Status.SENT, key)
    assert one["got"] == one["size"] == row.post.video.size
    assert one["text"] == row.post.payload["text"]
    assert pieces(fast) == -(-one["size"] // 1000)
    assert [attempt.what for attempt in row.attempts.all()] == ["send", "poll"]
    assert len(fast.state["posts"]) == 1


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "cut", "error", "html", "rate"])
def test_a_broken_line_is_taken_up_where_it_broke(cast, page, fast, fault):
    row = queue(cast, page, upload(cast, size=5000))
    fast.faults.only = "/videos"
    fast.faults.script = ["ok", "ok", "ok", fault]  # start, two pieces, and then
    row = settled(row)
    [one] = fast.films.values()
    assert row.status == Status.SENT
    assert one["got"] == one["size"]
    assert len(fast.films) == 1  # not begun anew
    whole = -(-one["size"] // 1000)
    assert pieces(fast) == whole + 1  # only the piece that was lost is sent again, or its place asked for


def test_a_film_survives_a_worker_killed_in_the_middle(cast, page, fast, monkeypatch):
    class Killed(BaseException):
        """Gone."""

    def killed(*_args):
        raise Killed

    row = queue(cast, page, upload(cast, size=5000))
    fast.faults.only = "/videos"
    fast.faults.script = ["ok", "ok", "ok", "error"]  # start, two pieces, and then
    with monkeypatch.context() as patch:
        patch.setattr(films.Films, "_cut", killed)
        with pytest.raises(Killed):
            engine.work("killed")
    ChannelAccount.objects.update(lease_owner="", lease_until=None)
    row = settled(row)
    [one] = fast.films.values()
    assert (row.status, one["got"], len(fast.films)) == (Status.SENT, one["size"], 1)


@pytest.mark.parametrize(
    ("fault", "done", "whats"),
    [
        ("drop_after", 1, ["send", "check", "poll"]),
        ("drop_before", 1, ["send", "check", "send", "poll"]),
        ("error", 1, ["send", "check", "send", "poll"]),
    ],
)
def test_a_lost_answer_to_the_last_call_is_read_back_from_the_film(cast, page, fast, fault, done, whats):
    fast.film_works_for = 0.05
    row = queue(cast, page, upload(cast, size=900))
    fast.faults.only = "/videos"
    fast.faults.script = ["ok", "ok", "ok", fault]  # start, piece, piece (the boxes), finish
    row = settled(row)
    assert row.status == Status.SENT
    assert finishes(fast) == done == len(fast.state["posts"])
    seen = [attempt.what for attempt in row.attempts.all()]
    assert [what for number, what in enumerate(seen) if number == 0 or seen[number - 1] != what] in (
        whats,
        [what for what in whats if what != "poll"],
    )


def test_a_session_that_is_gone_is_begun_anew(cast, page, fast):
    row = queue(cast, page, upload(cast, size=5000))
    fast.faults.only = "/videos"
    fast.faults.script = ["ok", "ok", "drop_before"]
    engine.work("here")
    fast.films.clear()
    assert settled(row).status == Status.SENT
    assert len(fast.state["posts"]) == 1


def test_a_film_the_channel_cannot_use_fails_with_a_reason(cast, page, fast):
    fast.film_works_for = 1000
    row = queue(cast, page, upload(cast))
    engine.work("here")
    for one in fast.films.values():
        one["state"] = "error"
    row = settled(row)
    assert (row.status, row.code) == (Status.FAILED, "film_error")


# — reels —————————————————————————————————————————————————————————————————————————
UPRIGHT = {"width": 1080, "height": 1920, "seconds": 30}


@pytest.mark.parametrize("fault", ["ok", "cut", "drop_before", "drop_after"])
def test_a_reel_is_poured_from_where_it_stands(cast, page, fast, fault):
    row = queue(cast, page, upload(cast, size=9000, **UPRIGHT), form="reel")
    fast.faults.only = "/video-upload/"
    fast.faults.script = [fault]
    row = settled(row)
    [one] = fast.films.values()
    assert (row.status, one["kind"], one["got"]) == (Status.SENT, "reel", one["size"])
    assert finishes(fast) == 1
    pours = sum("/video-upload/" in path for _method, path in fast.calls)
    assert pours == (1 if fault in ("ok", "drop_after") else 2)


def test_a_page_that_had_its_reels_waits_for_tomorrow(cast, page, fast):
    for number in range(30):
        fast.films[str(number)] = {
            "page": page.external_id, "kind": "reel", "size": 1, "got": 1, "session": "", "text": "",
            "finished": fast.clock(), "at": 0, "state": "ready",
        }  # fmt: skip
    row = queue(cast, page, upload(cast, **UPRIGHT), form="reel")
    engine.work("here")
    row.refresh_from_db()
    assert (row.status, row.code) == (Status.RETRY, "reels_limit")


@pytest.mark.parametrize(
    ("shape", "form"),
    [
        ({"width": 1920, "height": 1080, "seconds": 30}, "reel"),
        ({"width": 1080, "height": 1920, "seconds": 95}, "reel"),
        ({"width": 1080, "height": 1920, "seconds": 2}, "reel"),
        ({"width": 450, "height": 800, "seconds": 30}, "reel"),
        ({"width": 400, "height": 1600, "seconds": 30}, "video"),
        ({"seconds": 5 * 3600}, "video"),
    ],
)
def test_a_film_of_the_wrong_shape_or_length_is_refused_before_it_is_queued(cast, page, shape, form):
    video = upload(cast, **shape)
    with pytest.raises(InvalidInput):
        queue(cast, page, video, form=form)
    assert not Delivery.objects.exists()


def test_zalo_takes_no_film_here(cast):
    with pytest.raises(InvalidInput):
        queue(cast, zalo_account(cast.so), upload(cast))


# — afterwards ————————————————————————————————————————————————————————————————————
def test_the_words_of_a_film_are_corrected_and_it_is_taken_down(cast, page, fast):
    row = settled(queue(cast, page, upload(cast)))
    services.post_edit(actor=cast.editor, delivery_id=row.pk, text="Lời đã sửa", key="e" * 20)
    engine.drain()
    assert [one["text"] for one in fast.films.values()] == ["Lời đã sửa"]
    services.source_withdraw(actor=cast.editor, source="test", source_id=row.post.source_id)
    engine.drain()
    assert fast.films == {}
    assert fast.state["posts"] == []


@pytest.mark.django_db(transaction=True)  # the file goes with the commit
def test_consent_taken_back_takes_the_film_from_everywhere(cast, client, page, fast):
    video = upload(cast)
    out = settled(queue(cast, page, video))
    waiting = queue(cast, page, video, key="w" * 20, at=clock.now() + dt.timedelta(hours=2))
    for who in (cast.owner, cast.lead, cast.outsider):
        with pytest.raises((Refused, NotFound)):
            services.video_withdraw(actor=who, video_id=video.pk, reason="Thử")
    with pytest.raises(InvalidInput):
        services.video_withdraw(actor=cast.editor, video_id=video.pk, reason="")
    assert services.video_withdraw(actor=cast.editor, video_id=video.pk, reason="Phụ huynh đề nghị") == 2
    engine.drain()
    waiting.refresh_from_db()
    assert (waiting.status, fast.films) == (Status.CANCELLED, {})
    assert Delivery.objects.get(intent=Intent.WITHDRAW).follows_id == out.pk
    assert not video.file.storage.exists(video.file.name)
    client.force_login(cast.editor)
    assert client.get(reverse("channels:video", args=[video.pk])).status_code == 404


def test_how_a_film_was_met(cast, page, fast):
    row = settled(queue(cast, page, upload(cast)))
    for one in fast.films.values():
        one["finished"] -= 40 * 3600
    services.measure_due()
    found = {one.name: one.value for one in row.measures.all()}
    assert found["views"] > 0
    assert "reach" not in found


# — what is said below a film ——————————————————————————————————————————————————————
@pytest.mark.parametrize("told", ["post_id", "number", "nothing"])
def test_a_comment_below_a_film_is_known_to_stand_there(cast, page, fast, monkeypatch, told):
    """Facebook's events name the post that shows the film, not the film."""
    heard = []
    monkeypatch.setattr(reading, "said", [lambda said: heard.append(said) or True])
    monkeypatch.setattr(reading, "taken", [])
    if told != "post_id":
        monkeypatch.setattr(fast, "_film", lambda request, key, film=fast._film: _without_post(film(request, key)))
    row = settled(queue(cast, page, upload(cast)))
    [post] = fast.state["posts"]
    assert post["id"] not in ("", row.external_id)
    if told == "number":
        place = f"{page.external_id}_{row.external_id}"
    else:
        place = post["id"]
    value = {"comment_id": "c1", "post_id": place, "from": {"id": "77", "name": "An"}, "message": "Hay quá"}
    words = hooks.words(page.external_id, "comment.add", {"value": value, "time": clock.now().timestamp()})
    reading.tell(page, words)
    [said] = heard
    assert said.title == ("" if told == "nothing" else row.post.title)
    assert said.link == ("" if told == "nothing" else row.permalink)


def _without_post(reply):
    reply.body.pop("post_id", None)
    return reply


def test_comments_below_a_film_are_caught_up_on(cast, page, fast, monkeypatch):
    heard = []
    monkeypatch.setattr(reading, "said", [lambda said: heard.append(said) or True])
    monkeypatch.setattr(reading, "taken", [])
    row = settled(queue(cast, page, upload(cast)))
    fast.say(fast.state["posts"][0]["id"], "Hay quá", name="An")
    assert polling.one(page) == 1
    assert [(said.words.text, said.title) for said in heard] == [("Hay quá", row.post.title)]


# — scheduled at the channel ——————————————————————————————————————————————————————
@pytest.mark.parametrize("fault", ["ok", "drop_after", "drop_before"])
def test_a_post_is_given_to_the_channel_ahead_of_its_hour(cast, page, sims, fault):
    at = clock.now() + dt.timedelta(hours=5)
    row = services.post_queue(
        actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="s" * 20, at=at, hand_over=True
    )
    sims[0].faults.only = "/feed"
    sims[0].faults.script = [fault]
    row = settled(row)
    [post] = sims[0].state["posts"]
    assert (row.status, row.external_id) == (Status.SENT, post["id"])
    assert post["scheduled"] == int(at.timestamp())
    assert row.post.payload["text"] not in sims[0].feed()  # nobody sees it yet
    services.source_withdraw(actor=cast.editor, source="test", source_id=row.post.source_id)
    engine.drain()
    assert sims[0].state["posts"] == []


def test_a_correction_before_its_hour_carries_no_note(cast, page, sims):
    at = clock.now() + dt.timedelta(hours=5)
    made = draft(cast.so)
    services.post_queue(actor=cast.editor, account_id=page.pk, draft=made, key="s" * 20, at=at, hand_over=True)
    engine.drain()
    new = dataclasses.replace(made, lead="Lời đã sửa trước giờ.")
    services.source_correct(actor=cast.editor, draft=new, note="Ghi nhầm.", version=2)
    engine.drain()
    [post] = sims[0].state["posts"]
    assert "Lời đã sửa trước giờ." in post["message"]
    assert "Đính chính" not in post["message"]


@pytest.mark.parametrize("ahead", [dt.timedelta(minutes=5), dt.timedelta(days=29), None])
def test_an_hour_the_channel_does_not_keep_is_refused(cast, page, ahead):
    at = clock.now() + ahead if ahead else None
    with pytest.raises(InvalidInput):
        services.post_queue(
            actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key="s" * 20, at=at, hand_over=True
        )
    assert not Delivery.objects.exists()


# — keeping films —————————————————————————————————————————————————————————————————
@pytest.mark.parametrize("raw", [b"", b"GIF89a" * 20, film()[:-100]])
def test_what_is_no_film_is_not_kept(cast, client, raw):
    client.force_login(cast.editor)
    form = {
        "unit": cast.so.pk, "title": "Tên tôi gõ", "description": "Mô tả", "consent": "no_people",
        "file": SimpleUploadedFile("phim.mp4", raw),
    }  # fmt: skip
    answer = client.post(reverse("channels:videos"), form)
    assert answer.status_code == 400
    assert "Tên tôi gõ" in answer.content.decode()
    assert not Video.objects.exists()


def test_a_film_that_is_too_large_is_turned_away_before_it_is_read(cast, client, settings):
    settings.LOA_VIDEO_MAX_BYTES = 1000
    client.force_login(cast.editor)
    answer = client.post(reverse("channels:videos"), {"file": SimpleUploadedFile("p.mp4", b"x" * 2_000_000)})
    assert answer.status_code == 400
    assert "Phim nặng hơn" in answer.content.decode()
    with pytest.raises(InvalidInput):
        upload(cast, size=5000)


def test_films_are_for_those_who_publish(cast, client):
    video = upload(cast)
    url = reverse("channels:video", args=[video.pk])
    with pytest.raises(Refused):
        upload(cast, actor=cast.owner)
    for who, status in ((cast.editor, 200), (cast.chief, 200), (cast.owner, 403), (cast.outsider, 403)):
        client.force_login(who)
        assert client.get(url).status_code == status
    client.force_login(cast.editor)
    piece = client.get(url, headers={"Range": "bytes=4-9"})
    assert (piece.status_code, piece.content, piece.headers["Content-Range"]) == (
        206, film()[4:10], f"bytes 4-9/{video.size}",
    )  # fmt: skip
    assert "Lễ khai giảng" in client.get(reverse("channels:videos")).content.decode()
