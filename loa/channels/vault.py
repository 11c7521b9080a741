"""Tokens at rest: AES (Fernet), with a key from the environment or the data folder, never in the database."""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from loa.core.errors import Unavailable


def make_key() -> str:
    """A new key, as LOA_CHANNEL_KEY holds it."""
    return Fernet.generate_key().decode()


def _box() -> MultiFernet:
    # Several keys, newest first, separated by commas: a key can be changed without losing what is sealed.
    keys = [key.strip() for key in settings.LOA_CHANNEL_KEY.split(",") if key.strip()]
    if not keys:
        path = settings.DATA_DIR / "channel-key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(make_key())
        keys = [path.read_text().strip()]
    return MultiFernet([Fernet(key) for key in keys])


def seal(secret: dict[str, Any]) -> str:
    """The secret, encrypted, as text."""
    return _box().encrypt(json.dumps(secret).encode()).decode()


def opened(sealed: str) -> dict[str, Any]:
    """What `seal` was given; raises Unavailable when the key is another one."""
    try:
        found: dict[str, Any] = json.loads(_box().decrypt(sealed.encode()))
    except (InvalidToken, ValueError) as error:
        raise Unavailable(
            _("Không mở được khoá truy cập của trang: khoá mã hoá đã đổi. Hãy kết nối lại trang."),
            code="channels.key",
        ) from error
    return found
