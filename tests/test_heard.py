"""What people write on our pages is heard by listening, which the inbox does not know."""

from __future__ import annotations

import pytest

from loa.feedback.tests.factories import comment, facebook_account
from loa.listening.models import Item

pytestmark = pytest.mark.django_db


def test_what_is_heard_goes_to_listening_once_masked(cast):
    page = facebook_account(cast.so)
    comment(page, "Trường THCS Sơn Thượng thu quỹ nhiều quá, số tôi 0912345678", key="h")
    comment(page, "Trường THCS Sơn Thượng thu quỹ nhiều quá, số tôi 0912345678", key="h")
    [item] = Item.objects.all()
    assert "[số điện thoại]" in item.text
    assert item.source.name == "Facebook: Trang của Sở"
