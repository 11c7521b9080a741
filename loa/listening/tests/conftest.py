"""What several tests of digests stand on."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.listening import services
from loa.listening.fetching import Found
from loa.listening.models import Digest, Source
from loa.listening.tests.morning import FIRST, MORNING, PRAISE, PRIVATE, SECOND


@pytest.fixture
def time_at(monkeypatch):
    def at(moment):
        monkeypatch.setattr(clock, "now", lambda: moment.astimezone(dt.UTC))

    at(MORNING)
    return at


@pytest.fixture
def heard(cast, time_at):
    papers = [
        services.source_add(actor=cast.office, unit=cast.so, name=name, kind="hand", outlet=outlet)
        for name, outlet in (("Báo Sông Lam", "local"), ("Thầy và Trò", "press"), ("Nhóm phụ huynh", "social"))
    ]
    Source.objects.update(created_at=MORNING)
    for source, text, hours in (
        (papers[0], FIRST, 20), (papers[1], SECOND, 10), (papers[1], FIRST + ", dư luận quan tâm", 15),
        (papers[0], PRAISE, 5), (papers[2], PRIVATE, 3), (papers[0], "Tin cũ về học sinh tuần trước", 80),
    ):  # fmt: skip
        url = f"https://bao.example/{abs(hash(text)) % 10**8}" if source is not papers[2] else ""
        at = MORNING - dt.timedelta(hours=hours)
        services.store(source, [Found(external=text, url=url, title=text, published_at=at)])
    services.analyse_waiting()
    return papers


@pytest.fixture
def digest(heard):
    assert services.draft_due() == 1
    return Digest.objects.get()
