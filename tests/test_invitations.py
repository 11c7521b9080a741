"""Accounts made in bulk, the links that open them, and the one-time passwords made when they are asked for."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core import mail
from django.test import Client
from django_tasks import TaskResultStatus

from loa.accounts import invitations, services, tasks
from loa.accounts.models import User
from loa.accounts.passwords import ONE_TIME_ROUNDS
from loa.accounts.services import NewAccount
from loa.audit.models import LogEntry
from loa.core import clock, jobs
from loa.core.errors import Conflict, InvalidInput
from loa.core.tests.test_health import make_job

GOOD = "bon-tu-ghep-lai-2026"


@pytest.fixture(autouse=True)
def mail_is_set(settings):
    settings.EMAIL_HOST = "smtp.songlam.example"
    with clock.frozen("2026-11-20T08:00"):
        yield


@pytest.fixture
def made(cast):
    people = [
        NewAccount("Quàng Thị Ín", "In@truong.edu.vn", "0912 345 678", cast.school.pk),
        NewAccount("Quàng Văn Ín", "", "", cast.school.pk),
        NewAccount("Hà Thị Ín", "ha.in@truong.edu.vn", "", cast.primary.pk),
    ]
    return services.accounts_create(actor=cast.admin, people=people)


def link_in(letter) -> str:
    return re.search(r"http\S+(/tai-khoan/loi-moi/\S+)", letter.body)[1]


def invited(cast, user, django_capture_on_commit_callbacks) -> str:
    before = len(mail.outbox)
    with django_capture_on_commit_callbacks(execute=True):
        assert services.invite(actor=cast.admin, units={user.pk: None}, places={user.pk: "Trường A"}) == 1
    assert len(mail.outbox) == before + 1
    user.refresh_from_db()
    return link_in(mail.outbox[-1])


def test_accounts_made_in_bulk_open_to_nobody(cast, made):
    assert [user.username for user in made] == ["in.qt", "in.qv", "in.ht"]
    one = User.objects.get(username="in.qt")
    assert (one.email, one.phone, one.must_change_password) == ("in@truong.edu.vn", "0912345678", True)
    assert "quang thi in" in one.folded
    assert not one.has_usable_password()
    assert LogEntry.objects.filter(action="accounts.created", actor_id=cast.admin.pk).count() == 3
    with pytest.raises(Conflict):
        services.accounts_create(actor=cast.admin, people=[NewAccount("Hà Thị Ín", "HA.IN@truong.edu.vn")])
    same = [NewAccount("Hà A", "a@truong.edu.vn"), NewAccount("Hà B", "A@truong.edu.vn")]
    with pytest.raises(Conflict):
        services.accounts_create(actor=cast.admin, people=same)
    with pytest.raises(InvalidInput):
        services.accounts_create(actor=cast.admin, people=[NewAccount("Hà A", "a@@truong")])
    assert User.objects.filter(full_name__startswith="Hà ").count() == 2  # hers, and the head of the school


def test_many_accounts_cost_few_statements(cast, django_assert_max_num_queries):
    people = [NewAccount(f"Vừ A Số {n}", f"so{n}@truong.edu.vn") for n in range(400)]
    with django_assert_max_num_queries(30):
        made = services.accounts_create(actor=None, people=people)
    assert len({user.username for user in made}) == 400


def test_the_letter_s_link_gives_a_first_password_once(cast, made, client, django_capture_on_commit_callbacks):
    user = made[0]
    link = invited(cast, user, django_capture_on_commit_callbacks)
    letter = mail.outbox[-1]
    assert letter.to == ["in@truong.edu.vn"]
    for words in ("Quàng Thị Ín", "Trường A", "in.qt", "27/11/2026"):
        assert words in letter.body
    # Somebody else's log-in on that device ends first.
    client.force_login(cast.owner)
    answer = client.get(link)
    assert (answer.status_code, answer["Location"]) == (302, "/tai-khoan/loi-moi/dat-mat-khau/")
    form = client.get(answer["Location"])
    assert "in.qt" in form.content.decode()
    assert "no-store" in form["Cache-Control"]
    assert "_auth_user_id" not in client.session
    weak = client.post(answer["Location"], {"password1": "12345678", "password2": "12345678"})
    assert weak.status_code == 400
    done = client.post(answer["Location"], {"password1": GOOD, "password2": GOOD})
    assert (done.status_code, done["Location"]) == (302, "/tai-khoan/dang-nhap/")
    user.refresh_from_db()
    assert user.check_password(GOOD)
    assert not user.must_change_password
    assert LogEntry.objects.filter(action="accounts.password", actor_id=user.pk).exists()
    for path in (link, answer["Location"]):
        assert Client().get(path).status_code == 410
    # Who is in already is not invited again.
    assert services.invite(actor=cast.admin, units={user.pk: None}, places={}) == 0


@pytest.mark.parametrize("end", ["time", "again", "closed", "address", "renewed", "entered", "forged"])
def test_a_link_ends(cast, made, client, end, django_capture_on_commit_callbacks):
    user = made[0]
    link = invited(cast, user, django_capture_on_commit_callbacks)
    assert invitations.user_of(link.split("/")[3]) == user
    later = "2026-11-20T08:00"
    if end == "time":
        later = "2026-11-27T08:00:01"
    elif end == "again":
        with clock.frozen("2026-11-21T08:00"):
            second = invited(cast, user, django_capture_on_commit_callbacks)
            assert Client().get(second).status_code == 302
    elif end == "closed":
        services.account_disable(actor=None, user=user, reason="")
    elif end == "address":
        services.contact_change(actor=None, user=user, email="khac@truong.edu.vn", phone="")
    elif end == "renewed":
        services.password_renew(actor=None, user=user)
    elif end == "entered":
        User.objects.filter(pk=user.pk).update(last_login=clock.now())
    else:
        link = link[:-5] + "abcd/"
    with clock.frozen(later):
        answer = client.get(link)
    assert answer.status_code == 410
    assert "không dùng được nữa" in answer.content.decode()


def test_a_sheet_s_password_leaves_the_link_alone_and_is_kept_nowhere(
    cast, made, client, settings, django_capture_on_commit_callbacks
):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user = made[0]
    link = invited(cast, user, django_capture_on_commit_callbacks)
    User.objects.filter(pk=made[2].pk).update(last_login=clock.now())
    given = services.one_time_passwords(
        actor=cast.admin, units={made[0].pk: cast.school.pk, made[1].pk: None, made[2].pk: None}
    )
    assert set(given) == {made[0], made[1]}
    password = given[user]
    user.refresh_from_db()
    assert identify_hasher(user.password).decode(user.password)["iterations"] == ONE_TIME_ROUNDS
    assert user.one_time_until == clock.now() + dt.timedelta(days=7)
    assert password not in str(list(LogEntry.objects.values()))
    assert Client().get(link).status_code == 302
    answer = client.post("/tai-khoan/dang-nhap/", {"login": user.username, "password": password})
    assert answer.status_code == 302
    assert client.get("/lam-viec/")["Location"] == "/tai-khoan/mat-khau/doi/"
    user.refresh_from_db()
    # The log-in stores it with all rounds, and ends the link.
    assert identify_hasher(user.password).decode(user.password)["iterations"] > ONE_TIME_ROUNDS
    assert Client().get(link).status_code == 410


def test_a_letter_that_cannot_be_sent_is_told_until_another_leaves(cast, made, django_capture_on_commit_callbacks):
    user = made[0]
    invited(cast, user, django_capture_on_commit_callbacks)
    first = user.invited_at.isoformat()

    def gives_up(stamp: str) -> None:
        path = "loa.accounts.tasks.send_invitation"
        row = make_job(TaskResultStatus.FAILED, path=path, args=(user.pk, "Trường A", stamp), worker_ids=["w"] * 5)
        assert not jobs.settle_failure(row)
        user.refresh_from_db()

    assert not invitations.unsent(user)
    gives_up(first)
    assert invitations.unsent(user)
    assert list(User.objects.filter(invitations.UNSENT)) == [user]
    # The same letter, let run again from the page of failed jobs, leaves.
    tasks.send_invitation.func(user.pk, "Trường A", first)
    user.refresh_from_db()
    assert not invitations.unsent(user)
    gives_up(first)
    with clock.frozen("2026-11-21T08:00"):
        invited(cast, user, django_capture_on_commit_callbacks)
        assert not invitations.unsent(user)
        # What an earlier letter comes to says nothing of the new one.
        gives_up(first)
        assert not invitations.unsent(user)


def test_no_letter_for_what_is_over_and_none_without_a_server(
    cast, made, settings, django_capture_on_commit_callbacks
):
    user = made[0]
    invited(cast, user, django_capture_on_commit_callbacks)
    stamp = user.invited_at.isoformat()
    tasks.send_invitation.func(user.pk, "", stamp)
    assert len(mail.outbox) == 2
    services.password_was_set(User.objects.get(pk=user.pk))
    tasks.send_invitation.func(user.pk, "", stamp)
    assert len(mail.outbox) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert services.invite(actor=cast.admin, units={made[1].pk: None}, places={}) == 0, "no address"
    settings.EMAIL_HOST = ""
    with pytest.raises(InvalidInput, match="máy chủ thư"):
        services.invite(actor=cast.admin, units={made[2].pk: None}, places={})
    made[2].refresh_from_db()
    assert made[2].invited_at is None
