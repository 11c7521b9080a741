"""The next four weeks, and who is asked what: what they say, for whom, in how many queries."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.core import clock
from loa.listening import services
from loa.listening.fetching import Found
from loa.listening.figures import write as figures
from loa.listening.watch import outlook

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(cast, monkeypatch):
    now = dt.datetime(2026, 8, 26, 9, tzinfo=clock.VIETNAM)
    monkeypatch.setattr(clock, "now", lambda: now.astimezone(dt.UTC))
    source = services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")
    for text in (
        "Cho em hỏi các khoản thu đầu năm của Trường THCS Sơn Thượng với ạ",
        "Trường THCS Sơn Thượng thu tiền quỹ lớp bao nhiêu, ai biết không?",
        "Cô giáo rất tận tâm, học sinh biết ơn",
    ):
        services.store(source, [Found(external=text, text=text, published_at=now - dt.timedelta(days=2))])
    services.analyse_waiting()
    monday = now.date() - dt.timedelta(days=now.weekday())
    figures.add(
        Counter(
            {
                (cast.so.pk, "t:lam-thu", monday - dt.timedelta(weeks=week), "press", "neu"): 5
                for week in range(1, 12)
            }
        )
    )
    return source


def get(user, status=200):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse("listening:coming"))
    assert answer.status_code == status
    return answer.content.decode()


def test_fees_are_expected_in_september(cast, heard):
    [fees] = [one for one in outlook.outlooks(cast.office) if one.code == "lam-thu"]
    assert fees.last == [5] * 8
    assert fees.weeks[0].monday == dt.date(2026, 8, 31)
    assert fees.total > 25
    assert fees.change > 1.4
    assert "Sẽ tăng" in get(cast.office)
    assert outlook.outlooks(cast.lead) == []


def test_who_is_asked_what(cast, heard):
    [row] = outlook.asked(cast.office)
    assert (row.unit, row.topic, row.n) == (cast.school.pk, "lam-thu", 2)
    assert [one.n for one in outlook.asked(cast.lead)] == [2]
    assert outlook.asked(cast.outsider_lead) == []
    page = get(cast.office)
    assert "Ai được hỏi gì" in page
    get(cast.owner, status=403)
    get(None, status=302)


def test_the_page_asks_the_same_questions_for_few_and_many(cast, heard):
    def count():
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("listening:coming"))
        return len(queries)

    count()
    few = count()
    services.store(
        heard,
        [
            Found(external=f"n{n}", text=f"Cho em hỏi lịch thi học kỳ lần {n} với ạ", published_at=clock.now())
            for n in range(20)
        ],
    )
    services.analyse_waiting()
    assert count() == few
