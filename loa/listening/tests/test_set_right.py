"""What a person sets right holds for the case: what it counts, what is one of its copies, what joins it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Refused
from loa.listening import casebook, services
from loa.listening.events import matter_of_case
from loa.listening.fetching import Found
from loa.listening.models import Case, Correction, Item, Tally
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


# — copies ———————————————————————————————————————————————————————————————————————————————


def tones():
    return [item.tone for item in Item.objects.order_by("pk")]


@pytest.fixture
def passed_on(paper):
    """Six papers with the same words."""
    hear(paper, *[FEES] * 6, outlets=[f"Báo {n}" for n in range(6)])
    leader = Item.objects.get(copy_of=None)
    assert tones() == ["neg"] * 6
    return leader


def test_what_is_said_of_words_holds_wherever_they_were_passed_on(cast, passed_on):
    other = Item.objects.exclude(pk=passed_on.pk).last()
    services.item_confirm(actor=cast.office, item=other, field="tone")
    assert correct(cast.office, passed_on, "tone", "pos").also == 4
    assert sorted(tones()) == ["neg", "pos", "pos", "pos", "pos", "pos"]
    assert set(Item.objects.exclude(pk=other.pk).values_list("tone", "score")) == {("pos", 1.0)}
    assert Case.objects.get().negative == 1
    assert sum(Tally.objects.filter(tone="pos", about="").values_list("n", flat=True)) == 5
    # Examples are what people said, not what followed from it.
    assert Correction.objects.count() == 2
    assert LogEntry.objects.get(action="listening.item.corrected").data["copies"] == 4


def test_a_copy_that_comes_later_is_judged_as_its_leader_was(cast, paper, passed_on):
    correct(cast.office, passed_on, "tone", "pos")
    correct(cast.office, passed_on, "harm", "offensive")
    late = clock.now() - dt.timedelta(hours=1)
    services.store(paper, [Found(url="https://muon.example/1", title=FEES, published_at=late)])
    services.analyse_waiting()
    item = Item.objects.get(url="https://muon.example/1")
    assert (item.copy_of, item.tone, item.score, item.harm) == (passed_on, "pos", 1.0, "offensive")


def test_of_a_copy_what_has_its_very_words_follows(cast, paper, passed_on):
    hear(paper, FEES + ", dư luận rất quan tâm tới việc này")
    longer = Item.objects.get(title__endswith="việc này")
    assert longer.copy_of == passed_on
    copy = Item.objects.filter(copy_of=passed_on).exclude(pk=longer.pk).last()
    assert correct(cast.office, copy, "tone", "neu").also == 5
    longer.refresh_from_db()
    assert longer.tone == "neg"


def test_copies_leave_and_come_back_with_their_leader(cast, passed_on):
    assert correct(cast.office, passed_on, "relevant", "0").also == 5
    assert not Item.objects.filter(relevant=True).exists()
    assert not Case.objects.exists()
    assert correct(cast.office, passed_on, "relevant", "1").also == 5
    case = Case.objects.get()
    assert (case.title, case.size, case.outlets) == (FEES, 6, 6)
    assert Item.objects.filter(copy_of=passed_on).count() == 5


def test_the_page_says_how_many_followed(cast, passed_on):
    client = Client(headers={"HX-Request": "true"})
    client.force_login(cast.office)
    answer = client.post(reverse("listening:correct", args=[passed_on.pk]), {"muc": "tone", "gia-tri": "pos"})
    assert "Sửa luôn 5 tin đăng lại." in answer.content.decode()


# — a case set aside ———————————————————————————————————————————————————————————————————————


def counted(cast):
    """What figures, spikes and digests stand on."""
    return Item.objects.filter(unit=cast.so, relevant=True).count()


def test_a_case_set_aside_counts_no_more_until_it_is_taken_up_again(cast, paper):
    hear(paper, FIRST, SECOND, THIRD)
    correct(cast.office, Item.objects.get(title=THIRD), "relevant", "0")
    case = Case.objects.get()
    with pytest.raises(Refused):
        services.case_decide(actor=cast.lead, case=case, state="irrelevant")
    assert counted(cast) == 2
    case = services.case_decide(actor=cast.office, case=case, state="irrelevant")
    assert (case.also, counted(cast), Tally.objects.filter(n__gt=0).count()) == (2, 0, 0)
    # It is still there to be looked at, with what it is made of.
    assert len(casebook.story_of(cast.office, case).lines) == case.size == 3
    assert list(casebook.list_of(cast.office, state="irrelevant")) == [case]
    assert Correction.objects.count() == 1  # of no use to the trainer
    # What comes later belongs to it and counts for nothing either.
    services.store(paper, [Found(external="m", title=FIRST + ", dư luận quan tâm", published_at=clock.now())])
    services.analyse_waiting()
    late = Item.objects.get(title__endswith="quan tâm")
    assert (late.case, late.relevant) == (case, False)
    case = services.case_decide(actor=cast.office, case=case, state="watch")
    assert (case.also, counted(cast), case.size) == (3, 3, 3)
    assert Item.objects.get(title=THIRD).relevant is False


def test_the_page_of_a_case_says_how_many_count_no_more(cast, paper):
    hear(paper, FIRST, SECOND)
    case = Case.objects.get()
    client = Client()
    client.force_login(cast.office)
    answer = client.post(reverse("listening:decide", args=[case.pk]), {"trang-thai": "irrelevant"}, follow=True)
    assert "2 tin không còn tính vào số liệu, cảnh báo, điểm báo." in answer.content.decode()
    answer = client.post(reverse("listening:decide", args=[case.pk]), {"trang-thai": "watch"}, follow=True)
    assert "2 tin được tính lại." in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "into_state", "counts"), [("irrelevant", "watch", 3), ("watch", "irrelevant", 0)]
)
def test_two_cases_that_are_one_count_as_the_one_that_stays(cast, paper, state, into_state, counts):
    hear(paper, FIRST, SECOND, THIRD)
    case = Case.objects.get()
    into = Case.objects.create(unit=cast.so, first_at=case.first_at, last_at=case.last_at)
    Item.objects.filter(title=THIRD).update(case=into)
    count_cases([case.pk, into.pk])
    for one, what in (case, state), (into, into_state):
        services.case_decide(actor=cast.office, case=one, state=what)
    kept = services.case_merge(actor=cast.office, case=case, into=into)
    kept.refresh_from_db()
    assert (counted(cast), kept.size, kept.state) == (counts, 3, into_state)
    assert sum(Tally.objects.filter(about="t:lam-thu").values_list("n", flat=True)) == counts


def test_what_is_taken_out_of_a_case_set_aside_counts_again(cast, paper):
    hear(paper, FIRST, SECOND, FIRST)
    case = services.case_decide(actor=cast.office, case=Case.objects.get(), state="irrelevant")
    first = Item.objects.filter(title=FIRST, copy_of=None).get()
    services.case_take_out(actor=cast.office, item=first)
    assert set(Item.objects.filter(relevant=True).values_list("title", flat=True)) == {FIRST}
    assert (counted(cast), Tally.objects.filter(n__gt=0).exists()) == (2, True)
    case.refresh_from_db()
    assert case.size == 1
    # What a person said of it stays.
    second = Item.objects.get(title=SECOND)
    services.item_confirm(actor=cast.office, item=second, field="relevant")
    services.case_take_out(actor=cast.office, item=second)
    assert counted(cast) == 2


# — about education after all ———————————————————————————————————————————————————————————————


def test_what_is_about_education_after_all_gets_its_topics_and_its_case(cast, paper):
    away = "Người dân Cà Mau kêu phí gửi xe tăng, gọi đó là lạm thu ở chợ trung tâm"
    hear(paper, away)
    item = Item.objects.get()
    assert (item.relevant, item.topics.count(), item.case) == (False, 0, None)
    hear(paper, "x", away + " thành phố")
    second = Item.objects.get(title__endswith="thành phố")
    for one in (item, second):
        one.refresh_from_db()
        correct(cast.office, one, "relevant", "1")
    for one in (item, second):
        one.refresh_from_db()
        assert list(one.topics.values_list("code", flat=True)) == ["lam-thu"]
    case = Case.objects.get()
    assert (case.size, item.case, second.case) == (2, case, case)
    assert second.copy_of == item
    assert sum(Tally.objects.filter(about="t:lam-thu").values_list("n", flat=True)) == 2
