"""Each page has its own address of the same story; how often it is opened is counted, who opens it is not."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.channels import engine, selectors, services
from loa.channels.models import PostLink, PostLinkDay
from loa.channels.services import links
from loa.channels.tests.factories import draft, facebook_account, simulators, zalo_account
from loa.core import clock

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def sims(settings):
    with simulators(settings) as both:
        yield both


def _queue(cast, account, one, **more):
    return services.post_queue(
        actor=cast.editor, account_id=account.pk, draft=one, key=f"{account.pk}k" * 10, **more
    )


def test_every_page_posts_its_own_address_of_the_same_story(cast, sims, client, settings):
    page, oa = facebook_account(cast.so), zalo_account(cast.so)
    one = draft(cast.so, pictures=1)
    shown = services.tracked(one, [page, oa])
    rows = [_queue(cast, page, one), _queue(cast, oa, one)]
    engine.drain()
    codes = dict(PostLink.objects.values_list("account", "code"))
    assert len(set(codes.values())) == 2
    text = sims[0].state["posts"][0]["message"]
    assert f"{settings.BASE_URL}/k/{codes[page.pk]}" in text
    assert one.link not in text
    # What the preview showed is what was sent.
    assert shown[page.pk].link in text
    assert shown[oa.pk].link == rows[1].post.payload["link"]
    answer = client.get(f"/k/{codes[page.pk]}", headers={"User-Agent": BROWSER})
    assert (answer.status_code, answer["Location"]) == (302, one.link)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_people_are_counted_together_machines_and_looks_are_not(cast, sims, client):
    page = facebook_account(cast.so)
    row = _queue(cast, page, draft(cast.so))
    engine.drain()
    row.refresh_from_db()
    path = f"/k/{PostLink.objects.get().code}"
    for agent in (BROWSER, BROWSER, "Mozilla/5.0 (iPhone) Zalo iOS/625"):
        client.get(path, headers={"User-Agent": agent})
    for agent in ("facebookexternalhit/1.1", "Googlebot/2.1", "TelegramBot (like TwitterBot)", "curl/8.5.0", ""):
        assert client.get(path, headers={"User-Agent": agent}).status_code == 302
    client.head(path, headers={"User-Agent": BROWSER})
    client.get(path, headers={"User-Agent": BROWSER, "Sec-Purpose": "prefetch;prerender"})
    assert client.post(path).status_code == 405
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        client.get(path, headers={"User-Agent": BROWSER})
    assert list(PostLinkDay.objects.order_by("day").values_list("count", flat=True)) == [3, 1]
    told = {one.name: one.value for one in selectors.measures_of([row])[row.pk]}
    assert told["visits"] == 4
    days, series = selectors.measure_days(row)
    assert series["visits"] == [3, 4]
    assert len(days) == 2


def test_an_address_nobody_gave_out_leads_nowhere(cast, client, sims):
    page = facebook_account(cast.so)
    one = draft(cast.so)
    code = links.code_of(page.pk, one.source, one.source_id)
    services.tracked(one, [page])  # a preview writes nothing
    assert client.get(f"/k/{code}").status_code == 404
    assert client.get("/k/" + "a" * 400).status_code == 404
    assert not PostLinkDay.objects.exists()


def test_an_address_goes_on_working_when_the_key_changes_and_the_story_moves(cast, sims, client, settings):
    page = facebook_account(cast.so)
    one = draft(cast.so)
    _queue(cast, page, one)
    known = PostLink.objects.get().code
    settings.SECRET_KEY = "x" * 50
    moved = replace(one, link="https://truong.example.vn/bai/moi")
    assert services.tracked(moved, [page])[page.pk].link.endswith(known)
    links.remember(moved, page)
    assert client.get(f"/k/{known}")["Location"] == moved.link


def test_words_of_a_person_get_the_counted_address_and_stay_the_programs_words(cast, sims):
    page = facebook_account(cast.so)
    one = draft(cast.so, pictures=1)
    proposed = services.tracked(one, [page])[page.pk]
    own = _queue(cast, page, one, changes={"text": f"Mời đọc: {one.link} nhé"})
    assert own.post.payload["text"] == f"Mời đọc: {proposed.link} nhé"
    other = draft(cast.so, pictures=1)
    kind_text = services.tracked(other, [page])[page.pk]
    row = services.post_queue(
        actor=cast.editor,
        account_id=page.pk,
        draft=other,
        key="z" * 20,
        changes={"text": f"{other.title}\n\n{other.lead}\n\n{kind_text.link}"},
    )
    assert row.post.own_words is False


def test_numbers_of_many_posts_cost_two_queries(cast, sims, django_assert_num_queries):
    page = facebook_account(cast.so)
    rows = [
        services.post_queue(actor=cast.editor, account_id=page.pk, draft=draft(cast.so), key=f"{n:020}")
        for n in range(12)
    ]
    with django_assert_num_queries(2):
        selectors.measures_of(rows)


@given(st.integers(1, 10**9), st.text(min_size=1, max_size=40), st.integers(1, 2**62))
def test_codes_are_eight_plain_letters(account, source, number):
    code = links.code_of(account, source, number)
    assert re.fullmatch(f"[{links.LETTERS}]{{{links.LENGTH}}}", code)
    assert code == links.code_of(account, source, number)
