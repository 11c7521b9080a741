"""Figures and their screens: who sees what, what they count, what they cost; taking the stream away."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from loa.audit.models import LogEntry
from loa.core import clock
from loa.listening import access, services
from loa.listening.figures import compare, read
from loa.listening.figures.read import EVERYTHING, About
from loa.listening.models import Answer, AnswerAbout
from loa.listening.readers.model import Found
from loa.listening.rules import Change, change
from loa.newsroom.models import Story
from loa.org.models import UnitVersion
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit

pytestmark = pytest.mark.django_db

BAD = "Phụ huynh bức xúc vì lạm thu ở Trường THCS Sơn Thượng, học sinh lo lắng lần {n}"
GOOD = "Cô giáo Trường Tiểu học Sơn Hạ tận tâm được học sinh biết ơn lần {n}"
OTHER = "Học sinh nghỉ học tránh bão đợt {n}"


@pytest.fixture
def source(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


def hear(source, text, n=1, days=0, start=0):
    at = clock.now() - dt.timedelta(days=days)
    services.store(
        source,
        [Found(external=f"{text}{start + k}", title=text.format(n=start + k), published_at=at) for k in range(n)],
    )
    services.analyse_waiting()


def page(user, name, *args, status=200, **params):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args), params)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def publish(unit, author, title, *, days):
    at = clock.now() - dt.timedelta(days=days)
    story = Story.objects.create(
        unit=unit, author=author, title=title, live=True, stage="published", published_at=at
    )
    from loa.listening.services.answers import story_told

    story_told(story=story, actor=author)
    services.read_answers()
    return story


def screens(cast):
    return [
        ("topics",), ("topic", "lam-thu"), ("units",), ("unit", cast.school.pk), ("unit", cast.so.pk), ("board",),
        ("voices",), ("answered",), ("searches",), ("paper",), ("stream",),
    ]  # fmt: skip


def test_every_screen_with_everything_and_with_nothing(cast, source):
    for name, *args in screens(cast):
        page(cast.office, name, *args)
    hear(source, BAD, 3)
    hear(source, GOOD, 2, days=40)
    hear(source, OTHER, 2, days=200)
    for name, *args in screens(cast):
        for days in ("7", "30", "90", "365", "bậy"):
            page(cast.office, name, *args, ky=days)
    page(cast.office, "topic", "khong-co", status=404)
    page(cast.office, "voices", **{"chu-de": ["lam-thu", "bậy"]})


def test_who_sees_which_figures(cast, source):
    hear(source, BAD, 3)
    hear(source, GOOD, 2)
    for name, *args in screens(cast):
        page(cast.owner, name, *args, status=403)
        page(None, name, *args, status=302)
    today = clock.today()
    week_ago = today - dt.timedelta(days=6)
    assert read.daily(cast.office, EVERYTHING, week_ago, today).whole.total == 5
    assert read.daily(cast.lead, EVERYTHING, week_ago, today).whole.total == 3
    assert read.daily(cast.outsider_lead, EVERYTHING, week_ago, today).whole.total == 0
    assert read.by_topic(cast.lead, week_ago, today)["lam-thu"].neg == 3
    assert set(read.by_unit(cast.office, week_ago, today)) > set(read.by_unit(cast.lead, week_ago, today))
    page(cast.lead, "unit", cast.school.pk)
    page(cast.outsider_lead, "unit", cast.school.pk, status=404)
    assert "bức xúc" in page(cast.lead, "topic", "lam-thu")
    assert "bức xúc" not in page(cast.outsider_lead, "topic", "lam-thu")


def listed_of(user, about, first, last):
    items = access.items_for(user).filter(
        relevant=True, published_at__gte=clock.start_of(first), published_at__lt=clock.end_of(last)
    )
    return read.narrowed(items, about)


def test_the_tally_and_the_items_say_the_same(cast, source):
    for days in (0, 1, 5, 29, 30, 31, 200):
        hear(source, BAD, 2, days=days, start=days * 10)
        hear(source, OTHER, 1, days=days, start=days * 10)
    today = clock.today()
    school = About(units=(cast.school.pk,))
    for about in (EVERYTHING, About(topic="lam-thu"), school):
        for span in (0, 6, 29, 62, 364):
            first = today - dt.timedelta(days=span)
            counted = read.daily(cast.office, about, first, today)
            listed = listed_of(cast.office, about, first, today)
            assert counted.whole.total == len(list(listed)), (about, span)
            found = read.by_unit(cast.office, first, today)
            assert found[cast.school.pk].total == len(list(listed_of(cast.office, school, first, today))), span
    days = read.daily(cast.office, About(topic="lam-thu"), today - dt.timedelta(days=29), today)
    assert [tones.total for tones in days.days.values() if tones.total] == [2, 2, 2, 2]
    assert sum(tones.total for _day, tones in days.grouped(7)) == days.whole.total
    assert sum(tones.total for _month, tones in days.by_month()) == days.whole.total


@given(st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)), st.integers(0, 800))
def test_whole_months_and_what_is_left_over_are_all_days_once(first, length):
    last = first + dt.timedelta(days=length)
    months = read.whole_months(first, last)
    if months is None:
        assert length < 61
        return
    begin, end = months
    assert (begin.day, end.day) == (1, 1)
    assert first <= begin < end <= last + dt.timedelta(days=1)
    assert (begin - first).days < 31
    assert (last - end).days < 31


def test_a_branch_counts_its_schools(cast, source):
    hear(source, BAD, 4)
    first = clock.today() - dt.timedelta(days=6)
    found = {branch.unit.pk: branch for branch in compare.branches(cast.office, first, clock.today())}
    assert found[cast.school.parent_id].tones.neg == 4
    assert found[cast.school.parent_id].units == [(cast.school.pk, 4)]
    assert sum(branch.tones.total for branch in found.values()) == 4
    assert "Gồm cả các đơn vị bên dưới" in page(cast.office, "unit", cast.school.parent_id)


def test_branches_stand_beside_their_neighbours_when_every_one_has_its_code(cast, source):
    others = [make_unit(f"Xã {name}", Kind.UBND_XA, cast.so) for name in ("An Châu", "Yên Na", "Bắc Lý")]
    first = clock.today()
    found = compare.branches(cast.office, first, first)
    assert compare.side_by_side(found) is None
    assert "Xếp theo tên" in page(cast.office, "board")
    codes = {others[0].pk: "17479", others[1].pk: "16912", others[2].pk: "16819", cast.xa.pk: "16813"}
    for pk, code in codes.items():
        UnitVersion.objects.filter(unit=pk).update(commune_code=code)
    near = compare.side_by_side(compare.branches(cast.office, first, first))
    assert [branch.unit.pk for branch in near] == [cast.xa.pk, others[2].pk, others[1].pk, others[0].pk]
    html = page(cast.office, "board")
    assert html.index("Bắc Lý") < html.index("Yên Na") < html.index("An Châu")
    UnitVersion.objects.filter(unit=cast.xa.pk).update(commune_code="16819")
    assert compare.side_by_side(compare.branches(cast.office, first, first)) is None


@pytest.mark.parametrize(
    ("before", "after", "others_before", "others_after", "expected"),
    [
        (40, 8, 100, 100, Change.DOWN),
        (40, 8, 100, 20, Change.UNCLEAR),  # everything went down
        (10, 40, 100, 100, Change.UP),
        (10, 12, 100, 100, Change.UNCLEAR),
        (40, 40, 100, 300, Change.DOWN),  # everything else grew
        (4, 0, 100, 100, Change.UNCLEAR),  # too little to say
        (30, 0, 0, 0, Change.DOWN),
    ],
)
def test_a_change_is_judged_beside_everything_else(before, after, others_before, others_after, expected):
    assert change(before, after, others_before, others_after) == expected


def test_whether_an_answer_answered(cast, source):
    story = publish(cast.so, cast.office, "Sở yêu cầu trả lại các khoản thu sai, chấm dứt lạm thu", days=10)
    for days in range(11, 18):
        hear(source, BAD, 4, days=days, start=days * 10)
    for days in (9, 5):
        hear(source, BAD, 1, days=days, start=days * 10)
    for days in range(3, 18):
        hear(source, OTHER, 2, days=days, start=days * 10)
    today = clock.today()
    (effect,) = compare.effects(cast.office, today - dt.timedelta(days=29), today)
    assert (effect.topic, effect.before.total, effect.after.total, effect.change) == (
        "lam-thu",
        28,
        2,
        Change.DOWN,
    )
    assert effect.others_before == effect.others_after == 14
    text = page(cast.office, "answered", ky="30")
    assert story.title in text
    assert "Giảm rõ" in text
    assert story.title in page(cast.office, "topic", "lam-thu")
    assert compare.effects(cast.lead, today - dt.timedelta(days=29), today) == []
    # too early to say
    publish(cast.so, cast.office, "Sở trả lời về các khoản thu, lạm thu", days=2)
    hear(source, BAD, 9, days=4, start=900)
    changes = {
        row.answer.title: row.change for row in compare.effects(cast.office, today - dt.timedelta(days=29), today)
    }
    assert changes["Sở trả lời về các khoản thu, lạm thu"] == Change.EARLY


def test_stories_are_noted_read_and_dropped(cast):
    from loa.listening.services.answers import story_gone

    story = publish(cast.school, cast.owner, "Trường công khai các khoản thu đầu năm, không lạm thu", days=1)
    abouts = set(AnswerAbout.objects.values_list("about", flat=True))
    assert abouts >= {"t:lam-thu", f"v:{cast.school.pk}"}
    story_gone(story=story, actor=cast.office)
    assert not Answer.objects.exists()
    assert services.note_stories() == 1
    assert services.note_stories() == 0
    assert Answer.objects.get().read_at is None


def test_a_workbook_holds_what_was_sought_and_no_formulas(cast, source):
    hear(source, BAD, 2)
    hear(source, "=HYPERLINK(1) học sinh được thầy cô khen", 1)
    client = Client()
    client.force_login(cast.office)
    answer = client.get(reverse("listening:export"), {"q": "học sinh"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet["A2"].value == "Điều kiện: học sinh"
    head = next(row for row in range(1, 9) if "Tiêu đề" in [cell.value for cell in sheet[row]])
    column = [cell.value for cell in sheet[head]].index("Tiêu đề")
    rows = list(sheet.iter_rows(min_row=head + 1))
    titles = {row[column].value: row[column].data_type for row in rows}
    assert len(rows) == 3
    assert len(titles) == 3
    assert titles["=HYPERLINK(1) học sinh được thầy cô khen"] == "s"
    entry = LogEntry.objects.get(action="listening.items.taken")
    assert (entry.data["count"], entry.data["params"]) == (3, {"q": "học sinh"})
    assert client.get(reverse("listening:export"), {"q": "(a"}).status_code == 400
    assert "học sinh" in page(cast.office, "paper", q="học sinh")
    client.force_login(cast.outsider_lead)
    sheet = load_workbook(io.BytesIO(client.get(reverse("listening:export")).content)).active
    assert sheet.max_row == 4
    page(cast.owner, "export", status=403)


def test_what_the_screens_cost_does_not_grow(cast, source):
    def asked(name, *args):
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(connection) as found:
            client.get(reverse(f"listening:{name}", args=args))
        return len(found)

    hear(source, BAD, 1)
    hear(source, GOOD, 1)
    few = {(name, *args): asked(name, *args) for name, *args in screens(cast)}
    hear(source, BAD, 30, start=10)
    hear(source, GOOD, 30, start=10)
    hear(source, OTHER, 10)
    for (name, *args), n in few.items():
        assert asked(name, *args) <= n + 2, name


def test_shares_are_of_all_that_was_said_not_of_the_topics_chosen(cast, source):
    hear(source, BAD, 3)
    hear(source, GOOD, 1)
    whole = read.daily(cast.office, EVERYTHING, clock.today(), clock.today()).whole.total
    assert whole == 4
    text = page(cast.office, "voices", ky="7", **{"chu-de": ["lam-thu"]})
    assert "<b>75%</b>" in text
    assert "<b>100%</b>" not in text.split("Theo thời gian")[0]
    assert "Trong 4 tin về giáo dục. Một tin có thể thuộc nhiều chủ đề." in text


def test_what_is_counted_in_the_newest_items_says_so_and_below_a_unit_all_is_counted(cast, source, monkeypatch):
    hear(source, BAD, 3)
    hear(source, GOOD, 2, days=3)
    first = clock.today() - dt.timedelta(days=29)
    said = "trong 2 tin mới nhất"
    for name, arg in (("topic", "lam-thu"), ("unit", cast.xa.pk), ("unit", cast.so.pk)):
        assert "tin mới nhất</p>" not in page(cast.office, name, arg, ky="30")
    monkeypatch.setattr(read, "MOST_READ", 2)
    topic = page(cast.office, "topic", "lam-thu", ky="30")
    assert topic.count(said) == 2  # who wrote, which units
    unit = page(cast.office, "unit", cast.xa.pk, ky="30")
    assert unit.count(said) == 2  # who wrote, about what
    inside = unit.split("Đơn vị bên dưới")[1].split("</section>")[0]
    assert said not in inside
    assert [inside.index(f"<b>{n}</b>") > 0 for n in (3, 2)] == [True, True]
    assert read.company(cast.office, About(units=(cast.school.pk,)), first, clock.today()).newest == 2
    assert read.company(cast.office, About(units=(cast.primary.pk,)), first, clock.today()).newest == 0
    # an item that names two schools below is one item, and is read once
    hear(source, "Học sinh Trường THCS Sơn Thượng và Trường Tiểu học Sơn Hạ thi kể chuyện sách", 1)
    both = read.company(cast.office, About(units=(cast.school.pk, cast.primary.pk)), first, clock.today())
    assert sum(both.outlets.values()) == 2


def test_who_reads_of_a_school_alone_counts_its_own_newest_not_those_of_all(cast, source, monkeypatch):
    hear(source, BAD, 2, days=5)
    hear(source, "Phụ huynh trường khác bức xúc vì lạm thu đợt {n}", 4)
    monkeypatch.setattr(read, "MOST_READ", 3)
    first = clock.today() - dt.timedelta(days=29)
    own = read.company(cast.lead, About(topic="lam-thu"), first, clock.today())
    assert (sum(own.outlets.values()), own.newest) == (2, 0)
    assert read.company(cast.lead, EVERYTHING, first, clock.today()).units == {cast.school.pk: 2}
    assert read.company(cast.office, About(topic="lam-thu"), first, clock.today()).newest == 3
    assert not read.company(cast.outsider_lead, EVERYTHING, first, clock.today()).outlets
