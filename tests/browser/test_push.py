"""The page of notices in a browser: one button, what is said when the browser says no, nothing asked before."""

from __future__ import annotations

from typing import Any

import pytest

from loa.channels import services
from loa.portal.tests.factories import make_site
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_button_and_a_word_when_the_browser_refuses(open_as: Any, cast: Any) -> None:
    make_site(cast.so, is_main=True, slug="so", name="Cổng Sông Lam")
    account = services.account_save(
        actor=cast.chief, account_id=None, unit_id=cast.so.pk, kind="webpush",
        fields={"name": "Thông báo", "external_id": "so"},
    )  # fmt: skip
    services.account_connect(actor=cast.chief, account_id=account.pk, secret={"contact": "vp@songlam.example"})
    page = open_as(None, "/thong-bao/tren-may-nay/")
    check_page(page)
    assert page.locator("[data-push-on]").is_visible()
    assert not page.locator("[data-push-off]").is_visible()
    assert not page.locator("[data-push-none]").is_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    page.click("[data-push-on]")
    page.locator("[data-push-said]", has_text="Trình duyệt chưa cho phép").wait_for(timeout=10_000)
    assert page.locator("[data-push-on]").is_visible()
