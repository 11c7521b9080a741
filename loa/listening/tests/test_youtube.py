"""Channels of YouTube by the Data API, against its stand-in: addresses, quota, keys, what a channel takes back."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.channels.youtube.errors import next_quota
from loa.channels.youtube.sim import YouTubeSim
from loa.channels.youtube.sim_lists import API_KEY, channel, film
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.core.heard import Heard
from loa.listening import collecting, services
from loa.listening.models import Item, Source
from loa.listening.readers.films import Named, first_lines, named, read_films
from loa.listening.rules import tidy

KEY = "UC" + "Az0_-" * 4 + "zz"
HANDLE = "https://www.youtube.com/@truyenhinhsonglam"
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.youtube.com/@TruyenHinhSongLam", Named("handle", "TruyenHinhSongLam")),
        ("https://www.youtube.com/@truyenhinhsonglam/videos", Named("handle", "truyenhinhsonglam")),
        ("https://m.youtube.com/@a.b-c/streams?si=x&feature=share", Named("handle", "a.b-c")),
        ("http://youtube.com/%40gi%C3%A1od%E1%BB%A5c/", Named("handle", "giáodục")),
        ("https://www.youtube.com/@gia\u0301odu\u0323c", Named("handle", "giáodục")),  # NFD
        (f"https://www.youtube.com/channel/{KEY}/featured", Named("id", KEY)),
        (f"https://music.youtube.com/channel/{KEY}", Named("id", KEY)),
        (f"https://www.youtube.com/feeds/videos.xml?channel_id={KEY}", Named("id", KEY)),
        ("https://www.youtube.com/feeds/videos.xml?user=ptth", Named("user", "ptth")),
        ("https://www.youtube.com/user/ptth/playlists", Named("user", "ptth")),
        ("https://www.youtube.com/c/%C4%90%C3%A0iPTTH/about", Named("name", "ĐàiPTTH")),
        ("https://www.youtube.com/daiptth", Named("name", "daiptth")),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", Named("video", "dQw4w9WgXcQ")),
        ("https://www.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&list=PL1", Named("video", "dQw4w9WgXcQ")),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", Named("video", "dQw4w9WgXcQ")),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", Named("video", "dQw4w9WgXcQ")),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", Named("video", "dQw4w9WgXcQ")),
        ("https://www.youtube.com/", None),
        ("https://www.youtube.com/@", None),
        ("https://www.youtube.com/channel/UCngan", None),
        ("https://www.youtube.com/playlist?list=PL1", None),
        ("https://www.youtube.com/results?search_query=x", None),
        ("https://www.youtube.com/watch?v=", None),
        ("https://youtu.be/", None),
        ("https://youtube.com.example/@x", None),
        ("https://bao.example/@x", None),
        ("https://[x", None),
    ],
)
def test_every_address_a_person_would_paste(url, found):
    assert named(url) == found


def test_addresses_are_made_whole():
    assert tidy(" @truyenhinhsonglam ") == HANDLE
    assert tidy("www.youtube.com/@x") == "https://www.youtube.com/@x"
    assert tidy("bao.example") == "https://bao.example"
    assert tidy("https://bao.example/a") == "https://bao.example/a"
    for odd in ("bao", "khong phai", "a b.c", "javascript:alert(1)", ""):
        assert tidy(odd) == odd


def test_the_first_lines_of_a_description_are_about_the_film():
    text = "Thời sự tối.\n\n▬▬▬▬▬\nhttps://youtube.com/x\n#songlam #giaoduc\nHọc sinh nghỉ học.\n" + "dòng\n" * 9
    assert first_lines(text) == "Thời sự tối.\nHọc sinh nghỉ học.\ndòng\ndòng\ndòng"
    assert len(first_lines("a" * 9000)) == 600
    assert first_lines("") == ""


def test_what_an_answer_lacks_is_left_out():
    row = {"contentDetails": {"videoId": "abcdef12345", "videoPublishedAt": "2026-11-29T01:00:00Z"}}
    good = {**row, "snippet": {"title": "Một"}, "status": {"privacyStatus": "public"}}
    odd = [
        None, 7, {}, {**good, "contentDetails": {"videoId": "abcdef12345"}},  # "Deleted video"
        {**good, "status": {"privacyStatus": "private"}}, {**good, "contentDetails": {"videoId": "<x>"}},
    ]  # fmt: skip
    (one,) = read_films({"items": [*odd, good]}, page="https://www.youtube.com/watch?v={key}")
    assert (one.url, one.external, one.title, one.outlet, one.author, one.reach) == (
        "https://www.youtube.com/watch?v=abcdef12345", "abcdef12345", "Một", "", "", None,
    )  # fmt: skip
    assert read_films({"items": "x"}, page="{key}") == read_films({}, page="{key}") == []


# — with the stand-in —————————————————————————————————————————————————————————————————————


@pytest.fixture
def tube(settings):
    """The stand-in, with a television's channel and an office's."""
    sim = YouTubeSim()
    now = sim.clock()
    films = [
        film("filmfilm001", "Thời sự: học sinh nghỉ học tránh bão", now - DAY, "Cả tỉnh nghỉ.\nhttps://x.example"),
        film("filmfilm002", "Phụ huynh hỏi khoản thu, gọi 0912345678", now - 3 * DAY),
        film("filmfilm003", "Khai giảng", now - 80 * DAY),
        film("filmfilm004", "Nội bộ", now - DAY, privacy="private"),
    ]
    sim.state["others"] = [
        channel(KEY, "Truyền hình Sông Lam", handle="@TruyenHinhSongLam", user="ptth", films=films),
        channel("UC" + "b" * 22, "Trống", handle="@trống"),
    ]
    server = sim.serve()
    base = f"http://127.0.0.1:{server.server_port}"
    settings.LOA_CHANNEL_URLS = {**settings.LOA_CHANNEL_URLS, "youtube": base}
    settings.LOA_YOUTUBE_API_KEY = API_KEY
    yield sim
    server.shutdown()
    server.server_close()


def listen(cast, url=HANDLE, **fields):
    values = {"name": "Truyền hình", "kind": "feed", "outlet": "local", **fields}
    return services.source_add(actor=cast.office, unit=cast.so, url=url, **values)


def collect():
    return collecting.collect_due(pause=False)


def later(**ahead):
    return clock.frozen(clock.now() + dt.timedelta(**ahead))


def asked(tube):
    return [path.rpartition("/")[2] for _method, path in tube.calls]


@pytest.mark.django_db
def test_films_of_a_channel_are_heard(cast, tube):
    source = listen(cast)
    assert (source.kind, source.outlet, source.keep_days) == ("youtube", "video", 28)
    assert collect() == 2  # neither the archive nor what is private
    item = Item.objects.get(title__startswith="Thời sự")
    assert item.url == "https://www.youtube.com/watch?v=filmfilm001"
    assert (item.text, item.author, item.outlet_name, item.reach) == ("Cả tỉnh nghỉ.", "", "Truyền hình", None)
    assert item.read_due is None
    assert item.keep_until == clock.today() + dt.timedelta(days=28)
    assert "[số điện thoại]" in Item.objects.get(title__startswith="Phụ huynh").title
    source.refresh_from_db()
    assert (source.feed_url, source.uploads) == (f"https://www.youtube.com/channel/{KEY}", "UU" + KEY[2:])
    assert asked(tube) == ["channels", "playlistItems"]  # no robots.txt: an API is no page
    with later(minutes=31):
        assert collect() == 0
    assert asked(tube)[2:] == ["playlistItems"]
    assert source.fetches.first().outcome == "same"
    assert source.fetches.first().status == 304
    tube.others()[0]["films"].append(film("filmfilm005", "Mới", tube.clock()))
    with later(minutes=62):
        assert collect() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "calls"),
    [
        (f"https://www.youtube.com/channel/{KEY}", 2),
        ("https://www.youtube.com/user/ptth", 2),
        ("https://www.youtube.com/c/truyenhinhsonglam", 2),
        ("https://www.youtube.com/c/ptth", 3),
        ("https://youtu.be/filmfilm001", 3),
        ("@truyenhinhsonglam", 2),
    ],
)
def test_whatever_names_the_channel(cast, tube, url, calls):
    source = listen(cast, url)
    assert collect() == 2
    source.refresh_from_db()
    assert source.feed_url.endswith(KEY)
    assert len(tube.calls) == calls


@pytest.mark.django_db
def test_one_channel_is_read_once_whatever_it_is_called(cast, tube):
    first = listen(cast)
    collect()
    second = listen(cast, "https://youtu.be/filmfilm001", name="Lần nữa")
    collect()
    second.refresh_from_db()
    assert (second.active, second.error) == (False, "feed_taken")
    assert first.items.count() == 2
    with pytest.raises(Conflict, match="Truyền hình"):
        listen(cast, f"https://www.youtube.com/channel/{KEY}")


@pytest.mark.django_db
def test_what_the_channel_changes_or_takes_back_goes_here_too(cast, tube):
    source = listen(cast)
    collect()
    services.analyse_waiting()
    first, second, *_others = tube.others()[0]["films"]
    first["title"], second["privacy"] = "Thời sự: học sinh đi học lại", "private"
    with later(minutes=31):
        assert collect() == 0
    assert list(source.items.filter(forgotten=False).values_list("title", flat=True)) == [
        "Thời sự: học sinh đi học lại"
    ]
    gone = source.items.get(forgotten=True)
    assert (gone.title, gone.text, gone.url) == ("", "", "")


@pytest.mark.django_db
def test_an_empty_list_takes_nothing_back(cast, tube):
    source = listen(cast)
    collect()
    films = tube.others()[0]["films"]
    tube.others()[0]["films"] = []
    with later(minutes=31):
        assert collect() == 0
    source.refresh_from_db()
    assert (source.error, source.items.filter(forgotten=False).count()) == ("", 2)
    tube.others()[0]["films"] = films[:1]
    with later(minutes=62):
        collect()
    assert source.items.filter(forgotten=False).count() == 1


@pytest.mark.django_db
def test_a_film_too_old_for_a_look_was_not_taken_back(cast, tube, monkeypatch):
    tube.others()[0]["films"] = [
        film("filmfilm006", "Ngày hội đọc sách", tube.clock() - 20 * DAY),
        film("filmfilm007", "Họp phụ huynh đầu năm", tube.clock() - 10 * DAY),
    ]
    source = listen(cast)
    assert collect() == 2
    tube.others()[0]["films"][1]["privacy"] = "private"
    tube.others()[0]["films"].append(film("filmfilm008", "Mới", tube.clock()))
    # Not `frozen`: the thread that looks must live as late as the one that stores.
    moment = clock.now() + dt.timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert collect() == 1
    kept = source.items.filter(forgotten=False).values_list("title", flat=True)
    assert set(kept) == {"Ngày hội đọc sách", "Mới"}
    assert source.items.filter(forgotten=True).count() == 1


@pytest.mark.django_db
def test_the_audit_log_keeps_no_words_of_a_film_or_a_person(cast, tube):
    listen(cast)
    collect()
    services.analyse_waiting()
    item = Item.objects.get(title__startswith="Thời sự")
    value = "pos" if item.tone != "pos" else "neg"
    services.item_correct(actor=cast.office, item=item, field="tone", value=value)
    other = Item.objects.get(title__startswith="Phụ huynh")
    services.item_confirm(actor=cast.office, item=other, field="tone")
    rows = LogEntry.objects.filter(action__in=("listening.item.corrected", "listening.item.confirmed"))
    assert {(row.object_label, row.data["item"]) for row in rows} == {
        ("Truyền hình", item.pk),
        ("Truyền hình", other.pk),
    }


@pytest.mark.django_db
def test_of_a_long_list_only_what_it_must_hold_is_judged(cast, tube):
    source = listen(cast)
    collect()
    tube.others()[0]["films"] += [film(f"nhieuphim{n:03d}", f"Phim {n}", tube.clock() - n * 60) for n in range(50)]
    with later(minutes=31):
        assert collect() == 50
    # the two of before are on the next page, which nobody asks for
    assert source.items.filter(forgotten=False).count() == 52


@pytest.mark.django_db
def test_words_go_before_the_thirty_days_are_over_and_the_channel_is_asked_for_again(cast, tube):
    source = listen(cast)
    collect()
    with later(days=29):
        services.forget_old_words()
        assert not Item.objects.filter(forgotten=False).exists()
        collect()
        assert asked(tube)[2:] == ["channels", "playlistItems"]
        source.refresh_from_db()
        assert source.feed_at > clock.now() - dt.timedelta(hours=1)
    with pytest.raises(InvalidInput, match="28"):
        services.source_change(
            actor=cast.office, source=source, name="x", kind="youtube", outlet="video", url=HANDLE, keep_days=29
        )


@pytest.mark.django_db
def test_a_handle_that_went_to_somebody_else_changes_nothing(cast, tube):
    source = listen(cast)
    collect()
    tube.others()[0]["handle"] = "@moi"
    tube.others()[1]["handle"] = "@truyenhinhsonglam"
    with later(days=29):
        collect()
    source.refresh_from_db()
    assert (source.feed_url.endswith(KEY), source.error) == (True, "")


@pytest.mark.django_db
def test_a_channel_that_is_gone_and_one_without_films(cast, tube):
    source, empty = listen(cast), listen(cast, "https://www.youtube.com/@tr%E1%BB%91ng", name="Trống")
    nobody = listen(cast, "https://www.youtube.com/@khongcoai", name="Không")
    collect()
    for row in (source, empty, nobody):
        row.refresh_from_db()
    assert (source.error, empty.error, nobody.error) == ("", "", "yt_gone")
    assert empty.fetches.get().outcome == "ok"
    del tube.others()[0]
    with later(minutes=31):
        collect()
        with later(minutes=1):
            assert "YouTube không có kênh nào" in shown(cast.office, "source", source.pk)
    source.refresh_from_db()
    assert (source.error, source.failures) == ("yt_gone", 1)


@pytest.mark.django_db
def test_no_more_is_asked_once_the_quota_is_spent(cast, tube):
    sources = [listen(cast), listen(cast, "@trống", name="Trống")]
    tube.state["quota"] = 0
    collect()
    assert len(tube.calls) == 1
    for source in sources:
        source.refresh_from_db()
        assert source.error == "yt_quota"
        assert source.next_at == next_quota(source.last_fetch_at)
    assert source.next_at - source.last_fetch_at < dt.timedelta(hours=25)
    tube.state["quota"] = 10
    with clock.frozen(source.next_at):
        assert collect() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "code"),
    [("rate", "throttled"), ("error", "server"), ("html", "server"), ("drop_before", "unreachable")],
)
def test_what_passes_is_tried_again(cast, tube, fault, code):
    tube.faults.script = [fault]
    source = listen(cast)
    collect()
    source.refresh_from_db()
    assert (source.error, source.failures) == (code, 1)
    with later(hours=2):
        assert collect() == 2


@pytest.mark.django_db
def test_without_a_key_nothing_pretends(cast, tube, settings):
    source = listen(cast)
    settings.LOA_YOUTUBE_API_KEY = "falsch"
    collect()
    source.refresh_from_db()
    assert source.error == "yt_key"
    settings.LOA_YOUTUBE_API_KEY = ""
    before = len(tube.calls)
    with later(hours=2):
        collect()
    source.refresh_from_db()
    assert (source.error, len(tube.calls)) == ("yt_no_key", before)
    assert "LOA_YOUTUBE_API_KEY" in shown(cast.office, "source", source.pk)
    assert "LOA_YOUTUBE_API_KEY" in shown(cast.office, "source_add")
    with pytest.raises(InvalidInput, match="LOA_YOUTUBE_API_KEY"):
        listen(cast, "https://www.youtube.com/@khac", name="Khác")
    with pytest.raises(InvalidInput, match="Không thấy kênh"):
        listen(cast, "https://www.youtube.com/playlist?list=PL1", name="Khác")
    with pytest.raises(InvalidInput, match="Không thấy kênh"):
        listen(cast, "https://bao.example", name="Khác", kind="youtube")


@pytest.mark.django_db
def test_the_key_goes_to_no_other_host_and_into_no_address(cast, tube, monkeypatch):
    seen = []
    real = tube.handle
    monkeypatch.setattr(tube, "handle", lambda request: (seen.append(request), real(request))[1])
    listen(cast)
    collect()
    assert [request.headers["x-goog-api-key"] for request in seen] == [API_KEY] * 2
    assert not any(API_KEY in str(request.query) for request in seen)


@pytest.mark.django_db
def test_nobodys_statistics_are_asked_for_or_kept(cast, tube, monkeypatch):
    seen = []
    real = tube.handle
    monkeypatch.setattr(tube, "handle", lambda request: (seen.append(request.get("part")), real(request))[1])
    listen(cast)
    collect()
    assert seen == ["snippet,contentDetails", "snippet,contentDetails,status"]
    assert not Item.objects.filter(reach__isnull=False).exists()


def shown(user, name, *args, status=200, data=None):
    client = Client()
    client.force_login(user)
    url = reverse(f"listening:{name}", args=args)
    answer = client.post(url, data) if data is not None else client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.django_db
def test_the_form_finds_the_channel_before_it_is_added(cast, tube):
    form = {"unit": cast.so.pk, "name": "Đài", "kind": "feed", "outlet": "local", "url": "@truyenhinhsonglam",
            "every": "30", "xem": "1"}  # fmt: skip
    text = shown(cast.office, "source_add", data=form)
    assert "Đã tìm thấy kênh YouTube “Truyền hình Sông Lam”" in text
    assert "2 phim trong 30 ngày qua" in text
    assert Source.objects.count() == 0
    del form["xem"]
    shown(cast.office, "source_add", status=302, data=form)
    source = Source.objects.get()
    assert (source.url, source.kind) == (HANDLE, "youtube")
    collect()
    text = shown(cast.office, "source", source.pk)
    assert "https://www.youtube.com/t/terms" in text
    services.analyse_waiting()
    item = Item.objects.get(title__startswith="Thời sự")
    assert "không phải của YouTube" in shown(cast.office, "item", item.pk)


@pytest.mark.django_db
def test_feeds_of_youtube_of_an_earlier_version_become_channels(cast):
    values = {"unit": cast.so, "kind": "feed", "outlet": "local", "keep_days": 1095}
    old = Source.objects.create(
        name="Kênh", url=f"https://www.youtube.com/feeds/videos.xml?channel_id={KEY}", error="robots", **values
    )
    paper = Source.objects.create(name="Báo", url="https://bao.example/rss", **values)
    import_module("loa.listening.migrations.0019_youtube").channels(apps, None)
    old.refresh_from_db()
    paper.refresh_from_db()
    assert (old.kind, old.outlet, old.keep_days, old.error) == ("youtube", "video", 28, "")
    assert (paper.kind, paper.keep_days) == ("feed", 1095)


@pytest.mark.django_db
def test_comments_below_our_films_are_a_source_called_as_people_call_it(cast):
    values = {"kind": "ours", "outlet": "own", "keep_days": 180}
    old = Source.objects.create(unit=cast.so, name="youtube: Kênh của Sở", **values)
    two = [Source.objects.create(unit=cast.xa, name=f"{code}: Kênh", **values) for code in ("youtube", "YouTube")]
    import_module("loa.listening.migrations.0027_youtube_named").named(apps, None)
    # The old one goes on, and none begins beside it.
    services.heard_taken(
        Heard(cast.so.pk, "youtube", "Kênh của Sở", key="youtube:x", text="Phim hay quá", at=clock.now())
    )
    old.refresh_from_db()
    assert (old.name, old.items.count(), Source.objects.count()) == ("YouTube: Kênh của Sở", 1, 3)
    assert [Source.objects.get(pk=one.pk).name for one in two] == ["youtube: Kênh", "YouTube: Kênh"]
