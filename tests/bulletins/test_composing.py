"""From the proposal to the approved letter, with two people; and the staff screens with the whole cast."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail

from loa.bulletins import selectors, services
from loa.bulletins.models import Bulletin, Delivery
from loa.bulletins.rules import State
from loa.bulletins.tests.factories import approved, fill, make_list
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.portal.tests.factories import make_photo, make_story, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


def created(town, actor=None, mailing_list=None):
    today = clock.today()
    return services.bulletin_create(
        actor=actor or town.editor, list_id=(mailing_list or town.list).pk,
        first=today - dt.timedelta(days=6), last=today,
    )  # fmt: skip


def test_the_proposal_gives_every_unit_a_turn(town):
    for _n in range(12):
        make_story(town.school, town.owner)
    draft = make_story(town.school, town.owner, live=False)
    old = make_story(town.school, town.owner, published_at=clock.now() - dt.timedelta(days=30))
    today = clock.today()
    chosen = selectors.proposal(town.list, today - dt.timedelta(days=6), today)
    assert len(chosen) == 8
    assert town.stories[2] in chosen[:2]  # the one story of the other school is among the first
    assert draft not in chosen
    assert old not in chosen


def test_a_school_list_tells_of_the_school_alone(town):
    own = make_list(town.school, "Tin trường")
    bulletin = services.bulletin_create(actor=town.lead, list_id=own.pk)
    assert {item.story.unit_id for item in bulletin.items.all()} <= {town.school.pk}
    for person in (town.outsider_lead, town.outsider, town.owner):
        with pytest.raises(NotFound):
            services.bulletin_create(actor=person, list_id=own.pk)
    assert Bulletin.objects.count() == 1


def test_saving_orders_and_words(town):
    bulletin = created(town)
    one, two, three = (story.pk for story in town.stories)
    services.bulletin_save(
        actor=town.editor, bulletin_id=bulletin.pk, version=0, items=[(three, "Lời riêng"), (one, "")],
        subject="  Tin   tuần ", intro="Kính gửi\n\nBạn đọc", preheader="",
    )  # fmt: skip
    bulletin.refresh_from_db()
    assert bulletin.subject == "Tin tuần"
    assert [(item.story_id, item.lead) for item in bulletin.items.all()] == [(three, "Lời riêng"), (one, "")]
    with pytest.raises(Conflict):
        services.bulletin_save(actor=town.chief, bulletin_id=bulletin.pk, version=0, items=[], subject="x")
    foreign = make_story(town.thpt, town.outsider, on_main_portal=False)
    with pytest.raises(InvalidInput):
        services.bulletin_save(
            actor=town.editor, bulletin_id=bulletin.pk, version=1, items=[(foreign.pk, "")], subject="x"
        )
    with pytest.raises(Refused):
        services.bulletin_save(
            actor=town.director, bulletin_id=bulletin.pk, version=1, items=[(two, "")], subject="x"
        )
    bulletin.refresh_from_db()
    assert (bulletin.version, bulletin.subject) == (1, "Tin tuần")


def test_a_second_person_approves_and_what_was_approved_is_frozen(town):
    bulletin = created(town, town.chief)
    services.bulletin_submit(actor=town.chief, bulletin_id=bulletin.pk)
    for person, error in ((town.chief, Refused), (town.editor, Refused), (town.lead, NotFound)):
        with pytest.raises(error):
            services.bulletin_approve(actor=person, bulletin_id=bulletin.pk, version=bulletin.version)
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.approved_by) == (State.WAITING, None)
    services.bulletin_return(actor=town.chief, bulletin_id=bulletin.pk)  # taken back
    other = created(town, town.editor)
    services.bulletin_submit(actor=town.editor, bulletin_id=other.pk)
    assert selectors.waiting_for(town.chief) == 1
    assert selectors.waiting_for(town.editor) == 0
    assert town.chief.notices.filter(code="bulletins.to_approve", cancelled_at=None).count() == 1
    services.bulletin_approve(actor=town.chief, bulletin_id=other.pk, version=other.version)
    other.refresh_from_db()
    frozen = other.html
    assert "Chuyến xe sách số 1 lên Sơn Thượng" in frozen
    with pytest.raises(Conflict):
        services.bulletin_save(actor=town.editor, bulletin_id=other.pk, version=other.version, items=[])
    town.stories[0].title = "Tựa đổi sau khi duyệt"
    town.stories[0].save()
    other.refresh_from_db()
    assert other.html == frozen
    assert town.chief.notices.filter(code="bulletins.to_approve", cancelled_at=None).count() == 0


def test_approving_what_has_changed_since(town):
    bulletin = created(town)
    services.bulletin_submit(actor=town.editor, bulletin_id=bulletin.pk)
    with pytest.raises(Conflict):
        services.bulletin_approve(actor=town.chief, bulletin_id=bulletin.pk, version=bulletin.version + 1)
    with pytest.raises(InvalidInput):
        services.bulletin_approve(
            actor=town.chief, bulletin_id=bulletin.pk, version=bulletin.version,
            send_at=clock.now() - dt.timedelta(hours=1),
        )  # fmt: skip
    with pytest.raises(InvalidInput):
        services.bulletin_return(actor=town.chief, bulletin_id=bulletin.pk, reason=" ")
    services.bulletin_return(actor=town.chief, bulletin_id=bulletin.pk, reason="Thiếu tin tuyển sinh")
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.note) == (State.DRAFT, "Thiếu tin tuyển sinh")
    assert town.editor.notices.filter(code="bulletins.returned").count() == 1


def test_a_withdrawn_story_does_not_go_out(town):
    make_photo(town.stories[0])
    bulletin = created(town)
    withdraw(town.stories[1])
    services.bulletin_submit(actor=town.editor, bulletin_id=bulletin.pk)
    done = services.bulletin_approve(actor=town.chief, bulletin_id=bulletin.pk, version=bulletin.version)
    assert "số 2 lên" not in done.html
    assert 'alt="Mô tả ảnh' in done.html
    assert "https://songlam.example/anh/" in done.html
    for story in town.stories:
        withdraw(story)
    empty = created(town)
    with pytest.raises(InvalidInput):
        services.bulletin_submit(actor=town.editor, bulletin_id=empty.pk)


def test_the_weekly_draft_is_made_once_on_its_day(town):
    monday = dt.datetime(2026, 11, 30, 8, 0, tzinfo=clock.VIETNAM)
    town.list.draft_on = 0
    town.list.save()
    with clock.frozen(monday - dt.timedelta(hours=2)):
        assert services.draft_due_lists() == 0  # six in the morning
    with clock.frozen(monday):
        make_story(town.school, town.owner, "Tin của tuần", published_at=monday - dt.timedelta(days=2))
        assert services.draft_due_lists() == 1
        assert services.draft_due_lists() == 0
    with clock.frozen(monday + dt.timedelta(days=1)):
        assert services.draft_due_lists() == 0
    bulletin = Bulletin.objects.get()
    assert (bulletin.period_from, bulletin.period_to) == (dt.date(2026, 11, 23), dt.date(2026, 11, 29))
    assert "Tin của tuần" in [item.story.title for item in bulletin.items.all()]
    assert town.editor.notices.filter(code="bulletins.drafted").count() == 1
    # Nobody wrote in it yet: the editor sends it, the head approves.
    services.bulletin_submit(actor=town.editor, bulletin_id=bulletin.pk)
    services.bulletin_approve(actor=town.chief, bulletin_id=bulletin.pk, version=bulletin.version)


def test_a_test_letter_goes_to_oneself(town):
    bulletin = created(town)
    with pytest.raises(InvalidInput):
        services.bulletin_test(actor=town.editor, bulletin_id=bulletin.pk)
    town.editor.email = "minh@songlam.example"
    town.editor.save()
    services.bulletin_test(actor=town.editor, bulletin_id=bulletin.pk)
    (letter,) = mail.outbox
    assert letter.to == ["minh@songlam.example"]
    assert letter.subject.startswith("[Thử] ")
    assert "@@" not in letter.body
    assert not Delivery.objects.exists()


def test_lists_are_opened_by_those_in_charge(town):
    for person in (town.editor, town.owner, town.director):
        with pytest.raises(Refused):
            services.list_create(actor=person, unit_id=town.so.pk, title="Tin mới", description="Mỗi tuần.")
    made = services.list_create(actor=town.office, unit_id=town.so.pk, title="Tin mới", description="Mỗi tuần.")
    with pytest.raises(Conflict):
        services.list_create(actor=town.chief, unit_id=town.so.pk, title="Tin mới ", description="Mỗi tuần.")
    with pytest.raises(NotFound):
        services.list_update(actor=town.outsider_lead, list_id=made.pk, title="Của tôi")
    services.list_update(actor=town.office, list_id=made.pk, title="Tin mới nhất", active=False)
    made.refresh_from_db()
    assert (made.title, made.active) == ("Tin mới nhất", False)


# — screens ————————————————————————————————————————————————————————————————————————————

BASE = "/lam-viec/ban-tin/"


def test_screens_with_the_cast(town, client):
    fill(town.list, 2)
    bulletin = approved(town, town.list)
    paths = ["", "danh-sach/", f"danh-sach/{town.list.pk}/", f"{bulletin.pk}/", f"{bulletin.pk}/thu.html"]
    for person, status in ((town.editor, 200), (town.chief, 200), (town.office, 200), (town.director, 200)):
        client.force_login(person)
        for path in paths:
            answer = client.get(BASE + path)
            assert answer.status_code == status, (person, path)
            assert b"nguoi1@" not in answer.content
    client.force_login(town.outsider_lead)
    assert [client.get(BASE + path).status_code for path in paths[2:]] == [404, 404, 404]
    client.force_login(town.owner)
    assert client.get(BASE).status_code == 403
    client.logout()
    assert {client.get(BASE + path).status_code for path in paths} == {302}


def test_the_way_through_the_screens(town, client):
    fill(town.list, 2)
    client.force_login(town.editor)
    today = clock.today()
    week = {"list": town.list.pk, "first": today - dt.timedelta(days=6), "last": today}
    answer = client.post(f"{BASE}soan/", week)
    bulletin = Bulletin.objects.get()
    assert answer["Location"] == f"{BASE}{bulletin.pk}/soan/"
    page = client.get(answer["Location"]).content.decode()
    assert "Chuyến xe sách số 1 lên Sơn Thượng" in page
    one, two, three = (story.pk for story in town.stories)
    fields = {
        "version": 0, "subject": "Tin tuần này", "intro": "Kính gửi", "preheader": "", "submit": "1",
        "story": [one, two, three], f"in-{one}": "on", f"in-{three}": "on",
        f"order-{one}": "2", f"order-{three}": "1",
        f"lead-{one}": "", f"lead-{three}": "Lời mới",
    }  # fmt: skip
    assert client.post(f"{BASE}{bulletin.pk}/soan/", fields).status_code == 302
    bulletin.refresh_from_db()
    assert (bulletin.state, bulletin.subject) == (State.WAITING, "Tin tuần này")
    assert list(bulletin.items.values_list("story_id", flat=True)) == [three, one]
    assert client.post(f"{BASE}{bulletin.pk}/viec/duyet/", {"version": 1}).status_code == 403
    client.force_login(town.chief)
    assert "Duyệt và gửi cho 2 người" in client.get(f"{BASE}{bulletin.pk}/").content.decode()
    client.post(f"{BASE}{bulletin.pk}/viec/duyet/", {"version": 1})
    bulletin.refresh_from_db()
    assert bulletin.state == State.SCHEDULED
    letter = client.get(f"{BASE}{bulletin.pk}/thu.html")
    assert "script-src 'none'" in letter["Content-Security-Policy"]
    assert "default-src 'none'" in letter["Content-Security-Policy"]
    assert client.post(f"{BASE}{bulletin.pk}/viec/khong-co/").status_code == 404
    client.post(f"{BASE}{bulletin.pk}/viec/huy/")
    bulletin.refresh_from_db()
    assert bulletin.state == State.CANCELLED


def test_lists_cost_the_same_for_many(town, client, django_assert_max_num_queries):
    client.force_login(town.chief)
    counts = []
    for n in range(2):
        for m in range(1 + 8 * n):
            made = make_list(town.so, f"Danh sách {n}.{m}", whole_portal=True)
            fill(made, 2, start=100 * n + 3 * m + 10)
            created(town, mailing_list=made)
        for path in ("", "danh-sach/"):
            with django_assert_max_num_queries(40) as taken:
                assert client.get(BASE + path).status_code == 200
            counts.append(len(taken))
    assert counts[:2] == counts[2:]
