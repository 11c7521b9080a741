"""What is wrong with the settings, said before anything starts: what it is and what to do.

Errors stop the start (`loa serve`, `migrate`, every command that checks). The ids are stable: loa.E0xx.
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]", ".localhost", "testserver"})
SHORTEST_SECRET = 50
_HOST = re.compile(r"\.?[a-z0-9*]([a-z0-9.-]*[a-z0-9])?(:\d+)?|\[[0-9a-f:]+\]", re.I)


def public_hosts() -> list[str]:
    """Hosts from which others could reach this place."""
    return [
        host for host in settings.ALLOWED_HOSTS if host.lower() not in LOCAL and not host.endswith(".localhost")
    ]


def tested() -> bool:
    """Whether these are the settings of the tests."""
    return os.environ.get("DJANGO_SETTINGS_MODULE") == "config.settings.test"


@register("loa")
def secrets(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """loa.E001, loa.E002: the key that signs sessions and links."""
    key = settings.SECRET_KEY
    if tested() or (len(key) >= SHORTEST_SECRET and len(set(key)) >= 10):
        return []
    return [
        Error(
            f"LOA_SECRET_KEY quá ngắn hoặc quá dễ đoán (cần từ {SHORTEST_SECRET} ký tự ngẫu nhiên).",
            hint="Tạo khoá bằng: python -c 'import secrets; print(secrets.token_urlsafe(50))', rồi khởi động lại.",
            id="loa.E001",
        )
    ]


@register("loa")
def debug(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """loa.E002: error pages that show the program's inside to the world."""
    if settings.DEBUG and public_hosts():
        return [
            Error(
                f"LOA_DEBUG đang bật mà LOA_ALLOWED_HOSTS có tên miền công khai: {', '.join(public_hosts())}.",
                hint="Bỏ LOA_DEBUG, hoặc chỉ để localhost trong LOA_ALLOWED_HOSTS.",
                id="loa.E002",
            )
        ]
    return []


@register("loa")
def addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """loa.E003, loa.E004, loa.E005, loa.W001: BASE_URL, hosts and trusted origins."""
    found: list[CheckMessage] = []
    parts = urlsplit(settings.BASE_URL)
    try:
        bad_port = parts.port is None and ":" in parts.netloc.rpartition("]")[2]
    except ValueError:
        bad_port = True
    if parts.scheme not in ("http", "https") or not parts.hostname or bad_port or parts.query or parts.fragment:
        found.append(
            Error(
                f"LOA_BASE_URL={settings.BASE_URL!r} không phải một địa chỉ đầy đủ.",
                hint="Ghi dạng https://truyenthong.sgddt.gov.vn, có http:// hoặc https://, không có ? hay #.",
                id="loa.E003",
            )
        )
    elif public_hosts() and parts.scheme == "http" and parts.hostname not in LOCAL:
        found.append(
            Warning(
                "LOA_BASE_URL dùng http:// cho một tên miền công khai: mật khẩu đi trên mạng không được mã hoá.",
                hint="Đặt máy chủ trung gian có TLS và đổi sang https://.",
                id="loa.W001",
            )
        )
    for host in settings.ALLOWED_HOSTS:
        if host != "*" and not _HOST.fullmatch(host):
            found.append(
                Error(
                    f"LOA_ALLOWED_HOSTS có {host!r}, không phải tên máy.",
                    hint="Chỉ ghi tên, cách nhau bằng dấu phẩy, không có http://; ví dụ truyenthong.sgddt.gov.vn.",
                    id="loa.E004",
                )
            )
    if "*" in settings.ALLOWED_HOSTS and not tested():
        found.append(
            Error(
                "LOA_ALLOWED_HOSTS=* nhận mọi tên máy: thư đặt lại mật khẩu có thể mang đường dẫn giả.",
                hint="Ghi rõ các tên miền của cổng, cách nhau bằng dấu phẩy.",
                id="loa.E004",
            )
        )
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if urlsplit(origin).scheme not in ("http", "https") or not urlsplit(origin).netloc:
            found.append(
                Error(
                    f"LOA_TRUSTED_ORIGINS có {origin!r}, thiếu http:// hoặc https://.",
                    hint="Ghi dạng https://truyenthong.sgddt.gov.vn.",
                    id="loa.E005",
                )
            )
    return found


@register("loa")
def mail(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """loa.E006, loa.W002: a mail server named by half."""
    if not settings.EMAIL_HOST:
        if os.environ.get("LOA_SMTP_USER") or os.environ.get("LOA_SMTP_PASSWORD"):
            return [
                Error(
                    "Đã đặt LOA_SMTP_USER hoặc LOA_SMTP_PASSWORD nhưng thiếu LOA_SMTP_HOST.",
                    hint="Đặt LOA_SMTP_HOST, hoặc bỏ cả ba để ghi thư ra tệp.",
                    id="loa.E006",
                )
            ]
        if public_hosts() and not settings.DEBUG and not settings.LOA_DEMO and not tested():
            return [
                Warning(
                    "Chưa có máy chủ thư: thư đặt lại mật khẩu chỉ nằm trong tệp, không đến tay người dùng.",
                    hint="Đặt LOA_SMTP_HOST, LOA_SMTP_USER, LOA_SMTP_PASSWORD, LOA_MAIL_FROM.",
                    id="loa.W002",
                )
            ]
        return []
    found: list[CheckMessage] = []
    if "/" in settings.EMAIL_HOST or ":" in settings.EMAIL_HOST:
        found.append(
            Error(
                f"LOA_SMTP_HOST={settings.EMAIL_HOST!r} không phải tên máy.",
                hint="Chỉ ghi tên, ví dụ smtp.sgddt.gov.vn; cổng ghi ở LOA_SMTP_PORT.",
                id="loa.E006",
            )
        )
    if settings.EMAIL_HOST_USER and not settings.EMAIL_HOST_PASSWORD:
        found.append(
            Error(
                "Có LOA_SMTP_USER nhưng thiếu LOA_SMTP_PASSWORD.",
                hint="Đặt LOA_SMTP_PASSWORD (hoặc LOA_SMTP_PASSWORD_FILE).",
                id="loa.E006",
            )
        )
    if "@localhost" in settings.DEFAULT_FROM_EMAIL or "@" not in settings.DEFAULT_FROM_EMAIL:
        found.append(
            Error(
                f"LOA_MAIL_FROM={settings.DEFAULT_FROM_EMAIL!r} không phải địa chỉ gửi thư dùng được.",
                hint="Ghi dạng: Loa <truyenthong@sgddt.gov.vn>.",
                id="loa.E007",
            )
        )
    return found


@register("loa")
def limits(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """loa.E008: limits that make no sense."""
    found: list[CheckMessage] = []
    for name, value, low, high in (
        ("LOA_SESSION_HOURS", settings.SESSION_COOKIE_AGE / 3600, 1, 24),
        ("LOA_IDLE_HOURS", settings.LOA_IDLE_HOURS, 1, 24),
        ("LOA_SESSIONS_PER_PERSON", settings.LOA_SESSIONS_PER_PERSON, 1, 50),
        ("LOA_UPLOAD_MAX_MB", settings.LOA_UPLOAD_MAX_BYTES / 1024 / 1024, 1, 1024),
        ("LOA_IDLE_DAYS", settings.LOA_IDLE_DAYS, 0, 3650),
        ("LOA_INVITE_DAYS", settings.LOA_INVITE_DAYS, 1, 30),
    ):
        if not low <= value <= high:
            found.append(
                Error(
                    f"{name}={value:g} ngoài khoảng cho phép ({low}–{high}).",
                    hint=f"Đặt {name} trong khoảng này, hoặc bỏ đi để dùng mặc định.",
                    id="loa.E008",
                )
            )
    return found
