"""Notices: short, one approver, until a day; and what they are on each channel."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels import services as channels
from loa.channels.drafts import COVER
from loa.channels.kinds import kinds
from loa.channels.models import Delivery
from loa.channels.tests.factories import facebook_account, zalo_account
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.newsroom import events, services
from loa.newsroom.answers import own_sites
from loa.newsroom.channels import draft_of, fits
from loa.newsroom.checks import Level, run_checks
from loa.newsroom.models import Story
from loa.newsroom.rules import Stage, road_marks
from loa.newsroom.selectors import story_road
from loa.newsroom.tests import factories

pytestmark = pytest.mark.django_db
TEXT = {
    "title": "Học sinh nghỉ học ngày 30/11 tránh bão",
    "body": "<p>Bão số 14 đổ bộ chiều 29/11. Học sinh các cấp nghỉ học ngày 30/11.</p>",
    "genre": "notice",
}


@pytest.fixture
def own_site(cast, monkeypatch):
    """The school has a site of its own."""
    monkeypatch.setattr(own_sites, "_items", {}, raising=False)
    monkeypatch.setattr(
        "loa.newsroom.answers.own_sites", [lambda unit_id: "Trang THCS" if unit_id == cast.school.pk else ""]
    )


def notice(cast, **fields) -> Story:
    until = clock.today() + dt.timedelta(days=2)
    return services.story_create(
        actor=cast.owner, unit_id=cast.school.pk, fields={**TEXT, "valid_until": until, **fields}
    )


def send(story) -> Story:
    return services.story_submit(actor=story.author, story_id=story.pk, version=story.version)


def approve(cast, story) -> Story:
    return services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=story.version)


def test_a_units_own_notice_is_public_when_its_lead_approves_it(cast, own_site, monkeypatch):
    heard = []
    monkeypatch.setattr(events, "emit", lambda registry, *, story, actor: heard.append((registry, story.pk)))
    story = send(notice(cast))
    assert (story.stage, story.on_main_portal) == (Stage.UNIT_REVIEW, False)
    story = approve(cast, story)
    story.refresh_from_db()
    assert (story.stage, story.live) == (Stage.PUBLISHED, True)
    assert story.current_workflow_state is None
    assert heard == [(events.story_published, story.pk)]
    assert [(one.name, one.state) for one in story_road(story)] == [
        ("write", "done"),
        ("unit", "done"),
        ("publish", "done"),
    ]
    assert not Notice.objects.filter(code="newsroom.story.to_review").exists()
    assert Notice.objects.filter(code="newsroom.story.published", user=cast.owner).exists()


def test_a_notice_for_the_portal_goes_to_the_board_alone(cast, own_site):
    story = send(notice(cast, on_main_portal=True))
    assert (story.stage, story.unit_step) == (Stage.BOARD_REVIEW, "notice")
    assert [name for name, _state in road_marks(story.stage, story.stations)] == ["write", "board", "publish"]
    story = services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)
    assert story.live
    assert story.on_main_portal


def test_a_unit_without_a_site_tells_it_on_the_portal(cast):
    assert notice(cast).on_main_portal
    wrong = notice(cast, on_main_portal=False)
    with pytest.raises(InvalidInput) as error:
        send(wrong)
    assert error.value.field == "place"
    assert Story.objects.get(pk=wrong.pk).stage == Stage.DRAFT


def test_nobody_approves_their_own_notice(cast, own_site):
    """The lead who wrote it cannot let it out: it goes to the board."""
    story = services.story_create(actor=cast.lead, unit_id=cast.school.pk, fields=TEXT)
    story = services.story_submit(actor=cast.lead, story_id=story.pk, version=story.version)
    assert (story.stage, story.unit_step) == (Stage.BOARD_REVIEW, "lead_wrote")
    assert story.stations == ("write", "board", "publish")
    with pytest.raises(Refused):
        services.story_publish(actor=cast.lead, story_id=story.pk, version=story.version)
    assert services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version).live


def test_the_board_does_not_overtake_the_unit(cast, own_site):
    for story in (send(notice(cast)), factories.sent(cast)):
        with pytest.raises(Conflict):
            services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)
        assert Story.objects.get(pk=story.pk).stage == Stage.UNIT_REVIEW


def test_a_story_is_not_let_out_by_its_lead(cast, own_site):
    assert not factories.on_board(cast).live


def test_the_lead_answers_for_the_units_own_notice(cast, own_site):
    story = approve(cast, send(notice(cast)))
    later = clock.today() + dt.timedelta(days=5)
    story = services.story_correct(
        actor=cast.lead, story_id=story.pk, version=story.version, note="Nghỉ thêm ba ngày.",
        fields={"valid_until": later.isoformat()},
    )  # fmt: skip
    assert story.valid_until == later
    services.story_withdraw(actor=cast.lead, story_id=story.pk, reason="Bão đã tan")
    assert not Story.objects.get(pk=story.pk).live


def test_but_not_for_what_the_board_let_out(cast, own_site):
    story = send(notice(cast, on_main_portal=True))
    story = services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)
    with pytest.raises(Refused):
        services.story_withdraw(actor=cast.lead, story_id=story.pk, reason="Thôi")
    assert Story.objects.get(pk=story.pk).live


def test_taken_up_again_it_does_not_publish_itself(cast, own_site):
    story = approve(cast, send(notice(cast)))
    services.story_withdraw(actor=cast.editor, story_id=story.pk, reason="Sai ngày")
    story = services.story_reopen(actor=cast.editor, story_id=story.pk)
    assert (story.stage, story.live) == (Stage.BOARD_REVIEW, False)
    assert services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version).live


def test_a_notice_whose_day_is_over_is_not_sent_nor_published(cast, own_site):
    yesterday = clock.today() - dt.timedelta(days=1)
    with pytest.raises(InvalidInput) as error:
        send(notice(cast, valid_until=yesterday))
    assert error.value.field == "valid_until"
    story = send(notice(cast, valid_until=clock.today()))
    with clock.frozen(clock.now() + dt.timedelta(days=1)), pytest.raises(InvalidInput, match="hết hiệu lực"):
        approve(cast, story)
    assert not Story.objects.get(pk=story.pk).live


@pytest.mark.parametrize("wrong", ["30/11/2026", "2026-02-31", "mai"])
def test_an_odd_day_is_refused(cast, own_site, wrong):
    story = notice(cast)
    with pytest.raises(InvalidInput) as error:
        services.story_save(
            actor=cast.owner, story_id=story.pk, version=story.version, fields={"valid_until": wrong}
        )
    assert error.value.field == "valid_until"


def test_only_a_notice_ends_or_is_urgent(cast, own_site):
    story = factories.draft(cast, urgent=True, valid_until=clock.today())
    assert (story.urgent, story.valid_until) == (False, None)
    story = notice(cast, urgent=True)
    story = services.story_save(
        actor=cast.owner, story_id=story.pk, version=story.version, fields={"genre": "news"}
    )
    assert (story.urgent, story.valid_until, story.on_main_portal) == (False, None, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Story.objects.filter(pk=story.pk).update(urgent=True)


def test_a_writer_chooses_the_place_of_a_notice_and_of_nothing_else(cast, own_site):
    assert not notice(cast, on_main_portal=False).on_main_portal
    assert factories.draft(cast, on_main_portal=False).on_main_portal


def test_what_went_the_short_road_does_not_become_a_story(cast, own_site):
    story = approve(cast, send(notice(cast)))
    with pytest.raises(Conflict):
        services.story_correct(
            actor=cast.editor, story_id=story.pk, version=story.version, note="Đổi", fields={"genre": "news"}
        )
    assert Story.objects.get(pk=story.pk).genre == "notice"


def test_a_hotline_may_stand_in_a_notice_and_is_pointed_at(cast, own_site):
    story = notice(cast, body="<p>Số trực mới: 0912 345 678.</p>")
    levels = {finding.code: finding.level for finding in run_checks(story)}
    assert levels["newsroom.notice.phone"] == Level.WARN
    assert "newsroom.private.phone" not in levels


def test_an_urgent_notice_is_asked_for_within_half_an_hour(cast, own_site):
    story = send(notice(cast, urgent=True, on_main_portal=True))
    assert story.board_due_at - clock.now() <= dt.timedelta(minutes=30)


# — on the channels ——————————————————————————————————————————————————————————————————
def out(cast, **fields) -> Story:
    story = send(notice(cast, on_main_portal=True, **fields))
    return services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)


def test_each_channel_has_it_in_its_own_words(cast, own_site):
    day = dt.date(2026, 12, 1)
    with clock.frozen(dt.datetime(2026, 11, 29, 14, 0, tzinfo=dt.UTC)):
        draft = draft_of(out(cast, urgent=True, valid_until=day))
    facebook = kinds()["facebook"].fit(draft, {})["text"]
    assert facebook.startswith("Thông báo khẩn: Học sinh nghỉ học ngày 30/11 tránh bão")
    assert "Bão số 14 đổ bộ" in facebook
    assert facebook.endswith(f"Có hiệu lực đến hết ngày 01/12/2026. ({cast.school.name})")
    zalo = kinds()["zalo"].fit(draft, {})
    assert zalo["title"].startswith("Thông báo khẩn: ")
    assert zalo["paragraphs"][-2:] == ["Có hiệu lực đến hết ngày 01/12/2026.", cast.school.name]
    assert zalo["author"] == cast.school.name[:50]
    sms = kinds()["sms"].fit(draft, {})
    assert sms["text"].startswith("Thong bao khan: Hoc sinh nghi hoc ngay 30/11 tranh bao")
    assert sms["characters"] <= 160
    assert kinds()["webpush"].fit(draft, {})["title"].startswith("Thông báo khẩn: ")


def test_zalo_gets_a_drawn_cover_and_facebook_none(cast, own_site):
    page, oa = facebook_account(cast.so), zalo_account(cast.so)
    story = out(cast)
    for account in (page, oa):
        channels.post_queue(
            actor=cast.editor, account_id=account.pk, draft=draft_of(story), key=f"{'k' * 20}:{account.pk}"
        )
    assert not Delivery.objects.get(account=page).post.pictures.exists()
    drawn = Delivery.objects.get(account=oa).post.pictures.get()
    assert (drawn.ref, drawn.width, drawn.height) == (COVER, 1280, 800)
    assert drawn.alt == "Thông báo: Học sinh nghỉ học ngày 30/11 tránh bão"


def test_an_extended_notice_is_changed_on_zalo_with_its_cover(cast, own_site):
    oa = zalo_account(cast.so)
    story = out(cast)
    row = channels.post_queue(actor=cast.editor, account_id=oa.pk, draft=draft_of(story), key="k" * 20)
    Delivery.objects.filter(pk=row.pk).update(status="sent", external_id="a1")
    services.story_correct(
        actor=cast.editor, story_id=story.pk, version=story.version, note="Nghỉ thêm một ngày.",
        fields={"title": "Học sinh nghỉ học đến hết 01/12"},
    )  # fmt: skip
    change = Delivery.objects.get(intent="update").post
    assert change.payload["title"] == "Thông báo: Học sinh nghỉ học đến hết 01/12"
    assert change.pictures.get().ref == COVER


def test_urgent_passes_quiet_hours_and_others_wait(cast, own_site):
    page = facebook_account(cast.so)
    for urgent in (True, False):
        story = out(cast, urgent=urgent)
        row = channels.post_queue(
            actor=cast.editor, account_id=page.pk, draft=draft_of(story), key=f"{'k' * 20}:{urgent}"
        )
        assert row.urgent is urgent


def test_sms_is_kept_for_urgent_notices(cast, own_site):
    assert not fits(out(cast))(kinds()["sms"])
    assert fits(out(cast, urgent=True))(kinds()["sms"])
    assert fits(factories.published(cast))(kinds()["sms"])
    assert fits(out(cast))(kinds()["facebook"])
    assert not fits(out(cast, urgent=True))(kinds()["youtube"])


# — the screens ——————————————————————————————————————————————————————————————————————
def test_a_notice_is_written_sent_and_let_out_on_the_screens(cast, own_site, client):
    client.force_login(cast.owner)
    page = client.get(reverse("newsroom:new") + "?the-loai=notice").content.decode()
    assert "Viết thông báo" in page
    answer = client.post(reverse("newsroom:new"), {"unit": cast.school.pk, "genre": "notice"})
    story = Story.objects.get()
    assert story.genre == "notice"
    form = client.get(answer.headers["Location"]).content.decode()
    assert "Có hiệu lực đến hết ngày" in form
    assert "Trang THCS" in form
    assert "Sa-pô" not in form
    until = clock.today() + dt.timedelta(days=1)
    client.post(
        answer.headers["Location"],
        {
            "version": story.version, "do": "send", "title": "Mời họp phụ huynh", "body_marks": "8 giờ thứ Bảy.",
            "valid_until": until.isoformat(), "flags": "urgent", "place": "own",
        },
    )  # fmt: skip
    story.refresh_from_db()
    assert (story.stage, story.valid_until, story.urgent) == (Stage.UNIT_REVIEW, until, False)
    client.force_login(cast.lead)
    approving = client.get(reverse("newsroom:approve", args=[story.pk])).content.decode()
    assert "đăng ngay trên trang của đơn vị" in approving
    client.post(reverse("newsroom:approve", args=[story.pk]), {"version": story.version})
    assert Story.objects.get().live
    assert "Có hiệu lực đến hết ngày" in client.get(reverse("newsroom:story", args=[story.pk])).content.decode()


def test_what_was_wrong_in_the_form_is_said_and_the_text_kept(cast, own_site, client):
    story = notice(cast)
    client.force_login(cast.owner)
    answer = client.post(
        reverse("newsroom:write", args=[story.pk]),
        {"version": story.version, "do": "send", "title": "Tiêu đề mới", "valid_until": "hôm nào đó"},
    )
    assert answer.status_code == 400
    assert "Tiêu đề mới" in answer.content.decode()
    assert Story.objects.get().stage == Stage.DRAFT


def test_the_board_goes_from_the_notice_to_the_channels(cast, own_site, client):
    story = send(notice(cast, on_main_portal=True))
    client.force_login(cast.editor)
    assert "Thông báo khẩn" in client.get(reverse("newsroom:review", args=[story.pk])).content.decode()
    answer = client.post(reverse("newsroom:publish", args=[story.pk]), {"version": story.version})
    assert answer.headers["Location"] == reverse("newsroom:share", args=[story.pk])
    oa = zalo_account(cast.so)
    shown = client.get(answer.headers["Location"]).content.decode()
    assert "data:image/jpeg;base64," in shown
    client.post(answer.headers["Location"], {"key": "k" * 24, "account": oa.pk, "when": "now"})
    assert Delivery.objects.get().post.pictures.count() == 1


def test_what_is_over_goes_to_no_channel(cast, own_site, client):
    page = facebook_account(cast.so)
    story = out(cast, valid_until=clock.today())
    client.force_login(cast.editor)
    with clock.frozen(clock.now() + dt.timedelta(days=1)):
        client.post(
            reverse("newsroom:share", args=[story.pk]), {"key": "k" * 24, "account": page.pk, "when": "now"}
        )
    assert not Delivery.objects.exists()
