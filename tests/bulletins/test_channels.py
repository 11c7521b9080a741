"""An issue on the web and on the unit's pages, and what becomes of it when a story or a consent is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from loa.bulletins import services
from loa.bulletins.channels import draft_of
from loa.bulletins.engine.mail import compose
from loa.bulletins.models import Bulletin
from loa.bulletins.rules import State
from loa.bulletins.tests.factories import approved, fill
from loa.bulletins.ui.forms import ListForm
from loa.channels import engine
from loa.channels.drafts import COVER
from loa.channels.models import ChannelAccount, Delivery, PostPicture
from loa.channels.rules import Intent, Status
from loa.channels.tests.factories import facebook_account, simulators, zalo_account
from loa.newsroom import services as newsroom
from loa.newsroom.models import Story
from loa.org.tests.factories import make_unit
from loa.portal.tests.factories import make_photo, make_plan, make_story


@pytest.fixture
def pages(town: Any, settings: Any) -> Iterator[dict[str, ChannelAccount]]:
    with simulators(settings) as (facebook, zalo):
        made = {"facebook": facebook_account(town.so), "zalo": zalo_account(town.so)}
        for name, sim in (("facebook", facebook), ("zalo", zalo)):
            made[name].sim = sim  # type: ignore[attr-defined]
        yield made


def sent(town: Any, mailing_list: Any = None) -> Bulletin:
    """An issue whose sending has begun."""
    mailing_list = mailing_list or town.list
    fill(mailing_list, 2, start=1 + 10 * Bulletin.objects.count())
    made = approved(town, mailing_list)
    services.start_due()
    made.refresh_from_db()
    return made


def share(client: Client, town: Any, issue: Bulletin, pages: dict[str, ChannelAccount]) -> None:
    client.force_login(town.chief)
    form = {"key": "b" * 24, "account": [page.pk for page in pages.values()], "when": "now"}
    assert client.post(reverse("bulletins:share", args=[issue.pk]), form).status_code == 302
    drain()


def drain() -> None:
    for _step in range(4):  # Zalo works on an article
        engine.drain()


def row_of(page: ChannelAccount) -> Delivery:
    return Delivery.objects.get(account=page, intent=Intent.PUBLISH)


def web(issue: Bulletin, **extra: Any) -> Any:
    return Client().get(f"/ban-tin/ban-tin-{issue.pk}/", HTTP_HOST="songlam.example", follow=True, **extra)


# — the web page —————————————————————————————————————————————————————————————————————
def test_an_issue_is_read_on_the_web_once_it_is_sent(town: Any) -> None:
    fill(town.list, 1)
    issue = approved(town, town.list)
    assert web(issue).status_code == 404
    services.start_due()
    answer = web(issue)
    assert answer.status_code == 200
    assert [status for _address, status in answer.redirect_chain] == [301]
    body = answer.content.decode()
    for story in town.stories:
        assert story.title in body
    assert issue.subject in body
    listing = Client().get("/ban-tin/", HTTP_HOST="songlam.example").content.decode()
    assert issue.subject in listing


def test_what_was_taken_down_since_is_not_on_it(town: Any) -> None:
    issue = sent(town)
    Story.objects.filter(pk=town.stories[0].pk).update(live=False)
    body = web(issue).content.decode()
    assert town.stories[0].title not in body
    assert town.stories[2].title in body


def test_a_list_nobody_may_join_has_no_web_page_and_no_link_in_its_letters(town: Any) -> None:
    issue = sent(town)
    assert "Xem bản web" in compose(issue)[0]
    assert f"/ban-tin/ban-tin-{issue.pk}/" in compose(issue)[1]
    town.list.is_open = False
    town.list.save()
    issue = Bulletin.objects.get(pk=issue.pk)
    assert "Xem bản web" not in compose(issue)[0]
    assert web(issue).status_code == 404


def test_a_cancelled_issue_leaves_web_and_channels(town: Any, client: Client, pages: Any) -> None:
    issue = sent(town)
    share(client, town, issue, pages)
    services.bulletin_cancel(actor=town.chief, bulletin_id=issue.pk)
    drain()
    assert web(issue).status_code == 404
    assert pages["facebook"].sim.state["posts"] == []
    assert pages["zalo"].sim.state["articles"] == []


def test_the_pages_cost_the_same_for_many(town: Any, django_assert_max_num_queries: Any) -> None:
    issue = sent(town)
    for number in range(8):
        make_story(town.school, town.owner, f"Tin thêm số {number}")
    big = sent(town)
    assert big.items.count() > issue.items.count()
    with django_assert_max_num_queries(20):
        web(big)


# — on the channels ——————————————————————————————————————————————————————————————————
def test_an_issue_becomes_a_post_on_each_page(town: Any, client: Client, pages: Any) -> None:
    photo = make_photo(town.stories[2])
    issue = sent(town)
    client.force_login(town.chief)
    shown = client.get(reverse("bulletins:share", args=[issue.pk])).content.decode()
    assert "Trang của Sở" in shown
    assert "OA của Sở" in shown
    share(client, town, issue, pages)
    share(client, town, issue, pages)  # the same form twice
    [post] = pages["facebook"].sim.state["posts"]
    assert issue.subject in post["message"]
    assert "• Câu lạc bộ thiên văn Lam Giang" in post["message"]
    assert len(post["media"]) == 1
    link = post["message"][post["message"].index("/k/") :].split()[0]
    assert client.get(link)["Location"].endswith(f"/ban-tin/ban-tin-{issue.pk}/")
    [article] = pages["zalo"].sim.state["articles"]
    assert article["body"]["title"] == issue.subject
    assert row_of(pages["zalo"]).post.pictures.get().ref == photo.pk
    body = client.get(reverse("bulletins:bulletin", args=[issue.pk])).content.decode()
    assert "xem trên kênh" in body
    assert f"/ban-tin/ban-tin-{issue.pk}/" in body


def test_without_photos_zalo_has_a_drawn_cover(town: Any, client: Client, pages: Any) -> None:
    issue = sent(town)
    share(client, town, issue, pages)
    assert row_of(pages["zalo"]).post.pictures.get().ref == COVER
    assert not row_of(pages["facebook"]).post.pictures.exists()


@pytest.mark.parametrize(("who", "status"), [("office", 403), ("owner", 404), ("outsider", 404)])
def test_only_who_publishes_on_pages(town: Any, client: Client, pages: Any, who: str, status: int) -> None:
    issue = sent(town)
    client.force_login(getattr(town, who))
    url = reverse("bulletins:share", args=[issue.pk])
    assert client.get(url).status_code == status
    form = {"key": "b" * 24, "account": pages["facebook"].pk, "when": "now"}
    assert client.post(url, form).status_code == status
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("why", ["waiting", "closed"])
def test_what_is_not_public_stays_at_home(town: Any, client: Client, pages: Any, why: str) -> None:
    if why == "waiting":
        issue = approved(town, town.list)
        assert issue.state == State.SCHEDULED
    else:
        town.list.is_open = False
        town.list.save()
        issue = sent(town)
    client.force_login(town.chief)
    form = {"key": "b" * 24, "account": pages["facebook"].pk, "when": "now"}
    client.post(reverse("bulletins:share", args=[issue.pk]), form)
    assert not Delivery.objects.exists()


def test_a_story_taken_down_leaves_the_post(town: Any, client: Client, pages: Any) -> None:
    story = town.stories[2]
    photo = make_photo(story)
    issue = sent(town)
    share(client, town, issue, pages)
    newsroom.story_withdraw(actor=town.editor, story_id=story.pk, reason="Sai")
    drain()
    [post] = pages["facebook"].sim.state["posts"]
    assert story.title not in post["message"]
    assert "bỏ một tin, bài không còn đăng" in post["message"]
    assert post["media"] == []
    [article] = pages["zalo"].sim.state["articles"]
    assert story.title not in str(article["body"])
    assert not PostPicture.objects.filter(ref=photo.pk, gone=False).exists()


def test_consent_taken_back_takes_the_picture(town: Any, client: Client, pages: Any) -> None:
    photo = make_photo(town.stories[2])
    issue = sent(town)
    share(client, town, issue, pages)
    newsroom.photo_consent(actor=town.editor, photo_id=photo.pk, consent="refused", note="Phụ huynh đề nghị")
    drain()
    [post] = pages["facebook"].sim.state["posts"]
    assert post["media"] == []
    assert "• Câu lạc bộ thiên văn Lam Giang" in post["message"]
    assert not PostPicture.objects.filter(ref=photo.pk, gone=False).exists()
    assert row_of(pages["zalo"]).status == Status.SENT
    assert len(pages["zalo"].sim.state["articles"]) == 1


def test_a_draft_names_six_stories_and_says_how_many_more(town: Any) -> None:
    for number in range(6):
        make_story(make_unit(f"Trường Số {number}", "thcs", town.xa), town.owner, f"Tin thêm số {number}")
    lead = draft_of(sent(town)).lead
    assert lead.count("• ") == 6
    assert lead.endswith("tin, bài khác")


# — the form of a list ———————————————————————————————————————————————————————————————
def test_a_list_chooses_among_the_topics_of_the_plan_that_binds(town: Any) -> None:
    [binding] = make_plan(town.so, "Văn hóa đọc")
    [elsewhere] = make_plan(town.thpt, "Chuyện của trường khác")
    offered = ListForm(user=town.chief).fields["topic"].queryset
    assert list(offered) == [binding]
    town.list.topic = elsewhere
    town.list.save()
    kept = ListForm(user=town.chief, instance=town.list).fields["topic"].queryset
    assert set(kept) == {binding, elsewhere}
