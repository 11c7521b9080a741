"""Wrong settings stop the start with a sentence that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from loa.core import checks

GOOD = {
    "SECRET_KEY": "k9Jx2mQ8vR4tY6uW1zA3sD5fG7hL0pN-bC_eXiOoPqTyUrMnWv12345",
    "ALLOWED_HOSTS": ["truyenthong.sgddt.gov.vn"],
    "BASE_URL": "https://truyenthong.sgddt.gov.vn",
    "EMAIL_HOST": "smtp.sgddt.gov.vn",
    "DEFAULT_FROM_EMAIL": "Loa <loa@sgddt.gov.vn>",
}
ALL = (checks.secrets, checks.debug, checks.addresses, checks.mail, checks.limits)


@pytest.fixture
def real(settings, monkeypatch):
    monkeypatch.setattr(checks, "tested", lambda: False)
    monkeypatch.delenv("LOA_SMTP_USER", raising=False)
    monkeypatch.delenv("LOA_SMTP_PASSWORD", raising=False)
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def found(settings=None):
    return [message for check in ALL for message in check(None)]


def test_good_settings_are_silent(real):
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SECRET_KEY": "ngan"}, "loa.E001"),
        ({"SECRET_KEY": "a" * 80}, "loa.E001"),
        ({"DEBUG": True}, "loa.E002"),
        ({"BASE_URL": "truyenthong.sgddt.gov.vn"}, "loa.E003"),
        ({"BASE_URL": "https://"}, "loa.E003"),
        ({"BASE_URL": "https://a.vn:cong"}, "loa.E003"),
        ({"BASE_URL": "https://a.vn/?x=1"}, "loa.E003"),
        ({"BASE_URL": "http://truyenthong.sgddt.gov.vn"}, "loa.W001"),
        ({"ALLOWED_HOSTS": ["https://a.vn"]}, "loa.E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "loa.E004"),
        ({"CSRF_TRUSTED_ORIGINS": ["a.vn"]}, "loa.E005"),
        ({"EMAIL_HOST": "smtp://a.vn"}, "loa.E006"),
        ({"EMAIL_HOST_USER": "loa", "EMAIL_HOST_PASSWORD": ""}, "loa.E006"),
        ({"EMAIL_HOST": ""}, "loa.W002"),
        ({"DEFAULT_FROM_EMAIL": "Loa <loa@localhost>"}, "loa.E007"),
        ({"LOA_IDLE_HOURS": 0}, "loa.E008"),
        ({"LOA_INVITE_DAYS": 0}, "loa.E008"),
        ({"SESSION_COOKIE_AGE": 0}, "loa.E008"),
    ],
)
def test_each_wrong_setting_has_its_id_and_says_what_to_do(real, changes, code):
    for name, value in changes.items():
        setattr(real, name, value)
    messages = found()
    assert [message.id for message in messages] == [code]
    assert messages[0].hint


def test_a_mail_account_without_a_server(real, monkeypatch):
    real.EMAIL_HOST = ""
    monkeypatch.setenv("LOA_SMTP_USER", "loa")
    assert [message.id for message in checks.mail(None)] == ["loa.E006"]


def test_the_start_really_stops(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "LOA_DATA_DIR": str(tmp_path),
        "LOA_SECRET_KEY": "ngan",
        "LOA_BASE_URL": "khong-phai-dia-chi",
    }
    run = subprocess.run(
        [sys.executable, "-m", "loa.cli", "check"], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "loa.E001" in run.stderr
    assert "loa.E003" in run.stderr
    assert "khởi động lại" in run.stderr


def test_the_settings_of_the_demo_are_good(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOA_")}
    environment |= {
        "LOA_DEMO": "true",
        "LOA_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "loa.cli", "check"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
