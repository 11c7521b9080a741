"""Tests: offline, fast, exact; SQLite unless DATABASE_URL says otherwise."""

import os
import tempfile

os.environ.setdefault("LOA_DATA_DIR", tempfile.mkdtemp(prefix="loa-test-"))
os.environ.setdefault("LOA_SECRET_KEY", "only-for-tests")

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES

if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file and not :memory:, whose one connection the live server's threads would share: two requests of one page
    # at the same time then break each other ("cannot open savepoint - SQL statements in progress").
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["LOA_DATA_DIR"], "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
else:
    # Nobody reads this database after a power failure: a commit need not wait for the disk.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c synchronous_commit=off")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,  # noqa: F405
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend",
        "QUEUES": [],
    }
}
ALLOWED_HOSTS = ["*"]
LOA_STRICT_ACCOUNTS = False  # the cast's passwords are short; tests of the rule switch it on
