"""Units that end: what is said until the day, who carries on what they listened to."""

from __future__ import annotations

import datetime as dt
from threading import Thread
from time import sleep

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.accounts.models import Notice, User
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict
from loa.core.heard import Heard
from loa.listening import access, search, selectors, services
from loa.listening.fetching import Found
from loa.listening.figures import write as figures
from loa.listening.figures.compare import branches
from loa.listening.models import (
    Alert,
    Case,
    Correction,
    Digest,
    DigestPlan,
    Item,
    Source,
    Spike,
    Tally,
    ToneSum,
)
from loa.listening.search import marks
from loa.listening.services import reorganised
from loa.listening.tests.morning import MORNING
from loa.org import events
from loa.org.rules import Kind, Role
from loa.org.services import NewUnit, apply_due_events, unit_close, unit_merge, unit_rename, unit_split
from loa.org.tests.factories import Cast, make_unit, make_user

pytestmark = pytest.mark.django_db

TODAY = clock.local(MORNING).date()
COMING = TODAY + dt.timedelta(days=60)


@pytest.fixture
def paper(cast, time_at):
    return services.source_add(actor=cast.office, unit=cast.so, name="Báo Sông Lam", kind="hand", outlet="local")


def said(paper, key, text="Trường THCS Sơn Thượng bị phụ huynh tố lạm thu, học sinh lo lắng"):
    """The units that an item is written on."""
    services.store(paper, [Found(external=key, title=f"{text}, {key}", published_at=clock.now())])
    services.analyse_waiting()
    return list(Item.objects.latest("pk").units.values_list("unit", flat=True))


# — until the day ————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("new", [False, True])
def test_a_merger_entered_in_advance_changes_who_is_meant_on_its_day(cast, paper, time_at, new):
    assert said(paper, "trước") == [cast.school.pk]
    into = NewUnit(name="Trường TH và THCS Sơn Thượng", kind=Kind.LIEN_CAP) if new else cast.primary
    heir = unit_merge(actor=cast.admin, units=[cast.school], into=into, on=COMING, decision="1/QĐ")
    assert said(paper, "đã ghi") == [cast.school.pk]
    time_at(MORNING + dt.timedelta(days=59))
    assert said(paper, "hôm trước") == [cast.school.pk]
    time_at(MORNING + dt.timedelta(days=60))
    assert said(paper, "từ hôm nay") == [heir.pk]


def test_a_new_name_entered_in_advance_takes_nobodys(cast, paper, time_at):
    unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=COMING, decision="1/QĐ")
    unit_rename(actor=cast.admin, unit=cast.primary, name="Trường TH và THCS Sơn Thượng", on=COMING)
    unit_rename(actor=cast.admin, unit=cast.primary, name=cast.school.name, on=COMING + dt.timedelta(days=1))
    assert said(paper, "đã ghi") == [cast.school.pk]
    time_at(MORNING + dt.timedelta(days=61))
    assert said(paper, "từ hôm nay") == [cast.primary.pk]


def test_a_commune_that_is_to_be_closed_is_listed_until_its_day(cast, paper, time_at):
    other = make_unit("UBND xã Mường Lát", Kind.UBND_XA, cast.so)
    unit_close(actor=cast.admin, unit=cast.xa, on=COMING, children_to=other, members_to=other)

    said(paper, "để có gì mà lọc")

    def shown():
        client = Client()
        client.force_login(cast.office)
        stream = client.get(reverse("listening:stream")).content.decode()
        rows = branches(cast.office, TODAY - dt.timedelta(days=30), clock.today())
        return cast.xa in {row.unit for row in rows}, f'<option value="{cast.xa.pk}"' in stream

    assert shown() == (True, True)
    time_at(MORNING + dt.timedelta(days=60))
    assert shown() == (False, False)


# — who carries on ———————————————————————————————————————————————————————————————————————


@pytest.fixture
def other(cast):
    return make_unit("Xã Mường Lát", Kind.UBND_XA, cast.so)


def feed(cast, unit, url="https://bao.example/rss"):
    user = cast.commune if unit == cast.xa else make_user("Quàng Văn Dũng", (Role.FOCAL, unit))
    return services.source_add(actor=user, unit=unit, name="Báo huyện", kind="feed", outlet="local", url=url)


def hear(source, n=5, tag="x"):
    found = [
        Found(
            external=f"{tag}{i}",
            title=f"Học sinh đoạt giải cuộc thi khoa học kỹ thuật lần thứ {tag} {i} của huyện",
            published_at=MORNING - dt.timedelta(hours=i + 1),
        )
        for i in range(n)
    ]
    services.store(source, found)
    while services.analyse_waiting():
        pass


def said_to(unit, n=6, place="Trường THCS Sơn Thượng", place_key="", tag=""):
    for i in range(n):
        services.heard_taken(
            Heard(
                *(unit.pk, "facebook", place, f"facebook:{place}{tag}{i}"),
                place_key=place_key,
                text=f"Nhà trường lạm thu, con tôi là học sinh lớp {i} phải nộp thêm tiền",
                at=MORNING - dt.timedelta(hours=i + 1),
            )
        )
    services.analyse_waiting()


def anew(user):
    """As of the next request: rights are kept by the object."""
    return User.objects.get(pk=user.pk)


def reads(user, **where):
    return access.items_for(anew(user)).filter(**where).count()


def found_by_marks(unit):
    return len(search.find(None, search.Scope(((marks.listener(unit.pk),),)), limit=100))


def in_step(*units):
    """Figures are what counting anew gives."""
    for unit in units:
        now = [
            sorted(model.objects.filter(unit=unit).exclude(**nought).values_list(*fields))
            for model, nought, fields in (
                (Tally, {"n": 0}, ("about", "day", "outlet", "tone", "n")),
                (ToneSum, {"pos": 0, "neu": 0, "neg": 0}, ("about", "first", "pos", "neu", "neg")),
            )
        ]
        figures.recount(unit.pk)
        assert now[0] == sorted(Tally.objects.filter(unit=unit).values_list("about", "day", "outlet", "tone", "n"))
        assert now[1] == sorted(
            ToneSum.objects.filter(unit=unit).values_list("about", "first", "pos", "neu", "neg")
        )


def merge(cast, unit, heir, on=TODAY):
    return unit_merge(actor=cast.admin, units=[unit], into=heir, on=on, decision="1/QĐ")


def test_what_a_school_heard_is_read_by_its_heir(cast, time_at):
    said_to(cast.school)
    before = [reads(user) for user in (cast.office, cast.commune, cast.lead)]
    assert before == [6, 6, 6]
    merge(cast, cast.school, cast.primary)
    assert [reads(user, unit=cast.primary) for user in (cast.office, cast.commune, cast.lead)] == before
    assert (found_by_marks(cast.school), found_by_marks(cast.primary)) == (0, 6)
    assert not Tally.objects.filter(unit=cast.school).exists()
    in_step(cast.primary)
    assert Source.objects.get().unit == cast.primary
    entry = LogEntry.objects.get(action="listening.unit.moved")
    assert (entry.unit_id, entry.data["sources"], entry.data["items"]) == (cast.primary.pk, 1, 6)


def test_a_merger_to_come_moves_nothing_before_its_day(cast, time_at):
    said_to(cast.school)
    merge(cast, cast.school, cast.primary, on=COMING)
    assert services.carry_on() == 0
    assert reads(cast.lead, unit=cast.school) == 6
    time_at(MORNING + dt.timedelta(days=60))
    apply_due_events()
    assert (reads(cast.lead, unit=cast.school), reads(cast.lead, unit=cast.primary)) == (0, 6)


def test_sources_digests_and_searches_of_a_commune_go_on(cast, other, time_at):
    source = feed(cast, cast.xa)
    hear(source)
    services.draft_due()
    draft = Digest.objects.get(unit=cast.xa)
    old = Digest.objects.create(
        unit=cast.xa, kind="day", day=TODAY - dt.timedelta(days=1), state="approved",
        since=MORNING - dt.timedelta(days=2), until=MORNING - dt.timedelta(days=1),
    )  # fmt: skip
    saved = services.search_save(
        actor=cast.commune, name="Giải thưởng", wanted=selectors.StreamFilter(text="giải"), unit=cast.xa
    )
    merge(cast, cast.xa, other)
    people = [anew(user) for user in (cast.commune, cast.office)]
    for user in people:
        assert old in access.digests_for(user)
        assert access.source_for_read(user, source.pk).unit == other
        assert access.search_for_read(user, saved.pk).unit == other
    assert access.digest_for_edit(people[0], draft.pk).unit == other
    old.refresh_from_db()
    assert (old.unit, old.keeper) == (cast.xa, other)
    draft.refresh_from_db()
    # The draft goes on at the heir, and nothing is drafted for the one that is no more.
    assert services.digest_renew(actor=people[0], digest=draft) == 0
    time_at(MORNING + dt.timedelta(days=1))
    services.draft_due()
    assert not Digest.objects.filter(unit=cast.xa, day__gt=TODAY).exists()
    assert Digest.objects.filter(unit=other, day__gt=TODAY).exists()
    assert services.claim_due() == [source.pk]
    Source.objects.update(silent_from=clock.now())
    time_at(MORNING + dt.timedelta(days=2))
    services.sweep_silent()
    told = set(Notice.objects.filter(code="listening.source_silent").values_list("user", flat=True))
    assert cast.commune.pk in told


def test_of_what_both_have_the_heirs_is_kept(cast, other, time_at):
    keeper = make_user("Quàng Văn Dũng", (Role.FOCAL, other))
    mine, theirs = feed(cast, cast.xa), feed(cast, other)
    services.draft_due()
    for source in (mine, theirs):
        hear(source)
    hear(mine, 2, tag="riêng")
    services.draft_due()
    theirs_draft = Digest.objects.get(unit=other, kind="day")
    DigestPlan.objects.create(unit=cast.xa, recipients="xa@loa.example")
    DigestPlan.objects.create(unit=other, recipients="muonglat@loa.example")
    twin = Item.objects.filter(unit=cast.xa, title__contains="x 1").get()
    services.item_correct(actor=cast.commune, item=twin, field="tone", value="neg")
    saved = services.search_save(
        actor=cast.commune, name="Báo huyện", wanted=selectors.StreamFilter(source=mine.pk)
    )
    merge(cast, cast.xa, other)
    saved.refresh_from_db()
    assert saved.params == {"nguon": str(theirs.pk)}
    assert list(Source.objects.values_list("pk", flat=True)) == [theirs.pk]
    assert Item.objects.filter(unit=other, source=theirs).count() == Item.objects.count() == 7
    assert Correction.objects.get().item.unit == other
    assert not Case.objects.filter(unit=cast.xa).exists()
    assert all(case.items.count() == case.size for case in Case.objects.all())
    assert found_by_marks(other) == 7
    in_step(other)
    # Two drafts of one day: each stays, the heir's people see to both.
    kept = Digest.objects.get(unit=cast.xa, kind="day")
    assert set(access.digests_for(anew(keeper))) == {kept, theirs_draft}
    with pytest.raises(Conflict):
        services.digest_renew(actor=anew(keeper), digest=kept)
    assert kept.lines.count() == Digest.objects.get(pk=kept.pk).lines.count()
    client = Client()
    client.force_login(keeper)
    shown = client.get(reverse("listening:digest", args=[kept.pk])).content.decode()
    assert 'name="duyet"' in shown
    assert 'name="cap-nhat"' not in shown
    services.digest_approve(actor=anew(keeper), digest=kept)
    plans = {plan.unit_id: (plan.active, plan.recipients) for plan in DigestPlan.objects.all()}
    assert plans == {cast.xa.pk: (False, "xa@loa.example"), other.pk: (True, "muonglat@loa.example")}


def test_alerts_go_along_also_two_of_one_hour(cast, other, time_at):
    made = []
    for unit in (cast.xa, other):
        feed(cast, unit)
        spike = Spike.objects.create(
            unit=unit, about="t:lam-thu", began_at=MORNING, ended_at=MORNING, items=9, expected=1, strength=5,
            peak=5,
        )  # fmt: skip
        made.append(Alert.objects.create(unit=unit, spike=spike, level=2))
    about = Alert.objects.create(
        unit=cast.so, meant=cast.school, level=2,
        spike=Spike.objects.create(
            unit=cast.so, about=f"v:{cast.school.pk}", began_at=MORNING, ended_at=MORNING, items=9, expected=1,
            strength=5, peak=5,
        ),
    )  # fmt: skip
    merge(cast, cast.xa, other)
    assert set(access.alerts_for(anew(cast.commune))) >= set(made)
    assert [alert.spike.unit for alert in Alert.objects.filter(pk__in=[row.pk for row in made])] == [other, other]
    merge(cast, cast.school, cast.primary)
    assert about in access.alerts_for(anew(cast.lead))


@pytest.mark.parametrize(
    ("mine", "theirs", "left"),
    [
        ("channels:1", "channels:1", 1),
        ("channels:1", "channels:2", 2),
        ("channels:1", "", 1),
        ("", "channels:1", 1),
    ],
)
def test_a_page_that_was_heard_by_both_is_one_source(cast, time_at, mine, theirs, left):
    said_to(cast.school, place_key=mine)
    said_to(cast.primary, 3, place_key=theirs, tag="mới")
    merge(cast, cast.school, cast.primary)
    assert Source.objects.filter(unit=cast.primary).count() == Source.objects.count() == left
    assert {source.place_key for source in Source.objects.all()} == {mine, theirs} - {""}
    assert reads(cast.lead, unit=cast.primary) == 9


def test_who_closes_without_an_heir_is_heard_by_the_unit_above(cast, time_at):
    said_to(cast.school)
    unit_close(actor=cast.admin, unit=cast.school, on=TODAY)
    assert reads(cast.commune, unit=cast.xa) == reads(cast.office, unit=cast.xa) == 6
    assert Source.objects.get().unit == cast.xa


def test_a_part_that_is_split_off_takes_nothing_along(cast, time_at):
    said_to(cast.school)
    part = NewUnit(name="Trường THCS Sơn Trung", kind=Kind.THCS)
    unit_split(actor=cast.admin, unit=cast.school, parts=[part], on=TODAY, keep=True)
    assert reads(cast.lead, unit=cast.school) == 6


def test_many_items_follow_in_portions(cast, time_at, monkeypatch):
    monkeypatch.setattr(reorganised, "PORTION", 2)
    monkeypatch.setattr(reorganised, "AT_ONCE", 1)
    said_to(cast.school, 7)
    merge(cast, cast.school, cast.primary)
    assert reads(cast.lead, unit=cast.primary) == 2
    assert services.carry_on() == 2
    in_step(cast.school, cast.primary)
    while services.carry_on():
        pass
    assert reads(cast.lead, unit=cast.primary) == found_by_marks(cast.primary) == 7
    assert not Tally.objects.filter(unit=cast.school).exists()
    in_step(cast.primary)


def test_what_an_earlier_version_left_behind_follows(cast, time_at):
    said_to(cast.school)
    merge(cast, cast.school, cast.primary)
    merge(cast, cast.primary, cast.thpt)
    # As it was before: all of it still at the school that ended first.
    Source.objects.update(unit=cast.school)
    Item.objects.update(unit=cast.school)
    while services.carry_on():
        pass
    assert (Source.objects.get().unit, reads(cast.lead, unit=cast.thpt)) == (cast.thpt, 6)


def test_the_preview_says_what_moves(cast, time_at):
    feed(cast, cast.xa)
    said_to(cast.school)
    rows = {str(stake.label): stake.count for stake in events.stakes_of([cast.xa.pk, cast.school.pk])}
    assert rows["nguồn tin đang nghe"] == 2


def test_queries_do_not_grow_with_the_items(cast, time_at):
    asked = []
    for n, name in ((5, "THCS Lam Sơn"), (40, "THCS Chu Văn An")):
        school = make_unit(f"Trường {name}", Kind.THCS, cast.xa)
        said_to(school, n, place=name)
        with CaptureQueriesContext(connection) as seen:
            merge(cast, school, cast.primary)
        asked.append(len(seen))
    assert reads(cast.lead, unit=cast.school) == 0
    assert reads(cast.commune, unit=cast.primary) == 45
    assert asked[1] <= asked[0] + 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
def test_two_workers_count_no_item_twice(time_at, monkeypatch):
    cast = Cast()
    monkeypatch.setattr(reorganised, "PORTION", 3)
    monkeypatch.setattr(reorganised, "AT_ONCE", 0)
    monkeypatch.setattr(reorganised, "enqueue_after_commit", lambda *_args: None)
    said_to(cast.school, 12)
    with transaction.atomic():
        merge(cast, cast.school, cast.primary)
    assert not Item.objects.filter(unit=cast.primary).exists()
    load, errors = reorganised.search.load, []

    def slowly(keys):
        sleep(0.2)
        return load(keys)

    def work():
        try:
            while services.carry_on():
                pass
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(reorganised.search, "load", slowly)
    workers = [Thread(target=work) for _n in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    monkeypatch.undo()
    assert not errors
    assert Item.objects.filter(unit=cast.primary).count() == 12
    in_step(cast.primary)
    assert not Tally.objects.filter(unit=cast.school).exists()
