"""Passwords: the length asked of staff, and one-time passwords."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from loa.accounts.hooks import is_privileged

# Without letters and digits that are read wrongly (l, 1, i, o, 0) or spell words.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_DIGITS = "23456789"


def one_time_password() -> str:
    """Sixteen signs that can be read out over the telephone: "kbtr-4827-xmdc-9356" (about 58 bits)."""
    groups = [_LETTERS, _DIGITS, _LETTERS, _DIGITS]
    return "-".join("".join(secrets.choice(signs) for _n in range(4)) for signs in groups)


#: rounds of a one-time password's hash. A person's own password is guessed from a list, so each guess must cost
#: half a second; 58 random bits that live for days are not guessed at all, and a sheet for 1,300 people must not
#: take minutes.
ONE_TIME_ROUNDS = 5_000


def one_time_hash(password: str) -> str:
    """A one-time password as it is stored; the log-in writes it anew with all rounds."""
    hasher = get_hasher()
    rounds = {"iterations": ONE_TIME_ROUNDS} if isinstance(hasher, PBKDF2PasswordHasher) else {}
    return str(hasher.encode(password, hasher.salt(), **rounds))


class StaffLengthValidator:
    """Those who administer or edit need a longer password as long as they have no second factor.

    TCVN 14423:2026: at least 14 signs without a second factor (reference: LOA_STAFF_PASSWORD_LENGTH).
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a short password of a privileged person without a second factor."""
        if user is None or user.pk is None or len(password) >= settings.LOA_STAFF_PASSWORD_LENGTH:
            return
        if is_privileged(user) and not is_mfa_enabled(user):
            raise ValidationError(self.get_help_text(), code="password_too_short_for_staff")

    def get_help_text(self) -> str:
        """The rule as a sentence."""
        return _(
            "Người quản trị, biên tập cần mật khẩu từ %(length)d ký tự, hoặc bật xác thực hai lớp trước rồi mới "
            "đặt mật khẩu ngắn hơn."
        ) % {"length": settings.LOA_STAFF_PASSWORD_LENGTH}


def too_weak(user: Any) -> bool:
    """Whether a privileged person works with a short password and no second factor."""
    return (
        settings.LOA_STRICT_ACCOUNTS
        and not user.long_password
        and is_privileged(user)
        and not is_mfa_enabled(user)
    )
