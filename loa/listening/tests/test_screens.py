"""Listening as its people use it: the stream, corrections, cases, sources; and who sees none of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.listening import services
from loa.listening.fetching import Found
from loa.listening.models import Alert, Case, Correction, Item, Source, Spike
from loa.org.rules import Role
from loa.org.tests.factories import make_user

pytestmark = pytest.mark.django_db

STORY = "Nhiều phụ huynh bức xúc vì các khoản thu đầu năm tại Trường THCS Sơn Thượng tăng cao so với năm học trước"


@pytest.fixture
def source(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


def hear(source, *texts, **fields):
    services.store(source, [Found(external=text, title=text, **fields) for text in texts])
    services.analyse_waiting()


def page(user, name, *args, status=200, **params):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args), params)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def post(user, view, *args, **data):
    client = Client()
    client.force_login(user)
    return client.post(reverse(f"listening:{view}", args=args), data)


def test_what_is_heard_is_analysed(cast, source):
    hear(source, STORY, "Giá vàng trên thị trường tăng mạnh")
    item = Item.objects.get(title=STORY)
    assert (item.relevant, item.tone, item.harm, item.language) == (True, "neg", "clean", "vi")
    assert [row.code for row in item.topics.all()] == ["lam-thu"]
    assert [(row.unit, row.quote) for row in item.units.all()] == [(cast.school, "trường thcs sơn thượng")]
    assert Item.objects.get(title__startswith="Giá vàng").relevant is False
    assert services.analyse_waiting() == 0


def test_the_office_sees_all_and_a_school_what_is_said_of_it(cast, source):
    hear(source, STORY, "Học sinh nghỉ học tránh bão")
    office = page(cast.office, "stream")
    assert "khoản thu đầu năm" in office
    assert "tránh bão" in office
    lead = page(cast.lead, "stream")
    assert "khoản thu đầu năm" in lead
    assert "tránh bão" not in lead
    assert "khoản thu đầu năm" not in page(cast.outsider_lead, "stream")
    page(cast.owner, "stream", status=403)
    page(None, "stream", status=302)
    item = Item.objects.get(title=STORY)
    page(cast.lead, "item", item.pk)
    page(cast.outsider_lead, "item", item.pk, status=404)
    page(cast.lead, "source", source.pk, status=404)


def test_filters(cast, source):
    hear(source, STORY, "Cô giáo tận tâm được học sinh biết ơn", "Lịch thi học kỳ một của các trường")
    assert "tận tâm" not in page(cast.office, "stream", **{"sac-thai": "neg"})
    assert "tận tâm" in page(cast.office, "stream", **{"sac-thai": "pos"})
    assert "khoản thu đầu năm" in page(cast.office, "stream", **{"chu-de": "lam-thu"})
    assert "Lịch thi" not in page(cast.office, "stream", **{"chu-de": "lam-thu"})
    assert "khoản thu đầu năm" in page(cast.office, "stream", **{"don-vi": cast.school.pk})
    assert "Không có tin nào khớp" in page(cast.office, "stream", den="2020-01-01")
    assert page(cast.office, "stream", **{"sac-thai": "bậy", "don-vi": "x", "tu": "hôm qua"})


def test_near_duplicates_become_one_case_with_one_decision(cast, source):
    hear(source, STORY)
    other = services.source_add(actor=cast.office, unit=cast.so, name="Đài tỉnh", kind="hand", outlet="air")
    hear(other, STORY + ", dư luận quan tâm", "Trường vùng cao đón thêm hai phòng học mới trước năm học")
    case = Case.objects.get()
    assert (case.size, case.outlets, case.negative, case.unit) == (2, 2, 2, cast.so)
    text = page(cast.office, "case", case.pk)
    assert text.index("Báo Sông Lam") < text.index("Đài tỉnh")
    assert (
        post(cast.office, "decide", case.pk, **{"trang-thai": "watch", "ghi-chu": "Hỏi nhà trường"}).status_code
        == 302
    )
    case.refresh_from_db()
    assert (case.state, case.note, case.decided_by) == ("watch", "Hỏi nhà trường", cast.office)
    assert post(cast.lead, "decide", case.pk, **{"trang-thai": "done"}).status_code == 403
    assert post(cast.outsider_lead, "decide", case.pk, **{"trang-thai": "done"}).status_code == 404
    case.refresh_from_db()
    assert case.state == "watch"
    assert post(cast.office, "decide", case.pk, **{"trang-thai": "new"}).status_code == 302  # no such move: told
    case.refresh_from_db()
    assert case.state == "watch"


def test_the_same_words_about_another_school_or_another_month_are_another_case(cast, source):
    words = "Phụ huynh phản ánh nhà vệ sinh của {school} bẩn quá, đề nghị nhà trường xem lại ngay trong tuần này"
    old = clock.now() - dt.timedelta(days=40)
    hear(source, words.format(school="Trường THCS Sơn Thượng"), published_at=old)
    services.store(source, [Found(external="2", title=words.format(school="Trường Tiểu học Sơn Hạ"))])
    services.store(source, [Found(external="3", title=words.format(school="Trường THCS Sơn Thượng"))])
    services.analyse_waiting()
    assert Case.objects.count() == 0
    services.store(source, [Found(external="4", title=words.format(school="Trường THCS Sơn Thượng") + "!")])
    services.analyse_waiting()
    assert [case.size for case in Case.objects.all()] == [2]


def test_a_correction_stands_and_is_kept_for_learning(cast, source):
    hear(source, STORY)
    item = Item.objects.get()
    assert post(cast.office, "correct", item.pk, muc="tone", **{"gia-tri": "neu"}).status_code == 302
    item.refresh_from_db()
    assert (item.tone, item.score) == ("neu", 0.0)
    row = Correction.objects.get()
    assert (row.field, row.was, row.now, row.by) == ("tone", "neg", "neu", cast.office)
    for user, status in ((cast.lead, 403), (cast.outsider_lead, 404)):
        assert post(user, "correct", item.pk, muc="tone", **{"gia-tri": "pos"}).status_code == status
    post(cast.office, "correct", item.pk, muc="mau", **{"gia-tri": "xanh"})
    item.refresh_from_db()
    assert (item.tone, Correction.objects.count()) == ("neu", 1)
    assert "bản thân" not in page(cast.office, "item", item.pk)
    assert "Vì sao" in page(cast.office, "item", item.pk)


def test_every_look_at_a_private_persons_words_is_written_down(cast):
    group = services.source_add(
        actor=cast.office, unit=cast.so, name="Nhóm phụ huynh", kind="hand", outlet="social"
    )
    hear(group, "Cô giáo lớp con tôi rất tận tâm", author="Ai đó")
    page(cast.office, "item", Item.objects.get().pk)
    entry = LogEntry.objects.get(action="listening.item.opened")
    assert (entry.actor_name, entry.data["item"]) == (str(cast.office), Item.objects.get().pk)


@pytest.mark.parametrize(("text", "times"), [("Cảm ơn thầy cô Mường Sai", 0), ("Cảm ơn thầy cô. " * 20, 1)])
def test_a_short_word_without_a_title_stands_on_its_page_once(cast, source, text, times):
    services.store(source, [Found(external="1", title="", text=text)])
    assert page(cast.office, "item", Item.objects.get().pk).count('<div class="pre">') == times


def test_sources_are_added_changed_and_paused_by_those_who_keep_them(cast):
    form = {
        "unit": cast.so.pk, "name": "Báo", "kind": "feed", "outlet": "local", "url": "khong phai", "every": "30",
        "keep_days": "",
    }  # fmt: skip
    bad = post(cast.office, "source_add", **form)
    assert bad.status_code == 400
    assert "bắt đầu bằng https://" in bad.content.decode()
    assert post(cast.office, "source_add", **form | {"url": "https://bao.example/rss"}).status_code == 302
    source = Source.objects.get()
    again = post(cast.office, "source_add", **form | {"url": "https://bao.example/rss"})
    assert "đã có trong danh sách" in again.content.decode()
    for user, status in ((cast.director, 403), (cast.lead, 404), (cast.outsider, 404)):
        assert post(user, "source_switch", source.pk).status_code == status
    source.refresh_from_db()
    assert source.active
    post(cast.office, "source_switch", source.pk)
    source.refresh_from_db()
    assert not source.active
    assert "Đã dừng" in page(cast.office, "sources")
    assert post(
        cast.office, "source_change", source.pk, **form | {"name": "Báo mới", "url": "https://bao.example/2"}
    )
    source.refresh_from_db()
    assert (source.name, source.url) == ("Báo mới", "https://bao.example/2")


def test_clippings_are_entered_by_hand(cast, source):
    form = {"title": "Bản tin tối 20/11", "on": "2026-01-05", "text": "Học sinh vùng cao", "outlet": "Đài tỉnh"}
    assert post(cast.office, "clip", source.pk, **form).status_code == 302
    assert post(cast.office, "clip", source.pk, **form).status_code == 400  # twice
    assert post(cast.office, "clip", source.pk, **form | {"on": "2999-01-01", "title": "x"}).status_code == 400
    assert post(cast.director, "clip", source.pk, **form | {"title": "y"}).status_code == 403
    assert Item.objects.get().title == "Bản tin tối 20/11"


def test_the_stream_asks_the_same_questions_for_three_items_and_for_thirty(cast, source):
    client = Client()
    client.force_login(cast.office)

    def questions():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("listening:stream"))
        return len(found)

    hear(source, *[f"{STORY} {number}" for number in range(3)])
    questions()
    before = questions()
    hear(
        source,
        *[f"Học sinh lớp {number} đoạt giải nhất cuộc thi khoa học kỹ thuật cấp tỉnh" for number in range(25)],
    )
    assert questions() == before


def test_a_focal_point_of_a_commune_hears_what_is_said_of_its_schools(cast, source):
    hear(source, STORY)
    assert "khoản thu đầu năm" in page(cast.commune, "stream")
    assert "khoản thu đầu năm" not in page(make_user("Khác", (Role.FOCAL, cast.thpt)), "stream")


def test_every_look_at_words_of_private_persons_is_written_down(cast):
    group = services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")
    words = "Trường THCS Sơn Thượng lạm thu quỹ lớp, phụ huynh bức xúc"
    services.store(group, [Found(external="x", text=words, author="Chị Hoa")])
    services.analyse_waiting()
    case = Case.objects.create(unit=cast.so, title="Việc", first_at=clock.now(), last_at=clock.now(), size=1)
    Item.objects.update(case=case, margin=0.01)
    item = Item.objects.get()
    hour, now = dt.timedelta(hours=1), clock.now()
    spike = Spike.objects.create(
        unit=cast.so, about="t:lam-thu", began_at=now - hour, ended_at=now + hour, items=1, expected=0.1, peak=1,
        strength=6,
    )  # fmt: skip
    alert = Alert.objects.create(unit=cast.so, spike=spike, level=1)
    screens = [
        ("stream",), ("item", item.pk), ("why", item.pk), ("case", case.pk), ("alert", alert.pk), ("learning",),
        ("topic", "lam-thu"), ("unit", cast.school.pk), ("theme", "lam-thu"), ("paper",), ("export",),
    ]  # fmt: skip
    looks = LogEntry.objects.filter(
        action__in=[f"listening.{deed}" for deed in ("items.listed", "item.opened", "items.taken")]
    )
    for name, *args in screens:
        before = looks.count()
        client = Client()
        client.force_login(cast.office)
        assert client.get(reverse(f"listening:{name}", args=args)).status_code == 200
        assert looks.count() == before + 1, name
    # pages of figures alone show no words
    for name in (
        "topics",
        "units",
        "board",
        "voices",
        "coming",
        "answered",
        "cases",
        "alerts",
        "digests",
        "searches",
    ):
        text = page(cast.office, name)
        assert "quỹ lớp, phụ huynh" not in text
        assert "Hoa" not in text
