"""Films onto YouTube and TikTok: taken up where the line broke, never twice, what a person must do is said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.base import ContentFile

from loa.channels import engine, sending, services
from loa.channels.kinds import kinds
from loa.channels.models import ChannelAccount, ChannelSecret, Delivery, Video
from loa.channels.renewing import access_token
from loa.channels.rules import Result, Status
from loa.channels.services import measuring, source_withdraw
from loa.channels.tests.factories import draft
from loa.channels.tiktok import sim as tt
from loa.channels.tiktok import transport as tt_transport
from loa.channels.vault import opened
from loa.channels.youtube import sim as yt
from loa.channels.youtube import transport as yt_transport
from loa.channels.youtube.errors import next_quota
from loa.channels.youtube.format import within_bytes
from loa.core import clock
from loa.core.errors import InvalidInput
from loa.lib.http import DoorError

pytestmark = pytest.mark.django_db
PIECE = 256 * 1024


class World:
    """One simulator, the account on it, a film."""

    def __init__(self, cast: Any, settings: Any, kind: str) -> None:
        self.cast, self.kind = cast, kind
        self.sim: Any = yt.YouTubeSim() if kind == "youtube" else tt.TikTokSim()
        self.server = self.sim.serve()
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        settings.LOA_CHANNEL_URLS = {**settings.LOA_CHANNEL_URLS, kind: url, "youtube_oauth": url}
        settings.LOA_DELIVERY_PACE, settings.LOA_DELIVERY_TIMEOUT, settings.LOA_DELIVERY_LEASE = 0.0, 3, 10
        sending.door.cache_clear()
        secret = (
            {"refresh_token": yt.REFRESH, "client_id": yt.CLIENT_ID, "client_secret": yt.CLIENT_SECRET}
            if kind == "youtube"
            else {"refresh_token": tt.REFRESH, "client_key": tt.CLIENT_KEY, "client_secret": tt.CLIENT_SECRET}
        )
        made = services.account_save(
            actor=cast.chief, account_id=None, unit_id=cast.so.pk, kind=kind,
            fields={"name": "Kênh của Sở", "external_id": yt.CHANNEL_ID if kind == "youtube" else tt.USERNAME},
        )  # fmt: skip
        self.account = services.account_connect(actor=cast.chief, account_id=made.pk, secret=secret)

    def film(self, size: int = 4 * PIECE + 1000, seconds: float = 40) -> Video:
        row = Video(
            unit=self.cast.so, title="Ngày hội đọc", description="Học sinh đọc sách", consent="no_people",
            size=size, seconds=seconds, width=1280, height=720, uploaded_by=self.cast.editor,
        )  # fmt: skip
        row.file.save("phim.mp4", ContentFile(bytes(range(256)) * (size // 256) + b"x" * (size % 256)), save=False)
        row.save()
        return row

    def post(self, key: str = "mot", **film: Any) -> Delivery:
        return services.post_queue(
            actor=self.cast.editor, account_id=self.account.pk, draft=draft(self.cast.so), key=key,
            video_id=self.film(**film).pk,
        )  # fmt: skip

    def settle(self, row: Delivery) -> Delivery:
        engine.drain(most=60)
        row.refresh_from_db()
        return row

    @property
    def out(self) -> list[Any]:
        return self.sim.state["videos"] if self.kind == "youtube" else self.sim.published


def opened_world(cast: Any, settings: Any, kind: str) -> Iterator[World]:
    made = World(cast, settings, kind)
    yield made
    sending.door().close()
    sending.door.cache_clear()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def youtube(cast: Any, settings: Any, monkeypatch: Any) -> Iterator[World]:
    monkeypatch.setattr(yt_transport, "PIECE", PIECE)
    yield from opened_world(cast, settings, "youtube")


@pytest.fixture
def tiktok(cast: Any, settings: Any, monkeypatch: Any) -> Iterator[World]:
    monkeypatch.setattr(tt_transport, "PIECE", PIECE)
    yield from opened_world(cast, settings, "tiktok")


@pytest.fixture
def one_step(monkeypatch: Any) -> None:
    """A turn of the engine is one try."""
    monkeypatch.setattr(engine, "TURN", 1)


FAULTS = ["drop_before", "drop_after", "error", "html", "rate"]


# — YouTube ——————————————————————————————————————————————————————————————————————————
def test_a_film_goes_onto_youtube_in_pieces(youtube: World) -> None:
    row = youtube.settle(youtube.post())
    assert row.status == Status.SENT
    [film] = youtube.out
    assert (film["id"], film["size"]) == (row.external_id, row.post.video.size)
    assert film["title"] == row.post.payload["title"]
    assert row.permalink == f"https://www.youtube.com/watch?v={film['id']}"
    assert film["status"]["selfDeclaredMadeForKids"] is False


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", range(6))
def test_whatever_breaks_there_is_one_film(youtube: World, fault: str, at: int) -> None:
    youtube.settle(youtube.post("khoi-dong"))  # a token is there: faults meet the upload
    youtube.sim.faults.script = ["ok"] * at + [fault]
    row = youtube.settle(youtube.post())
    assert row.status == Status.SENT
    assert len(youtube.out) == 2


def test_a_session_that_takes_less_is_asked_where_it_stands(youtube: World) -> None:
    youtube.sim.takes = PIECE // 2
    row = youtube.post()
    for _ in range(4):
        row = youtube.settle(row)
        youtube.sim.takes = 0
    assert row.status == Status.SENT
    assert len(youtube.out) == 1


def test_a_session_that_is_gone_in_the_middle_is_begun_anew(youtube: World, one_step: None) -> None:
    youtube.sim.faults.only = "/phien/"
    youtube.sim.faults.script = ["ok", "drop_before"]
    row = youtube.post()
    engine.work("w")
    row.refresh_from_db()
    assert (row.status, youtube.out) == (Status.RETRY, [])
    youtube.sim.state["sessions"].clear()
    row = youtube.settle(row)
    assert row.status == Status.SENT
    assert len(youtube.out) == 1


def test_a_last_answer_lost_and_the_session_forgotten_is_found_among_the_uploads(
    youtube: World, one_step: None
) -> None:
    youtube.sim.faults.only = "/phien/"
    youtube.sim.faults.script = ["ok"] * 4 + ["drop_after"]
    row = youtube.post()
    engine.work("w")
    row.refresh_from_db()
    assert row.status == Status.CHECKING
    youtube.sim.state["sessions"].clear()
    row = youtube.settle(row)
    assert row.status == Status.SENT
    assert len(youtube.out) == 1


def test_a_project_that_is_not_audited_is_said_and_nothing_goes_up_twice(youtube: World) -> None:
    youtube.sim.unaudited = True
    row = youtube.settle(youtube.post())
    assert (row.status, row.code) == (Status.FAILED, "yt_locked")
    youtube.out[0]["status"]["privacyStatus"] = "public"  # a person has opened it in the Studio
    services.delivery_retry(actor=youtube.cast.editor, delivery_id=row.pk)
    row = youtube.settle(row)
    assert row.status == Status.SENT
    assert len(youtube.out) == 1


def test_a_spent_quota_waits_for_the_next_day_there(youtube: World) -> None:
    youtube.sim.state["uploads"] = 0
    row = youtube.settle(youtube.post())
    assert (row.status, row.code) == (Status.RETRY, "yt_quota")
    assert youtube.out == []
    noon = dt.datetime(2026, 11, 29, 5, tzinfo=dt.UTC)  # 21:00 of the 28th there
    assert next_quota(noon) == dt.datetime(2026, 11, 29, 8, 2, tzinfo=dt.UTC)


def test_a_film_that_is_rejected_is_said(youtube: World) -> None:
    youtube.sim.works_for = 1000
    row = youtube.post()
    engine.work("w")
    row.refresh_from_db()
    assert row.status == Status.PROCESSING
    youtube.out[0]["bad"] = {"uploadStatus": "rejected", "rejectionReason": "duplicate"}
    row = youtube.settle(row)
    assert (row.status, row.code, row.detail) == (Status.FAILED, "film_error", "duplicate")


def test_taking_down_takes_down(youtube: World) -> None:
    row = youtube.settle(youtube.post())
    source_withdraw(actor=youtube.cast.chief, source="test", source_id=row.post.source_id)
    youtube.settle(row)
    assert youtube.out == []


def test_a_post_without_a_film_is_not_taken(youtube: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.post_queue(
            actor=youtube.cast.editor, account_id=youtube.account.pk, draft=draft(youtube.cast.so), key="k"
        )
    assert refused.value.field == "video"
    assert not Delivery.objects.exists()


def test_tokens_are_renewed_ahead_and_never_lost(youtube: World) -> None:
    talk = sending.Talk(youtube.account)
    url = f"http://127.0.0.1:{youtube.server.server_address[1]}/token"
    form = {"client_id": yt.CLIENT_ID, "client_secret": yt.CLIENT_SECRET}
    first, wrong = access_token(talk, url, form)
    assert wrong is None
    assert access_token(talk, url, form) == (first, None)
    assert len(youtube.sim.calls) == 1
    with clock.frozen(clock.now() + dt.timedelta(minutes=56)):
        assert access_token(talk, url, form)[0] != first
    kept = opened(ChannelSecret.objects.get(account=youtube.account).sealed)
    assert kept["refresh_token"] == yt.REFRESH  # the reply held none: the old one stays
    _token, wrong = access_token(talk, url, {"client_id": "x", "client_secret": "y"}, anew=True)
    assert wrong is not None
    assert wrong.result == Result.ACCOUNT
    assert opened(ChannelSecret.objects.get(account=youtube.account).sealed) == kept


def test_a_token_that_died_early_is_renewed_once(youtube: World) -> None:
    youtube.settle(youtube.post("a"))
    youtube.sim.state["token"] = "khác"
    row = youtube.settle(youtube.post("b"))
    assert row.status == Status.SENT
    assert len(youtube.out) == 2


def test_the_check_finds_a_wrong_channel(youtube: World) -> None:
    assert services.account_check(account=youtube.account).result == Result.SENT
    ChannelAccount.objects.filter(pk=youtube.account.pk).update(external_id="UCkhac")
    youtube.account.refresh_from_db()
    assert services.account_check(account=youtube.account).code == "wrong_token"


def test_descriptions_are_counted_in_bytes() -> None:
    text = within_bytes("Trường " * 2000, 5000)
    assert 4900 < len(text.encode()) <= 5000


# — TikTok ———————————————————————————————————————————————————————————————————————————
def test_a_film_goes_onto_tiktok(tiktok: World) -> None:
    row = tiktok.settle(tiktok.post())
    assert row.status == Status.SENT
    [film] = tiktok.out
    assert row.permalink == f"https://www.tiktok.com/@{tt.USERNAME}/video/{film['number']}"
    assert film["title"] == row.post.payload["text"]


def test_a_film_that_is_looked_at_first_gets_its_address_later(tiktok: World) -> None:
    tiktok.sim.reviewed_after = 3600.0
    row = tiktok.settle(tiktok.post())
    assert (row.status, row.permalink) == (Status.SENT, "")
    assert services.place_due() == 0
    tiktok.sim.faults.script = ["error"]
    assert services.place_due() == 0
    tiktok.sim.reviewed_after = 0.0
    assert (services.place_due(), services.place_due()) == (1, 0)
    row.refresh_from_db()
    [film] = tiktok.out
    assert row.external_id == film["number"]
    assert row.permalink == f"https://www.tiktok.com/@{tt.USERNAME}/video/{film['number']}"


def test_films_never_made_public_keep_no_other_from_its_address(tiktok: World, monkeypatch, caplog) -> None:
    tiktok.sim.reviewed_after = 3600.0
    first, *_hidden = [tiktok.settle(tiktok.post(f"phim-{number}")) for number in range(3)]
    asked: list[int] = []

    def place(talk: Any, row: Delivery) -> tuple[str, str] | None:
        asked.append(row.pk)
        if row.pk != first.pk:
            raise DoorError("timeout")
        return "7", "https://www.tiktok.com/x"

    kind = replace(kinds()["tiktok"], place=place)
    monkeypatch.setattr(measuring, "kind_of", lambda account: kind)
    monkeypatch.setattr(measuring, "MOST_PLACES", 1)
    assert [services.place_due() for _run in range(4)] == [0, 0, 1, 0]
    assert len(set(asked[:3])) == 3
    assert caplog.text.count("where it stands") == 3


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", range(8))
def test_whatever_breaks_there_is_one_post(tiktok: World, fault: str, at: int) -> None:
    tiktok.settle(tiktok.post("khoi-dong"))
    tiktok.sim.faults.script = ["ok"] * at + [fault]
    row = tiktok.settle(tiktok.post())
    assert row.status == Status.SENT
    assert len(tiktok.out) == 2


def test_a_client_that_is_not_audited_posts_nothing(tiktok: World) -> None:
    tiktok.sim.unaudited = True
    row = tiktok.settle(tiktok.post())
    assert (row.status, row.code) == (Status.FAILED, "tt_private")
    assert tiktok.sim.state["posts"] == {}
    assert services.account_check(account=tiktok.account).code == "tt_private"


def test_a_film_longer_than_the_account_may_is_said(tiktok: World) -> None:
    tiktok.sim.longest = 30
    row = tiktok.settle(tiktok.post())
    assert (row.status, row.code) == (Status.FAILED, "tt_too_long")


def test_moderation_takes_its_time_and_may_refuse(tiktok: World) -> None:
    tiktok.sim.works_for = 1000
    row = tiktok.post()
    engine.work("w")
    row.refresh_from_db()
    assert row.status == Status.PROCESSING
    tiktok.out[0]["bad"] = "spam_risk_text"
    row = tiktok.settle(row)
    assert (row.status, row.code) == (Status.FAILED, "tt_too_many")
    assert len(tiktok.sim.state["posts"]) == 1


def test_pieces_are_counted_as_tiktok_counts() -> None:
    assert tt_transport.pieces(4_000_000) == (4_000_000, 1)
    size = 50 * 1024 * 1024 + 7
    piece, count = tt_transport.pieces(size)
    assert (piece, count) == (16 * 1024 * 1024, 3)
    assert size - piece * (count - 1) <= 128 * 1024 * 1024


@pytest.mark.parametrize("deed", ["withdraw", "correct"])
def test_what_meets_a_film_under_way_is_left_to_a_person(tiktok: World, deed: str) -> None:
    made = draft(tiktok.cast.so)
    tiktok.sim.works_for = 1000
    row = services.post_queue(
        actor=tiktok.cast.editor, account_id=tiktok.account.pk, draft=made, key="mot", video_id=tiktok.film().pk
    )
    engine.work("w")
    row.refresh_from_db()
    assert row.status == Status.PROCESSING
    if deed == "withdraw":
        source_withdraw(actor=tiktok.cast.chief, source=made.source, source_id=made.source_id)
    else:
        services.source_correct(actor=tiktok.cast.chief, draft=made, note="Ghi nhầm ngày.", version=2)
    tiktok.sim.works_for = 0
    row = tiktok.settle(row)
    begun = [path for _method, path in tiktok.sim.calls if path.endswith("/init/")]
    engine.drain()
    todo = Delivery.objects.get(follows=row)
    assert (row.status, todo.status, todo.code, todo.permalink) == (
        Status.SENT, Status.TODO, "no_api", row.permalink
    )  # fmt: skip
    assert (len(tiktok.out), len(begun), todo.attempts.count()) == (1, 1, 0)
    services.delivery_review(actor=tiktok.cast.editor, delivery_id=todo.pk, answer="done")
    row.refresh_from_db()
    assert (row.gone_at is not None) == (deed == "withdraw")
