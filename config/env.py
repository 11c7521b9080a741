"""Settings from the environment. A wrong value stops the start with a sentence that says what to do."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def env_str(name: str, default: str | None = None) -> str:
    """The text of `name`; raises ImproperlyConfigured when there is none and no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Thiếu biến môi trường {name}. Hãy đặt giá trị rồi khởi động lại.")
    return value


def env_bool(name: str, default: bool = False) -> bool:
    """True or False; any other word is refused rather than guessed."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    word = raw.strip().lower()
    if word in _TRUE | _FALSE:
        return word in _TRUE
    raise ImproperlyConfigured(f"{name}={raw!r} không hợp lệ: chỉ nhận true hoặc false.")


def env_int(name: str, default: int) -> int:
    """A whole number."""
    raw = os.environ.get(name)
    if raw is None or not raw.strip():
        return default
    try:
        return int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} không hợp lệ: cần một số nguyên.") from None


def env_list(name: str, default: str = "") -> list[str]:
    """Comma separated words, blanks dropped."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def env_secret(name: str, *, file: Path | None = None, default: str | None = None) -> str:
    """A secret from `name`, the file named in `name`_FILE, kept in `file` (made at first start), or `default`."""
    if value := os.environ.get(name):
        return value
    if named := os.environ.get(f"{name}_FILE"):
        try:
            return Path(named).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={named!r}: không đọc được tệp ({error}).") from None
    if default is not None:
        return default
    if file is None:
        raise ImproperlyConfigured(f"Thiếu khoá bí mật {name}. Đặt {name} hoặc {name}_FILE.")
    if not file.exists():
        from django.core.management.utils import get_random_secret_key

        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(get_random_secret_key())
    return file.read_text().strip()


def database(url: str, data_dir: Path) -> dict:
    """Django's DATABASES entry for a DATABASE_URL; empty means SQLite in `data_dir`.

    Accepts `sqlite:///path`, `postgresql://user:pass@host:port/name` and `postgresql:///name` (local socket).
    """
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(url or f"sqlite:///{data_dir / 'loa.sqlite3'}")
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            # Writers queue for the lock at BEGIN instead of failing half-way through a transaction.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
                " PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL={url!r} không hợp lệ: dùng sqlite:///đường-dẫn hoặc postgresql://người-dùng:mật-khẩu@máy/tên."
    )
