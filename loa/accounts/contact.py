"""Addresses and telephone numbers as people write them. No database."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from loa.core.errors import InvalidInput
from loa.lib.vi import clean

_PHONE = re.compile(r"(?:\+84|0)[0-9]{8,10}")


def checked_email(text: str) -> str:
    """An address in lower case, "" for none. Raises InvalidInput."""
    email = clean(text).lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise InvalidInput(
                _("Địa chỉ thư điện tử chưa đúng, ví dụ ten@truong.edu.vn."), field="email"
            ) from None
    return email


def checked_phone(text: str) -> str:
    """A number without its spaces and dots, "" for none. Raises InvalidInput."""
    phone = re.sub(r"[\s.()-]", "", clean(text))
    if phone and not _PHONE.fullmatch(phone):
        raise InvalidInput(_("Số điện thoại chưa đúng: cần 9–11 chữ số, bắt đầu bằng 0 hoặc +84."), field="phone")
    return phone


def checked_name(text: str) -> str:
    """A full name on one line. Raises InvalidInput."""
    name = clean(text)
    if len(name) < 2 or len(name) > 120:
        raise InvalidInput(_("Hãy ghi đầy đủ họ và tên."), field="full_name")
    return name
