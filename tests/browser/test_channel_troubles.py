"""Where something went wrong with a page or a decision: clean on a desk and a telephone, with the way out."""

from __future__ import annotations

import pytest
from django.urls import reverse

from loa.channels import services
from loa.channels.facebook import sim_login
from loa.channels.inbound.models import Action
from loa.channels.rules import Status
from loa.channels.tests.factories import facebook_account, zalo_account
from loa.feedback import services as inbox
from loa.feedback.rules import Klass
from loa.feedback.tests.factories import comment, ground, remark_of
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_that_lack_rights_or_are_retired_and_a_decision_that_was_refused(open_as, cast):
    page, oa = facebook_account(cast.so), zalo_account(cast.so)
    page.facts = {
        "talk_scopes": list(sim_login.SCOPES[3:]),
        "untold": ["feed", "messages"],
        "hook_silent": "2026-11-27",
    }
    page.save()
    services.account_retire(actor=cast.chief, account_id=oa.pk)
    remark = remark_of(comment(page, "Cô H. ăn cắp", key="bad")[1])
    ruling = inbox.ruling_propose(
        actor=cast.editor, remark_id=remark.pk, klass=Klass.SLANDER, deed="hide", reason="Vu khống cô H.",
        ground_id=ground().pk,
    )  # fmt: skip
    inbox.ruling_decide(actor=cast.chief, ruling_id=ruling.pk, agree=True)
    Action.objects.update(status=Status.FAILED, code="permission")
    for name, key, words in (
        ("channels:account", page.pk, "pages_messaging"),
        ("channels:account", oa.pk, "Dùng lại"),
        ("channels:accounts", None, "Đã ngừng dùng"),
        ("feedback:ruling", ruling.pk, "Thực hiện lại"),
        ("feedback:rulings", None, "Chưa ẩn được"),
        ("feedback:thread", remark.thread_id, "Xem xét bình luận này"),
    ):
        shown = open_as(cast.chief, reverse(name, args=[key] if key else []))
        assert shown.get_by_text(words).first.is_visible(), (name, words)
        check_page(shown)
