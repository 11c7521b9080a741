"""Tokens at rest: AES (Fernet), with a key from the environment or the data folder, never in the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from loa.core.errors import Unavailable


def make_key() -> str:
    """A new key, as LOA_CHANNEL_KEY holds it."""
    return Fernet.generate_key().decode()


def keys() -> list[str]:
    """The keys there are, newest first: a key can be changed without losing what is sealed (`loa channelkey`)."""
    found = _split(settings.LOA_CHANNEL_KEY)
    if found:
        return found
    path = key_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(make_key())
    return _split(path.read_text())


def key_file() -> Path:
    """Where the keys lie when the environment names none."""
    return Path(settings.DATA_DIR) / "channel-key"


def write_keys(found: list[str]) -> None:
    """Put keys into the file, in one step: whoever reads it meanwhile has the old ones or the new ones."""
    path = key_file()
    fresh = path.with_suffix(".moi")
    fresh.touch(mode=0o600)
    fresh.write_text(",".join(found))
    fresh.replace(path)


def _split(text: str) -> list[str]:
    return [key.strip() for key in text.split(",") if key.strip()]


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys()])


def resealed(sealed: str) -> tuple[str, str]:
    """("done", sealed under the first key now), ("fresh", "") when it was, ("lost", "") when no key opens it."""
    first, box = Fernet(keys()[0]), _box()
    try:
        first.decrypt(sealed.encode())
    except (InvalidToken, ValueError):
        try:
            return "done", first.encrypt(box.decrypt(sealed.encode())).decode()
        except (InvalidToken, ValueError):
            return "lost", ""
    return "fresh", ""


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
