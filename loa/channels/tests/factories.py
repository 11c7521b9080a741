"""Accounts, drafts and simulators for tests."""

from __future__ import annotations

import io
import itertools
from contextlib import contextmanager

from PIL import Image

from loa.channels import sending
from loa.channels.drafts import Draft, Picture
from loa.channels.facebook import sim as fb
from loa.channels.models import ChannelAccount, ChannelSecret
from loa.channels.vault import seal
from loa.channels.youtube import sim as yt
from loa.channels.zalo import sim as zl
from loa.core import clock

_count = itertools.count(1)


def picture(colour: str = "teal") -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "PNG")
    return Picture(open=out.getvalue, alt="Học sinh tưới cây trong vườn trường")


def draft(unit, *, title: str = "Vườn rau xanh của trường vùng cao", pictures: int = 0) -> Draft:
    number = next(_count)
    return Draft(
        source="test",
        source_id=number,
        unit_id=unit.pk,
        title=f"{title} {number}",
        lead="Mỗi lớp chăm một luống rau, bữa trưa bán trú có rau sạch.",
        paragraphs=["Đoạn một.", "Đoạn hai."],
        link=f"https://truong.example.vn/bai/{number}",
        signed="Lương Mến",
        pictures=[picture() for _number in range(pictures)],
    )


def facebook_account(unit, **fields) -> ChannelAccount:
    account = ChannelAccount.objects.create(
        unit=unit, kind="facebook", **{"name": "Trang của Sở", "external_id": fb.PAGE_ID, **fields}
    )
    ChannelSecret.objects.create(account=account, sealed=seal({"access_token": fb.PAGE_TOKEN}))
    return account


def zalo_account(unit, **secret) -> ChannelAccount:
    account = ChannelAccount.objects.create(unit=unit, kind="zalo", name="OA của Sở", external_id=zl.OA_ID)
    tokens = {
        "access_token": zl.ACCESS,
        "refresh_token": zl.REFRESH,
        "app_id": zl.APP_ID,
        "app_secret": zl.APP_SECRET,
        **secret,
    }
    ChannelSecret.objects.create(account=account, sealed=seal(tokens))
    return account


def youtube_account(unit, **fields) -> ChannelAccount:
    account = ChannelAccount.objects.create(
        unit=unit, kind="youtube", **{"name": "Kênh của Sở", "external_id": yt.CHANNEL_ID, **fields}
    )
    tokens = {"refresh_token": yt.REFRESH, "client_id": yt.CLIENT_ID, "client_secret": yt.CLIENT_SECRET}
    ChannelSecret.objects.create(account=account, sealed=seal(tokens))
    return account


@contextmanager
def youtube_simulator(settings):
    """The stand-in of YouTube with one film on it, the settings pointing at it, waits cut to nothing."""
    sim = yt.YouTubeSim()
    server = sim.serve()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.LOA_CHANNEL_URLS = {**settings.LOA_CHANNEL_URLS, "youtube": url, "youtube_oauth": url}
    settings.LOA_DELIVERY_PACE, settings.LOA_DELIVERY_TIMEOUT, settings.LOA_DELIVERY_LEASE = 0.0, 3, 10
    sending.door.cache_clear()
    sim.url = url
    sim.film = sim.show("Ngày hội đọc sách vùng cao")
    try:
        yield sim
    finally:
        sending.door().close()
        sending.door.cache_clear()
        server.shutdown()
        server.server_close()


@contextmanager
def at(sims, moment):
    """Our clock and those of the simulators, which run in threads of their own, held at one moment."""
    with clock.frozen(moment):
        seconds = clock.now().timestamp()
        kept = [sim.clock for sim in sims]
        for sim in sims:
            sim.clock = lambda: seconds
        try:
            yield
        finally:
            for sim, one in zip(sims, kept, strict=True):
                sim.clock = one


@contextmanager
def simulators(settings):
    """Both simulators on free ports, the settings pointing at them, waits cut to nothing.

    Through pytest-django's `settings` like every other change of a test: an override of its own would be undone
    before those made after it, and they would then bring it back for the tests to come.
    """
    facebook, zalo = fb.FacebookSim(), zl.ZaloSim()
    zalo.works_for = 0.0
    servers = [facebook.serve(), zalo.serve()]
    urls = [f"http://127.0.0.1:{server.server_address[1]}" for server in servers]
    settings.LOA_CHANNEL_URLS = {
        "facebook": urls[0], "zalo": urls[1], "zalo_oauth": urls[1], "zalo_business": urls[1]
    }  # fmt: skip
    settings.LOA_DELIVERY_PACE = 0.0
    settings.LOA_DELIVERY_TIMEOUT = 3
    settings.LOA_DELIVERY_LEASE = 10
    sending.door.cache_clear()
    try:
        yield facebook, zalo
    finally:
        sending.door().close()
        sending.door.cache_clear()
        for server in servers:
            server.shutdown()
            server.server_close()
