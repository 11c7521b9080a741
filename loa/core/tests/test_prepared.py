"""When a start may skip the preparation, and when not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from django.db import connection

from loa import serve
from loa.core.prepared import Stamp, alone, database_is_there, fingerprint, migrations_of, ready_stamp


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A project of three files, and a database that was migrated."""
    for name in ("loa/a/migrations/0001.py", "loa/a/static/a.css", "locale/vi/a.po", "requirements/base.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / "loa.sqlite3")}
    with sqlite3.connect(database["NAME"]) as connection:
        connection.execute("CREATE TABLE core_workerbeat (id)")
        connection.execute("CREATE TABLE django_migrations (id, app, name)")
        connection.execute(
            "INSERT INTO django_migrations VALUES (1, 'core', '0001_initial'), (2, 'core', '0002_b')"
        )
    connection.close()
    monkeypatch.delenv("LOA_TEN", raising=False)
    return SimpleNamespace(
        BASE_DIR=tmp_path, DATA_DIR=tmp_path, DATABASES={"default": database}, SECRET_KEY="khoa"
    )


def prepare(place, *, demo=True):
    applied = migrations_of(place.DATABASES["default"])
    Stamp(fingerprint(place), demo, ["dòng một"], applied).write(place.DATA_DIR)


def test_nothing_to_do_after_a_preparation(place):
    assert ready_stamp(place, demo=True) is None
    prepare(place)
    assert ready_stamp(place, demo=True).lines == ["dòng một"]
    assert ready_stamp(place, demo=False) is not None


def test_a_demo_that_was_never_loaded_is_loaded(place):
    prepare(place, demo=False)
    assert ready_stamp(place, demo=True) is None


@pytest.mark.parametrize(
    "name", ["loa/a/migrations/0002.py", "loa/a/static/b.css", "locale/vi/a.po", "requirements/base.txt"]
)
def test_changed_files_are_prepared_anew(place, name):
    prepare(place)
    (place.BASE_DIR / name).write_text("xy")
    assert ready_stamp(place, demo=True) is None


def test_changed_settings_are_checked_anew(place, monkeypatch):
    prepare(place)
    monkeypatch.setenv("LOA_TEN", "khac")
    assert ready_stamp(place, demo=True) is None


def test_a_copy_from_before_an_update_is_migrated(place):
    prepare(place)
    assert ready_stamp(place, demo=True) is not None
    with sqlite3.connect(place.DATABASES["default"]["NAME"]) as connection:
        connection.execute("DELETE FROM django_migrations WHERE name = '0002_b'")
    connection.close()
    assert database_is_there(place.DATABASES["default"])
    assert ready_stamp(place, demo=True) is None


def test_the_stamp_cannot_be_guessed_from_without_the_key(place):
    before = fingerprint(place)
    place.SECRET_KEY = "khoa khac"
    assert fingerprint(place) != before


def test_another_database_is_prepared(place):
    prepare(place)
    place.DATABASES["default"]["NAME"] += "2"
    assert ready_stamp(place, demo=True) is None


def test_what_django_adds_to_the_settings_changes_nothing(place):
    prepare(place)
    place.DATABASES["default"].update(ATOMIC_REQUESTS=False, TEST={}, HOST="", CONN_MAX_AGE=0)
    assert ready_stamp(place, demo=True) is not None


@pytest.mark.parametrize("harm", ["unlink", "empty", "garbage"])
def test_a_database_that_is_gone_is_made_again(place, harm):
    prepare(place)
    path = place.BASE_DIR / "loa.sqlite3"
    path.unlink()
    if harm != "unlink":
        path.write_bytes(b"" if harm == "empty" else b"khong phai co so du lieu" * 100)
    assert not database_is_there(place.DATABASES["default"])
    assert ready_stamp(place, demo=True) is None


@pytest.mark.parametrize("text", ["", "cũ: chỉ một dòng", '{"mark": 1}', "[]"])
def test_a_stamp_that_cannot_be_read_counts_for_nothing(place, text):
    (place.DATA_DIR / "prepared").write_text(text)
    assert ready_stamp(place, demo=False) is None


def test_a_real_database_is_recognised(db, settings):
    assert database_is_there(settings.DATABASES["default"]) or "memory" in str(
        settings.DATABASES["default"]["NAME"]
    )


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same machine", "another machine"])
def test_one_start_at_a_time_prepares(db, settings, tmp_path, elsewhere):
    """The second waits and says so."""
    if elsewhere and connection.vendor == "sqlite":
        pytest.skip("a file is prepared on one machine")
    there = tmp_path / "there"
    there.mkdir()
    first = SimpleNamespace(DATA_DIR=tmp_path, DATABASES=settings.DATABASES)
    second = SimpleNamespace(DATA_DIR=there if elsewhere else tmp_path, DATABASES=settings.DATABASES)
    done: list[str] = []
    waits = threading.Event()

    def start():
        with alone(second, waiting=waits.set):
            done.append("second")

    other = threading.Thread(target=start)
    with alone(first, waiting=lambda: done.append("the first need not wait")):
        other.start()
        assert waits.wait(10)
        done.append("first")
    other.join(10)
    assert done == ["first", "second"]


def test_the_supervisor_loads_no_django_application():
    code = (
        "import sys; from loa import serve; from types import SimpleNamespace;"
        "s = serve.load_settings({'DJANGO_SETTINGS_MODULE': 'config.settings.test'});"
        "import loa.core.prepared; from django.apps import apps; print(apps.ready, 'wagtail' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("verb", ["serve", "begin"])
def test_wrong_settings_stop_the_start_with_a_sentence(verb):
    done = subprocess.run(
        [sys.executable, "-m", "loa.cli", verb],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "LOA_DEBUG": "co le", "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
    )
    assert done.returncode == 1
    assert "LOA_DEBUG='co le' không hợp lệ" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_container_that_forbids_caches_does_not_make_every_start_compile(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("LOA_TEN", "giu")
    monkeypatch.delenv("LOA_DEMO", raising=False)
    plain, demo = serve.children_environment(demo=False), serve.children_environment(demo=True)
    assert "PYTHONDONTWRITEBYTECODE" not in plain
    assert plain["LOA_TEN"] == "giu"
    assert plain["DJANGO_SETTINGS_MODULE"]
    assert demo == {**plain, "LOA_DEMO": "true"}


def test_the_welcome_names_address_and_log_ins():
    text = serve.welcome(8123, ["Tài khoản dùng thử"])
    assert "http://localhost:8123/lam-viec/" in text
    assert "  Tài khoản dùng thử" in text


def test_the_demo_names_the_page_of_every_stand_in(monkeypatch, settings):
    monkeypatch.setenv("PORT", "21340")
    monkeypatch.setattr(serve, "port_taken", lambda _host, port: port == 21340 + 1004)
    settings.LOA_DEMO = True
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 21340 + serve.SMTP
    settings.LOA_CHANNEL_URLS = {
        name: f"http://127.0.0.1:{21340 + offset}" for name, _label, offset in serve.STAND_INS if name != "zalo"
    } | {"zalo": "https://openapi.zalo.me"}
    settings.LOA_WEBPUSH_INSIDE = ["127.0.0.1:22343"]
    found = serve.simulators(settings)
    # Zalo's own address is set, and another program has YouTube's port.
    assert [one.command[4] for one in found] == ["facebook", "webpush", "tiktok", "sms", "smtp"]
    lines = serve.shown(found)
    assert f"  {'Hộp thư điện tử':<22} http://127.0.0.1:{21340 + serve.MAIL_PAGE}" in lines
    assert f"  {'Facebook':<22} http://127.0.0.1:22341" in lines
    settings.LOA_DEMO = False
    assert serve.simulators(settings) == []
    assert serve.shown([]) == []


def test_a_port_in_use_is_noticed(live_port):
    assert serve.port_taken("127.0.0.1", live_port)


@pytest.fixture
def live_port():
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]
