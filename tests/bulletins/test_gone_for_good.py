"""Who left comes back by their own confirmation and by nothing else: no stranger's form, no file, no year."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loa.bulletins import services, tokens
from loa.bulletins.engine import run
from loa.bulletins.models import Delivery, Subscriber, Subscription, Suppression
from loa.bulletins.rules import Letter, Why
from loa.bulletins.services.sending import bar_dead
from loa.bulletins.tasks import forget
from loa.bulletins.tests.factories import approved, fill, make_list
from loa.core import clock
from loa.core.errors import AppError

pytestmark = pytest.mark.django_db(transaction=True)
PROOF = "Phiếu đăng ký họp phụ huynh 05/09/2026, lưu tại văn thư"
EMAIL = "nguoi1@thu.example"


def bring(town: Any, mailing_list: Any = None, email: str = EMAIL) -> Any:
    return services.subscribers_import(
        actor=town.office, list_id=(mailing_list or town.list).pk, data=email.encode(), proof=PROOF
    )


def form(*lists: Any, email: str = EMAIL) -> None:
    services.subscribe(email=email, list_ids=[row.pk for row in lists], agreed=True)


def link() -> str:
    return re.search(r"/nhan-tin/xac-nhan/([^/\s]+)/", mail.outbox[-1].body)[1]


def leave(row: Subscription) -> None:
    services.leave(token=tokens.token("leave", row.pk), how="one_click")


def test_a_form_anybody_fills_in_does_not_undo_the_leaving(town):
    row = fill(town.list, 1)[0]
    leave(row)
    left = Subscription.objects.get()
    form(town.list)
    row.refresh_from_db()
    assert (row.state, row.ended_at, row.ended_how) == ("left", left.ended_at, "one_click")
    assert (row.consent_at, row.consent_text_id) == (left.consent_at, left.consent_text_id)
    with clock.frozen(clock.now() + dt.timedelta(days=8)):
        forget.func()
        assert (bring(town).added, bring(town).left) == (0, 1)
    row.refresh_from_db()
    assert row.state == "left"


def test_what_was_asked_before_this_and_never_confirmed_is_left_again(town):
    """Rows that an older version made wait after they had left."""
    row = fill(town.list, 2)[0]
    leave(row)
    bounced = Subscription.objects.get(subscriber__email="nguoi2@thu.example")
    bar_dead([bounced.pk])
    Subscription.objects.update(state="pending", asked_at=clock.now())
    with clock.frozen(clock.now() + dt.timedelta(days=8)):
        forget.func()
    assert set(Subscription.objects.values_list("subscriber__email", "state")) == {
        (EMAIL, "left"), ("nguoi2@thu.example", "bounced"),
    }  # fmt: skip


def test_after_a_year_only_a_fingerprint_is_kept_and_a_file_still_brings_nobody_back(town):
    row = fill(town.list, 1)[0]
    leave(row)
    other = make_list(town.so, "Tin tuyển sinh")
    with clock.frozen(clock.now() + dt.timedelta(days=370)):
        forget.func()
        assert not Subscription.objects.exists()
        assert not Subscriber.objects.exists()
        kept = Suppression.objects.get()
        assert (kept.fingerprint, kept.reason, kept.mailing_list) == (
            tokens.fingerprint(EMAIL), Suppression.Reason.REQUEST, town.list,
        )  # fmt: skip
        assert EMAIL not in str(kept.__dict__)
        done = bring(town)
        assert (done.added, done.suppressed) == (0, 1)
        assert not Subscriber.objects.exists()
        # They left this list and no other.
        assert bring(town, other).added == 1
        form(town.list)
        assert not Subscription.objects.filter(mailing_list=town.list, state="active").exists()
        services.confirm(token=link())
        assert Subscription.objects.get(mailing_list=town.list).state == "active"
        assert not Suppression.objects.exists()


def test_who_asked_again_may_still_confirm_when_the_year_is_over(town):
    row = fill(town.list, 1)[0]
    leave(row)
    with clock.frozen(clock.now() + dt.timedelta(days=366)):
        form(town.list)
        forget.func()
        [back] = services.confirm(token=link())
    assert (back.pk, back.state) == (row.pk, "active")


def test_coming_back_to_one_list_does_not_open_the_others(town):
    other = make_list(town.so, "Tin tuyển sinh")
    leave(fill(town.list, 1)[0])
    with clock.frozen(clock.now() + dt.timedelta(days=370)):
        forget.func()
        form(other)
        services.confirm(token=link())
        assert bring(town).suppressed == 1
    assert list(Subscription.objects.values_list("mailing_list", "state")) == [(other.pk, "active")]


def test_who_was_forgotten_and_came_back_to_one_list_stays_off_the_others(town):
    other = make_list(town.so, "Tin tuyển sinh")
    row = fill(town.list, 1)[0]
    services.erase(token=tokens.token("prefs", row.subscriber_id))
    form(other)
    services.confirm(token=link())
    assert bring(town).suppressed == 1
    assert list(Subscription.objects.values_list("mailing_list", "state")) == [(other.pk, "active")]


@pytest.mark.parametrize("how", ["page", "staff"])
def test_leaving_again_ends_what_was_asked_since(town, how):
    row = fill(town.list, 1)[0]
    leave(row)
    form(town.list)
    token = link()
    if how == "page":
        leave(row)
    else:
        services.take_off(actor=town.office, list_id=town.list.pk, email=EMAIL)
    assert services.confirm(token=token) == []
    row.refresh_from_db()
    assert row.state == "left"


def test_by_ones_own_page_one_comes_back_and_gets_letters(town, smtp):
    smtp()
    row = fill(town.list, 1)[0]
    prefs = tokens.token("prefs", row.subscriber_id)
    Suppression.objects.create(fingerprint=row.subscriber.fingerprint, reason="request", mailing_list=town.list)
    services.preferences_save(token=prefs, list_ids=[])
    services.preferences_save(token=prefs, list_ids=[town.list.pk])
    approved(town, town.list)
    services.start_due()
    run.send_for(30)
    assert Delivery.objects.get().state == Letter.SENT


def test_barred_from_one_list_is_barred_from_no_other(town, smtp):
    smtp()
    other = make_list(town.so, "Tin tuyển sinh")
    row = fill(town.list, 1)[0]
    for mailing_list, state, why in ((other, Letter.SENT, ""), (town.list, Letter.SKIPPED, Why.SUPPRESSED)):
        Suppression.objects.all().delete()
        Suppression.objects.create(
            fingerprint=row.subscriber.fingerprint, reason="request", mailing_list=mailing_list
        )
        issue = approved(town, town.list)
        services.start_due()
        run.send_for(30)
        assert Delivery.objects.filter(bulletin=issue).values_list("state", "why").get() == (state, why)


DEEDS = st.one_of(
    st.tuples(st.sampled_from(["form", "import", "leave", "prefs_on", "prefs_off", "bounce"]), st.booleans()),
    st.tuples(st.sampled_from(["form_both", "confirm", "confirm_old", "erase"]), st.just(False)),
    st.tuples(st.sampled_from(["days", "week", "year"]), st.just(False)),
)


class Life:
    """What may happen to one address on two lists. `gone`: lists they left and have not come back to."""

    def __init__(self, town: Any, other: Any) -> None:
        self.town, self.lists, self.now = town, [town.list, other], clock.now()
        self.gone: set[int] = set()
        self.links: list[str] = []

    def do(self, what: str, second: bool) -> None:
        self.now += dt.timedelta(minutes=11)
        mailing_list = self.lists[second]
        with clock.frozen(self.now):
            before = len(mail.outbox)
            getattr(self, f"_{what}")(mailing_list)
            if len(mail.outbox) > before:
                self.links.append(link())
        active = Subscription.objects.filter(state="active", subscriber__email=EMAIL)
        assert not self.gone & set(active.values_list("mailing_list", flat=True)), (what, self.gone)

    def _row(self, mailing_list: Any) -> Subscription | None:
        return Subscription.objects.filter(mailing_list=mailing_list, subscriber__email=EMAIL).first()

    def _form(self, mailing_list: Any) -> None:
        form(mailing_list)

    def _form_both(self, _list: Any) -> None:
        form(*self.lists)

    def _import(self, mailing_list: Any) -> None:
        bring(self.town, mailing_list)

    def _leave(self, mailing_list: Any) -> None:
        if (row := self._row(mailing_list)) is not None:
            leave(row)
            self.gone.add(mailing_list.pk)

    def _prefs_on(self, mailing_list: Any) -> None:
        self._choose(lambda lists: lists | {mailing_list.pk})

    def _prefs_off(self, mailing_list: Any) -> None:
        self._choose(lambda lists: lists - {mailing_list.pk})

    def _choose(self, change: Any) -> None:
        person = Subscriber.objects.filter(email=EMAIL).first()
        if person is not None:
            active = set(person.subscriptions.filter(state="active").values_list("mailing_list", flat=True))
            wanted = change(active)
            services.preferences_save(token=tokens.token("prefs", person.pk), list_ids=wanted)
            self.gone = (self.gone | (active - wanted)) - wanted

    def _bounce(self, mailing_list: Any) -> None:
        if (row := self._row(mailing_list)) is not None:
            bar_dead([row.pk])

    def _confirm(self, _list: Any) -> None:
        if self.links:
            self._press(self.links[-1])

    def _confirm_old(self, _list: Any) -> None:
        if self.links:
            self._press(self.links[0])

    def _press(self, token: str) -> None:
        with suppress(AppError):  # the person was forgotten meanwhile
            self.gone -= {row.mailing_list_id for row in services.confirm(token=token)}

    def _erase(self, _list: Any) -> None:
        person = Subscriber.objects.filter(email=EMAIL).first()
        if person is not None:
            active = person.subscriptions.filter(state="active")
            self.gone |= set(active.values_list("mailing_list", flat=True))
            services.erase(token=tokens.token("prefs", person.pk))

    def _days(self, _list: Any, count: int = 2) -> None:
        """The nightly job has run when they are over."""
        self.now += dt.timedelta(days=count)
        with clock.frozen(self.now):
            forget.func()

    def _week(self, _list: Any) -> None:
        self._days(_list, 8)

    def _year(self, _list: Any) -> None:
        self._days(_list, 370)


LEFT, ASKED, FILE, WEEK, YEAR = (
    ("leave", False), ("form", False), ("import", False), ("week", False), ("year", False),
)  # fmt: skip


@example(deeds=[LEFT, ASKED, WEEK, FILE])
@example(deeds=[LEFT, YEAR, FILE])
@example(deeds=[LEFT, YEAR, ASKED, WEEK, FILE])
@example(deeds=[LEFT, YEAR, ("form", True), ("confirm", False), FILE])
@example(deeds=[("erase", False), ("form", True), ("confirm", False), FILE])
@given(deeds=st.lists(DEEDS, max_size=14))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_way_but_their_own_word_brings_back_who_left(town, monkeypatch, deeds):
    """Forms of strangers, files of the office, weeks and years, in any order."""
    # Letters go out as the deed is done: an example is one transaction, rolled back.
    monkeypatch.setattr(
        "loa.bulletins.services.subscribers.enqueue_after_commit", lambda job, *args: job.func(*args)
    )
    mail.outbox.clear()
    with transaction.atomic():
        life = Life(town, make_list(town.so, "Tin tuyển sinh"))
        fill(town.list, 1)
        for what, second in deeds:
            life.do(what, second)
        transaction.set_rollback(True)
