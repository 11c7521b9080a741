"""What a person sets right holds for the case: what it counts, what is one of its copies, what joins it."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.core import clock
from loa.listening import casebook, services
from loa.listening.events import matter_of_case
from loa.listening.fetching import Found
from loa.listening.models import Case, Item
from loa.listening.services.gathering import count_cases
from loa.listening.services.health import forget_words

pytestmark = pytest.mark.django_db

FEES = "Trường THCS Sơn Thượng bị phụ huynh phản ánh thu tiền điều hoà hai triệu đồng mỗi em chưa được bàn bạc"
FIRST = "Phụ huynh phản ánh các khoản thu đầu năm tại Trường THCS Sơn Thượng tăng cao so với năm học trước"
SECOND = "Sở yêu cầu Trường THCS Sơn Thượng rà soát, trả lại các khoản thu đầu năm sai quy định"
THIRD = "Trường THCS Sơn Thượng lên tiếng về các khoản thu đầu năm, hứa công khai với phụ huynh"


@pytest.fixture
def paper(cast):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


def hear(source, *texts, outlets=()):
    """Items of these titles, an hour apart, analysed."""
    start = clock.now() - dt.timedelta(days=1)
    services.store(
        source,
        [
            Found(
                url=f"https://bao.example/{source.pk}-{n}-{len(text)}.html",
                title=text,
                outlet=outlets[n] if outlets else "",
                published_at=start + dt.timedelta(hours=n),
            )
            for n, text in enumerate(texts)
        ],
    )
    services.analyse_waiting()


def correct(actor, item, field, value):
    return services.item_correct(actor=actor, item=item, field=field, value=value)


def test_a_case_counts_nothing_that_is_not_about_education(cast, paper):
    hear(paper, FIRST, SECOND, THIRD)
    case = Case.objects.get()
    assert (case.title, case.size, case.negative) == (FIRST, 3, Item.objects.filter(tone="neg").count())
    correct(cast.office, Item.objects.get(title=FIRST), "relevant", "0")
    case.refresh_from_db()
    left = Item.objects.filter(relevant=True)
    assert (case.title, case.size, case.negative) == (SECOND, 2, left.filter(tone="neg").count())
    assert case.first_at == left.order_by("published_at")[0].published_at
    story = casebook.story_of(cast.office, case)
    assert ([line.item.title for line in story.lines], story.hidden) == ([SECOND, THIRD], 0)
    # A hot issue takes over what the case counts.
    assert {item.title for item in matter_of_case(case).items} == {SECOND, THIRD}
    correct(cast.office, Item.objects.get(title=FIRST), "relevant", "1")
    case.refresh_from_db()
    assert (case.title, case.size) == (FIRST, 3)


def test_a_school_meets_no_case_by_what_is_not_about_education(cast, paper):
    hear(paper, FIRST, SECOND)
    assert list(casebook.cases_for(cast.lead)) == [Case.objects.get()]
    case = services.case_decide(actor=cast.office, case=Case.objects.get(), state="watch")
    for item in Item.objects.all():
        correct(cast.office, item, "relevant", "0")
    case.refresh_from_db()
    assert case.size == 0
    assert not casebook.cases_for(cast.lead).exists()
    assert list(casebook.cases_for(cast.office)) == [case]


def test_a_case_keeps_the_name_a_paper_gave_it_when_the_words_are_forgotten(cast, paper):
    hear(paper, FIRST, SECOND, THIRD)
    case = Case.objects.get()
    keys = dict(Item.objects.values_list("title", "pk"))
    forget_words([keys[FIRST]])
    count_cases([case.pk])
    case.refresh_from_db()
    assert (case.title, case.size) == (FIRST, 3)
    forget_words(list(keys.values()))
    count_cases([case.pk])
    case.refresh_from_db()
    assert (case.title, case.size) == (FIRST, 3)


def test_a_case_of_people_alone_stays_without_their_words(cast):
    group = services.source_add(actor=cast.office, unit=cast.so, name="Nhóm", kind="hand", outlet="social")
    hear(group, FEES, FEES + " nữa")
    case = Case.objects.get()
    forget_words(list(Item.objects.values_list("pk", flat=True)))
    count_cases([case.pk])
    named, case = case.title, Case.objects.get()
    assert named.startswith("Phản ánh của người dân: ")
    assert case.title == named
