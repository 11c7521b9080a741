"""The numbers of an SMS account: empty, with errors, and full, on a telephone and on a desk."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from loa.channels import services
from loa.channels.sms import audience
from loa.channels.sms.models import SmsMessage, SmsRecipient
from loa.channels.tests.factories import draft
from tests.browser.check import check_page

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = {"api_key": "a", "secret_key": "b", "brandname": "SGDSONGLAM"}


def _picture(page: Any, name: str) -> None:
    folder = os.environ.get("LOA_SMS_PICTURES")
    for width in (390, 1280) if folder else ():
        page.set_viewport_size({"width": width, "height": 844})
        page.screenshot(path=str(Path(folder or "") / f"{name}-{width}.png"), full_page=True)


def test_numbers_are_entered_mended_and_taken_off(open_as: Any, cast: Any) -> None:
    account = services.account_save(
        actor=cast.chief, account_id=None, unit_id=cast.so.pk, kind="sms",
        fields={"name": "Tin nhắn SGD Sông Lam", "external_id": "SGDSONGLAM"},
    )  # fmt: skip
    services.account_connect(actor=cast.chief, account_id=account.pk, secret=KEYS)
    page = open_as(cast.chief, reverse("channels:account", args=[account.pk]))
    _picture(page, "account")
    check_page(page)
    page.get_by_role("link", name="Người nhận").click()
    check_page(page)
    _picture(page, "empty")
    page.fill("[name=numbers]", "0912 345 678\n02438 224 567\n0987 654 321")
    page.fill("[name=consent_on]", "2026-09-05")
    page.fill("[name=consent_how]", "Phiếu đăng ký nhận tin đầu năm học, lưu ở văn phòng")
    page.get_by_role("button", name="Thêm vào danh sách").click()
    page.get_by_text("Dòng 2: “02438 224 567”").wait_for()
    assert "0987 654 321" in page.input_value("[name=numbers]")
    page.console_errors.clear()  # the refusal itself (400) is told there
    check_page(page)
    _picture(page, "wrong")
    page.fill("[name=numbers]", "0912 345 678\n0987 654 321")
    page.get_by_role("button", name="Thêm vào danh sách").click()
    page.get_by_text("84912•••678").first.wait_for()
    SmsRecipient.objects.filter(mask="84987•••321").update(active=False, code="sms_blocked")
    page.reload()
    check_page(page)
    _picture(page, "list")


def test_the_page_of_a_delivery_accounts_for_all(open_as: Any, cast: Any) -> None:
    account = services.account_save(
        actor=cast.chief, account_id=None, unit_id=cast.so.pk, kind="sms",
        fields={"name": "Tin nhắn SGD Sông Lam", "external_id": "SGDSONGLAM"},
    )  # fmt: skip
    services.account_connect(actor=cast.chief, account_id=account.pk, secret=KEYS)
    audience.recipients_add(
        actor=cast.chief, account_id=account.pk, numbers="0912345678\n0987654321",
        consent_on=dt.date(2026, 9, 5), consent_how="Phiếu đăng ký",
    )  # fmt: skip
    row = services.post_queue(actor=cast.chief, account_id=account.pk, draft=draft(cast.so), key="s" * 20)
    one, two = SmsRecipient.objects.order_by("pk")
    SmsMessage.objects.create(delivery=row, recipient=one, state="taken", sms_id="1")
    SmsMessage.objects.create(delivery=row, recipient=two, state="failed", code="sms_blocked")
    page = open_as(cast.chief, reverse("channels:delivery", args=[row.pk]))
    check_page(page)
    _picture(page, "delivery")
