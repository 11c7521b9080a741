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
from loa.lib.nlp.seasons import school_year
from loa.listening import services, themes
from loa.listening.fetching import Found
from loa.listening.figures import write as figures
from loa.listening.models import Source, Theme
from loa.listening.rules import SourceKind
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


def get(user, status=200, page="coming"):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"listening:{page}"))
    assert answer.status_code == status
    return answer.content.decode()


def test_fees_are_expected_in_september(cast, heard):
    [fees] = [one for one in outlook.outlooks(cast.office).topics if one.code == "lam-thu"]
    assert fees.last == [5] * 8
    assert fees.weeks[0].monday == dt.date(2026, 8, 31)
    assert fees.total > 25
    assert fees.change > 1.4
    assert "Sẽ tăng" in get(cast.office)
    assert fees.seasonal
    assert "Chưa biết mùa" not in get(cast.office)


def test_a_topic_of_unknown_season_keeps_its_level_and_says_so(cast, heard, monkeypatch):
    monday = clock.today() - dt.timedelta(days=clock.today().weekday())
    weeks = [monday - dt.timedelta(weeks=week) for week in range(1, 12)]
    services.theme_save(actor=cast.office, name="Robot", phrases="robot trong lớp\nthi robot")
    monkeypatch.setattr(themes, "_kept", None)
    [code] = Theme.objects.values_list("code", flat=True)
    assert code not in school_year()
    figures.add(Counter({(cast.so.pk, f"t:{code}", week, "press", "neu"): 4 for week in weeks}))
    [robots] = [one for one in outlook.outlooks(cast.office).topics if one.code == code]
    assert not robots.seasonal
    assert {week.expected for week in robots.weeks} == {4.0}
    figures.add(Counter({(cast.so.pk, f"t:{code}", weeks[0], "press", "neu"): 40}))
    assert "Sẽ giảm" not in get(cast.office)  # the burst is over, but nothing says how much is usual
    assert get(cast.office).count("Chưa biết mùa của chủ đề này, giữ mức hiện nay.") == 1


def test_why_a_school_is_told_nothing(cast, heard):
    found = outlook.outlooks(cast.lead)
    assert (found.topics, found.weeks, found.early) == ([], 0, True)
    page = get(cast.lead)
    assert "Cần tin của ít nhất sáu tuần trọn, mới có 0 tuần." in page
    assert "Chỉ tính tin bạn đọc được." in page
    assert "Chỉ tính tin bạn đọc được." not in get(cast.office)
    source = services.source_add(actor=cast.office, unit=cast.so, name="Báo", kind="hand", outlet="local")
    for week in range(1, 9):
        at = clock.now() - dt.timedelta(weeks=week)
        title = f"Trường THCS Sơn Thượng bị tố lạm thu, lần {week}"
        services.store(source, [Found(external=title, title=title, published_at=at)])
    services.analyse_waiting()
    [fees] = [one for one in outlook.outlooks(cast.lead).topics if one.code == "lam-thu"]
    assert sum(fees.last) >= 7  # what waits for a school is told it as well
    assert "tuần tới" in get(cast.lead)
    assert outlook.outlooks(cast.outsider_lead).topics == []
    answered = get(cast.lead, page="answered")
    assert "Dành cho nơi có nguồn tin riêng" in answered
    assert "Thử chọn khoảng dài hơn" not in answered
    assert "Thử chọn khoảng dài hơn" in get(cast.office, page="answered")


def test_who_is_asked_what(cast, heard):
    [row] = outlook.asked(cast.office).groups
    assert (row.unit, row.topic, row.n) == (cast.school.pk, "lam-thu", 2)
    assert [one.n for one in outlook.asked(cast.lead).groups] == [2]
    assert outlook.asked(cast.outsider_lead) == outlook.Questions([])
    page = get(cast.office)
    assert "Ai được hỏi gì" in page
    get(cast.owner, status=403)
    get(None, status=302)


def test_a_headline_that_asks_is_no_citizens_question(cast, heard, monkeypatch):
    title = "Cho em hỏi: vì sao Trường THCS Sơn Thượng thu nhiều khoản đầu năm, mức thu bao nhiêu?"
    at = clock.now() - dt.timedelta(days=1)
    for outlet in ("press", "local", "state", "print", "air"):
        paper = services.source_add(actor=cast.office, unit=cast.so, name=outlet, kind="hand", outlet=outlet)
        services.store(paper, [Found(external=outlet, title=title, published_at=at)])
    films = Source.objects.create(
        unit=cast.so, name="Kênh", kind=SourceKind.YOUTUBE, outlet="video", keep_days=28, active=False
    )
    services.store(films, [Found(external="film", title=title, published_at=at)])
    services.analyse_waiting()
    [row] = outlook.asked(cast.office).groups
    assert row.n == 2
    monkeypatch.setattr(outlook, "scope_of", lambda *_args: None)  # more units than the index can be asked for
    assert [one.n for one in outlook.asked(cast.office).groups] == [2]


def test_where_only_the_newest_are_counted_it_is_said(cast, heard, monkeypatch):
    assert outlook.asked(cast.office).since is None
    assert "chỉ đếm" not in get(cast.office)
    monkeypatch.setattr(outlook, "ASKED_MOST", 1)
    found = outlook.asked(cast.office)
    assert [one.n for one in found.groups] == [1]
    assert found.since == clock.now() - dt.timedelta(days=2)
    assert "Nhiều câu hỏi quá: chỉ đếm" in get(cast.office)


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
