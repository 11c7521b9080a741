"""Cases: articles of one event gathered, told from others, set right by people; who sees and decides."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.listening import casebook, services
from loa.listening.fetching import Found
from loa.listening.models import Case, Item
from loa.listening.services import nearby

pytestmark = pytest.mark.django_db

FIRST = "Phụ huynh phản ánh các khoản thu đầu năm tại Trường THCS Sơn Thượng tăng cao so với năm học trước"
SECOND = "Sở yêu cầu Trường THCS Sơn Thượng rà soát, trả lại các khoản thu đầu năm sai quy định"
THIRD = "Trường THCS Sơn Thượng lên tiếng về các khoản thu đầu năm, hứa công khai với phụ huynh"
PRIZE = "Trường THCS Sơn Thượng đoạt giải nhất cuộc thi khoa học kỹ thuật cấp tỉnh dành cho học sinh"
OTHER = "Phụ huynh phản ánh các khoản thu đầu năm tại Trường Tiểu học Sơn Hạ tăng cao so với năm học trước"


@pytest.fixture
def papers(cast):
    return [
        services.source_add(actor=cast.office, unit=cast.so, name=name, kind="hand", outlet=outlet)
        for name, outlet in (
            ("Báo Sông Lam", "local"),
            ("Tuần báo Thầy và Trò", "press"),
            ("Nhóm phụ huynh", "social"),
        )
    ]


def say(source, text, hours=0.0):
    at = clock.now() - dt.timedelta(days=2) + dt.timedelta(hours=hours)
    services.store(source, [Found(external=f"{source.pk}{text}", title=text, published_at=at)])


def get(user, name, *args, status=200, **params):
    client = Client()
    if user:
        client.force_login(user)
    answer = client.get(reverse(f"listening:{name}", args=args), params)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


def post(user, name, *args, **data):
    client = Client()
    client.force_login(user)
    return client.post(reverse(f"listening:{name}", args=args), data)


@pytest.fixture
def story(papers):
    say(papers[0], FIRST)
    say(papers[1], SECOND, 5)
    say(papers[1], FIRST + ", dư luận quan tâm", 3)
    say(papers[0], PRIZE, 6)
    services.analyse_waiting()
    say(papers[0], THIRD, 20)
    say(papers[1], OTHER, 21)
    services.analyse_waiting()
    return Case.objects.get(title=FIRST)


def groups():
    """Which items are told together, which is whose copy; by their words."""
    cases: dict[object, set[str]] = {}
    for item in Item.objects.select_related("copy_of"):
        cases.setdefault(item.case_id or -item.pk, set()).add(f"{item.title} < {item.copy_of}")
    return sorted(map(sorted, cases.values()))


@pytest.mark.parametrize("together", [1, 2, 7])
def test_what_is_kept_between_batches_says_the_same_as_reading_anew(cast, papers, together):
    texts = [FIRST, OTHER, SECOND, PRIZE, FIRST + ", dư luận quan tâm", THIRD, OTHER + " gây lo lắng"]
    texts += [f"{FIRST}, tin số {n} trong ngày" for n in range(4)] + [f"Lịch thi lớp {n}" for n in (6, 7)]

    def hear_all(anew):
        Item.objects.all().delete()
        for start in range(0, len(texts), together):
            for at, text in enumerate(texts[start : start + together], start):
                say(papers[at % 2], text, at)
            if anew:
                nearby.forget()
            services.analyse_waiting()
        return groups()

    nearby.forget()
    kept = hear_all(anew=False)
    assert len(kept) > 3
    assert kept == hear_all(anew=True)


def test_what_people_and_other_workers_did_meanwhile_counts(cast, papers):
    say(papers[0], FIRST)
    say(papers[1], FIRST + ", dư luận quan tâm", 1)
    services.analyse_waiting()
    case = Case.objects.get()
    # another worker, with a memory of its own, hears the next
    mine, nearby._kept = nearby._kept, {}
    say(papers[0], PRIZE, 2)
    services.analyse_waiting()
    nearby._kept = mine
    say(papers[1], PRIZE + " năm nay", 3)
    services.analyse_waiting()
    prize = Item.objects.get(title=PRIZE + " năm nay")
    assert prize.copy_of.title == PRIZE
    # a person puts both cases into one
    services.case_merge(actor=cast.office, case=case, into=prize.case)
    say(papers[0], FIRST + ", dư luận rất quan tâm", 4)
    services.analyse_waiting()
    assert Item.objects.get(title__endswith="rất quan tâm").case == prize.case


def test_a_batch_that_failed_leaves_nothing_behind(cast, papers, monkeypatch):
    say(papers[0], FIRST)
    say(papers[1], FIRST + ", dư luận quan tâm", 1)
    monkeypatch.setattr("loa.listening.services.analysis.heard", lambda _ids: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.analyse_waiting()
    monkeypatch.undo()
    assert not Case.objects.exists()
    assert services.analyse_waiting() == 2
    assert Case.objects.get().size == 2


def test_articles_of_one_event_form_a_story_and_others_do_not(cast, story):
    assert Case.objects.count() == 1
    assert {item.title for item in story.items.all()} == {FIRST, SECOND, THIRD, FIRST + ", dư luận quan tâm"}
    assert (story.size, story.outlets) == (4, 2)
    copy = Item.objects.get(title__endswith="quan tâm")
    assert copy.copy_of.title == FIRST
    assert Item.objects.exclude(pk=copy.pk).filter(copy_of__isnull=False).count() == 0
    read = casebook.story_of(cast.office, story)
    assert read.first.title == FIRST
    assert [line.item.title for line in read.lines] == [FIRST, SECOND, THIRD]
    assert [line.copies for line in read.lines] == [[copy], [], []]
    assert read.units == [(cast.school.pk, cast.school.short_name, 4)]


def test_the_page_tells_who_wrote_first(cast, story):
    text = get(cast.office, "case", story.pk)
    assert "Báo Sông Lam viết đầu tiên" in text
    assert "1 nơi đăng lại" in text
    assert text.index(SECOND) < text.index(THIRD)
    assert FIRST in get(cast.office, "cases")
    assert FIRST in get(cast.lead, "cases")
    assert "Tách khỏi vụ việc" not in get(cast.lead, "case", story.pk)
    assert FIRST not in get(cast.outsider_lead, "cases")
    get(cast.outsider_lead, "case", story.pk, status=404)
    get(cast.owner, "cases", status=403)
    get(None, "cases", status=302)
    assert "Không có vụ việc nào khớp" in get(cast.office, "cases", q="bão")


def test_an_item_is_taken_out_with_its_copies(cast, story):
    first = Item.objects.get(title=FIRST)
    assert post(cast.outsider_lead, "case_take_out", first.pk).status_code == 404
    assert post(cast.lead, "case_take_out", first.pk).status_code == 403
    assert story.items.count() == 4
    assert post(cast.office, "case_take_out", first.pk).status_code == 302
    story.refresh_from_db()
    assert story.size == 2
    assert LogEntry.objects.filter(action="listening.case.taken_out").count() == 1
    assert post(cast.office, "case_take_out", first.pk).status_code == 302  # it is out already: told
    assert LogEntry.objects.filter(action="listening.case.taken_out").count() == 1


def test_two_cases_become_one(cast, papers, story):
    say(papers[1], OTHER + " nữa", 24)
    services.analyse_waiting()
    other = Case.objects.exclude(pk=story.pk).get()
    assert [one.pk for one in casebook.perhaps_same(cast.office, story)] == [other.pk]
    assert post(cast.lead, "case_merge", story.pk, vao=other.pk).status_code in (403, 404)
    assert post(cast.office, "case_merge", story.pk, vao=story.pk).status_code == 302
    assert post(cast.office, "case_merge", story.pk, vao="x").status_code == 404
    assert Case.objects.count() == 2
    post(cast.office, "case_merge", other.pk, vao=story.pk)
    kept = Case.objects.get()
    assert (kept.pk, kept.size) == (story.pk, 6)


def test_the_list_asks_the_same_questions_for_two_cases_and_for_many(cast, papers, story):
    def count():
        client = Client()
        client.force_login(cast.office)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("listening:cases"))
        return len(queries)

    count()
    few = count()
    for number in range(12):
        Case.objects.create(
            unit=cast.so,
            title=f"Việc {number}",
            first_at=clock.now(),
            last_at=clock.now(),
            size=3,
            decided_by=cast.office,
        )
    assert count() == few


@pytest.mark.parametrize(
    ("hours", "labels"), [(0, 1), (30, 31), (24 * 10, 11), (24 * 60, 9)], ids=["one", "hours", "days", "weeks"]
)
def test_volume_has_no_holes(hours, labels):
    start = dt.datetime(2026, 9, 7, 8, tzinfo=clock.VIETNAM)
    rows = casebook.volume([(start, "neg"), (start + dt.timedelta(hours=hours), "pos")])
    assert len(rows) == labels
    assert sum(sum(counts) for _label, counts in rows) == 2
