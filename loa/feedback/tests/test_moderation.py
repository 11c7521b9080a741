"""A remark goes only on a rule in force, by two people, with evidence; criticism never; appeal by a third."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from loa.accounts.models import Notice
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.feedback import seeds, selectors, services
from loa.feedback.models import Ground, Remark, Ruling
from loa.feedback.models.moderation import KLASS_LABELS
from loa.feedback.rules import Klass, Seen, Side, Stage, removable
from loa.feedback.services.moderation import evidence_opened
from loa.feedback.tests.factories import comment, facebook_account, ground, message, remark_of, zalo_account
from loa.org.rules import Role
from loa.org.tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast):
    return facebook_account(cast.so)


@pytest.fixture
def insult(page):
    return remark_of(comment(page, "Cô H. là đồ ăn cắp, gọi 0912345678", key="bad")[1])


def propose(cast, remark, who="editor", **changes):
    given = {"klass": Klass.SLANDER, "deed": "hide", "reason": "Vu khống cô H."} | changes
    return services.ruling_propose(actor=getattr(cast, who), remark_id=remark.pk, **given)


def test_criticism_is_never_removed(cast, insult):
    for klass in (Klass.CRITICISM,):
        for deed in ("hide", "delete"):
            with pytest.raises(InvalidInput):
                propose(cast, insult, klass=klass, deed=deed, ground_id=ground("slander").pk)
    assert not Ruling.objects.exists()
    kept = propose(cast, insult, klass=Klass.CRITICISM, deed="keep", reason="")
    assert kept.stage == Stage.CARRIED
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("changes", "ground_dates"),
    [
        ({"ground": None}, None),
        ({"reason": ""}, ("2026-07-01", None)),
        ({}, ("2007-01-01", "2026-07-01")),
        ({}, ("2099-01-01", None)),
        ({"klass": Klass.FRAUD}, ("2026-07-01", None)),
        ({"klass": "what"}, ("2026-07-01", None)),
        ({"deed": "burn"}, ("2026-07-01", None)),
    ],
)
def test_no_removal_without_a_rule_that_fits_and_is_in_force(cast, insult, changes, ground_dates):
    with clock.frozen("2026-11-29"):
        if ground_dates:
            changes = {**changes, "ground_id": ground(valid_from=ground_dates[0], valid_to=ground_dates[1]).pk}
        changes.pop("ground", None)
        # Dates come back from the database as dates.
        with pytest.raises(InvalidInput):
            propose(cast, insult, **changes)
    assert not Ruling.objects.exists()
    assert not Action.objects.exists()
    assert not Notice.objects.filter(code__startswith="feedback.ruling").exists()


def test_a_second_person_decides_and_the_first_may_not(cast, insult):
    ruling = propose(cast, insult, who="chief", ground_id=ground().pk)
    assert not Action.objects.exists()
    with pytest.raises(Refused) as caught:
        services.ruling_decide(actor=cast.chief, ruling_id=ruling.pk, agree=True)
    assert caught.value.code == "feedback.second"
    for who, error in (("editor", Refused), ("outsider", NotFound), ("owner", NotFound)):
        with pytest.raises(error):
            services.ruling_decide(actor=getattr(cast, who), ruling_id=ruling.pk, agree=True)
    assert not Action.objects.exists()
    assert set(Notice.objects.filter(code="feedback.ruling.proposed").values_list("user", flat=True)) == {
        cast.director.pk
    }
    services.ruling_decide(actor=cast.director, ruling_id=ruling.pk, agree=True, opinion="Đồng ý")
    assert Action.objects.get().verb == "hide"
    with pytest.raises(Conflict):
        services.ruling_decide(actor=cast.director, ruling_id=ruling.pk, agree=False)


def test_declined_it_stays(cast, insult):
    ruling = propose(cast, insult, ground_id=ground().pk)
    services.ruling_decide(actor=cast.chief, ruling_id=ruling.pk, agree=False, opinion="Đây là phê bình")
    ruling.refresh_from_db()
    assert ruling.stage == Stage.DECLINED
    assert not Action.objects.exists()


def test_a_rule_that_ended_meanwhile_carries_nothing(cast, insult):
    rule = ground()
    ruling = propose(cast, insult, ground_id=rule.pk)
    services.ground_end(actor=cast.chief, ground_id=rule.pk, on=clock.today())
    with pytest.raises(Conflict):
        services.ruling_decide(actor=cast.chief, ruling_id=ruling.pk, agree=True)
    assert not Action.objects.exists()


def test_evidence_is_sealed_hashed_and_outlives_the_remark(cast, insult):
    ruling = propose(cast, insult, ground_id=ground().pk)
    assert "0912345678" not in ruling.evidence
    found = evidence_opened(ruling)
    assert found["text"] == "Cô H. là đồ ăn cắp, gọi 0912345678"
    assert (found["comment"], found["writer"]) == ("bad", "77")
    Remark.objects.filter(pk=insult.pk).update(masked="", sealed="")
    assert evidence_opened(Ruling.objects.get())["text"].startswith("Cô H.")
    ruling.evidence_hash = "0" * 64
    assert evidence_opened(ruling) is None
    with clock.frozen(clock.now() + dt.timedelta(days=731)):
        services.forget()
    assert Ruling.objects.get().evidence == ""


def test_one_question_at_a_time(cast, insult):
    propose(cast, insult, ground_id=ground().pk)
    with pytest.raises(Conflict):
        propose(cast, insult, ground_id=ground().pk)


def test_chats_cannot_be_hidden_and_our_own_words_are_not_judged(cast, page):
    chat = remark_of(message(zalo_account(cast.so), "Đồ lừa đảo")[1])
    with pytest.raises(Conflict):
        propose(cast, chat, ground_id=ground().pk)
    top = comment(page)[1]
    comment(page, "Chào bạn", key="own", thread=top, ours=True)
    with pytest.raises(Conflict):
        propose(cast, remark_of("own"), ground_id=ground().pk)


def test_pressing_classes_have_the_short_clock(cast, insult):
    now = clock.now()
    with clock.frozen(now):
        ruling = propose(cast, insult, klass=Klass.CHILD, ground_id=ground("child").pk)
    assert ruling.due_at == now + dt.timedelta(hours=6)


@pytest.mark.django_db(transaction=True)
def test_hidden_told_appealed_and_shown_again(cast, page, sims):
    facebook = sims[0]
    post = facebook._add(page.external_id, "Bài", "", [])["id"]
    key = facebook.say(post, "Cô H. ăn cắp", who="77")
    comment(page, "Cô H. ăn cắp", key=key)
    remark = remark_of(key)
    ruling = propose(cast, remark, ground_id=ground().pk)
    services.ruling_decide(actor=cast.chief, ruling_id=ruling.pk, agree=True, tell=True)
    acting.drain()
    remark.refresh_from_db()
    assert remark.seen == Seen.HIDDEN
    assert facebook._comment(key)["hidden"]
    [told] = facebook.state["messages"]
    assert "khiếu nại" in told["message"]
    assert Remark.objects.get(side=Side.OUT).private
    with pytest.raises(InvalidInput):
        services.appeal_record(actor=cast.office, ruling_id=ruling.pk, text=" ")
    services.appeal_record(actor=cast.office, ruling_id=ruling.pk, text="Tôi có bằng chứng")
    assert set(Notice.objects.filter(code="feedback.ruling.appealed").values_list("user", flat=True)) == {
        cast.director.pk
    }
    with pytest.raises(Refused):
        services.appeal_decide(actor=cast.chief, ruling_id=ruling.pk, uphold=True, answer="Giữ")
    services.appeal_decide(
        actor=cast.director, ruling_id=ruling.pk, uphold=False, answer="Đúng là phản ánh có căn cứ"
    )
    acting.drain()
    remark.refresh_from_db()
    ruling.refresh_from_db()
    assert (remark.seen, ruling.stage) == (Seen.VISIBLE, Stage.OVERTURNED)
    assert not facebook._comment(key)["hidden"]


def test_the_shipped_rules_have_dates_and_old_law_cannot_be_used(cast):
    assert Ground.objects.count() >= 10
    assert seeds.seed_grounds() == 0
    with clock.frozen("2026-11-29"):
        today = {row.code for row in selectors.grounds_today()}
    assert "cntt-2006-12-2-d" not in today
    assert "anm-2025-bia-dat" in today
    with clock.frozen("2026-06-30"):
        assert "cntt-2006-12-2-d" in {row.code for row in selectors.grounds_today()}
    assert not Ground.objects.filter(klass=Klass.CRITICISM).exists()


def test_every_class_has_a_rule_in_force_or_the_form_says_why_not_and_what_to_do(cast, client, insult):
    client.force_login(cast.editor)

    def hints():
        page = client.get(reverse("feedback:propose", args=[insult.pk])).content.decode()
        return [html.unescape(one) for one in re.findall(r'<p class="fb-why fb-bare">(.*?)</p>', page)]

    today = {row.klass for row in selectors.grounds_today()}
    without = [KLASS_LABELS[klass] for klass in Klass if removable(klass) and klass not in today]
    said = " ".join(hints())
    for label in without:
        assert f"“{label}”" in said
    assert [label for label in KLASS_LABELS.values() if f"“{label}”" in said] == without
    with clock.frozen("2026-11-30"):
        assert hints() == []
        Ground.objects.filter(klass__in=(Klass.VIOLENCE, Klass.SECRET), valid_to=None).delete()
        [one] = hints()
        for words in (
            "“Kích động bạo lực, hận thù; khiêu dâm, mê tín”, “Lộ bí mật nhà nước”",
            "Luật Công nghệ thông tin 67/2006/QH11 hết hiệu lực từ 01/07/2026.",
            "Điều 4 Luật Chuyển đổi số 148/2025/QH15; Loa chưa có nội dung điều này (chưa kiểm chứng).",
            reverse("feedback:grounds"),
        ):
            assert words in one
        ground("violence")
        assert "“Lộ bí mật nhà nước”" in hints()[0]
        assert "bạo lực" not in hints()[0]
        ground("secret")
        assert hints() == []
        Ground.objects.filter(klass=Klass.FRAUD).delete()  # never had one: no law is named
        assert "hết hiệu lực" not in hints()[0]


def test_who_keeps_the_rules(cast):
    given = {"code": "", "klass": "fraud", "law": "Luật X", "article": "Điều 2", "text": "Cấm lừa đảo"}
    for who in ("editor", "lead", "owner"):
        with pytest.raises(Refused):
            services.ground_save(actor=getattr(cast, who), valid_from=clock.today(), **given)
    assert services.ground_save(actor=cast.chief, valid_from=clock.today(), **given).pk


def test_screens_with_the_cast(cast, client, insult):
    ruling = propose(cast, insult, ground_id=ground().pk)
    urls = [
        reverse("feedback:rulings"),
        reverse("feedback:grounds"),
        reverse("feedback:ruling", args=[ruling.pk]),
        reverse("feedback:propose", args=[insult.pk]),
    ]
    for who, statuses in (
        ("chief", [200, 200, 200, 200]),
        ("editor", [200, 200, 200, 200]),
        ("director", [200, 200, 200, 403]),
        ("outsider", [200, 200, 404, 404]),
        ("admin", [403, 403, 403, 403]),
    ):
        client.force_login(getattr(cast, who))
        assert [client.get(url).status_code for url in urls] == statuses, who
    client.force_login(cast.editor)
    assert "người thứ hai sẽ xem" in client.get(urls[2]).content.decode()
    assert client.post(reverse("feedback:ruling_decide", args=[ruling.pk]), {"answer": "yes"}).status_code == 403
    client.force_login(cast.chief)
    client.post(reverse("feedback:ruling_decide", args=[ruling.pk]), {"answer": "yes"})
    assert Action.objects.get().verb == "hide"


def test_a_school_of_two_people_can_still_be_fair(cast):
    page = facebook_account(cast.school, url="")
    remark = remark_of(comment(page, "Đồ ăn cắp")[1])
    ruling = propose(cast, remark, who="owner", ground_id=ground().pk)
    services.ruling_decide(actor=cast.lead, ruling_id=ruling.pk, agree=True)
    services.appeal_record(actor=cast.owner, ruling_id=ruling.pk, text="Không đúng")
    with pytest.raises(Refused):
        services.appeal_decide(actor=cast.lead, ruling_id=ruling.pk, uphold=True, answer="Giữ")
    # The office above decides.
    services.appeal_decide(actor=cast.chief, ruling_id=ruling.pk, uphold=True, answer="Giữ nguyên")
    assert make_user("Người khác", (Role.INSPECTOR, cast.so)).pk
