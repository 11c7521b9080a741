"""The page cache: never stale for long, never private, never twice the same work."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterable
from typing import Any

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

from loa.newsroom import events
from loa.portal import cache, services
from loa.portal.cache import PageCache, VersionWatch, chosen_encoding, known_query
from loa.portal.models import PublicVersion
from loa.portal.tests.factories import make_story, withdraw


class App:
    """A WSGI application that counts, and says what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.status = "200 OK"
        self.headers = [("Content-Type", "text/html; charset=utf-8"), ("Loa-Cache", "60")]
        self.body = "<p>trang</p>" * 200
        self.wait: threading.Event | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.calls.append((environ["REQUEST_METHOD"], environ["QUERY_STRING"]))
        if self.wait:
            self.wait.wait(5)
        start_response(self.status, list(self.headers))
        return [self.body.encode(), f"<!-- {len(self.calls)} -->".encode()]


class Pages:
    """A page cache over `App`, with a version and a clock in the test's hand."""

    def __init__(self, **options: Any) -> None:
        self.app, self.version, self.time = App(), 1, 0.0
        watch = VersionWatch(lambda: self.version, every=0)
        self.cache = PageCache(self.app, version=watch, clock=lambda: self.time, **options)

    def get(self, path: str = "/", query: str = "", **environ: str) -> tuple[str, dict[str, str], bytes]:
        said: list[Any] = []
        asked = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "so.example",
            "wsgi.url_scheme": "https", **environ,
        }  # fmt: skip
        body = b"".join(self.cache(asked, lambda status, headers, *more: said.extend([status, headers])))
        return said[0], dict(said[1]), body


@pytest.fixture
def pages() -> Pages:
    return Pages()


def test_a_page_is_made_once(pages):
    first, second = pages.get(), pages.get()
    assert first[2] == second[2]
    assert len(pages.app.calls) == 1
    assert (pages.cache.hits, pages.cache.misses) == (1, 1)
    assert "Loa-Cache" not in second[1]
    assert second[1]["Content-Length"] == str(len(second[2]))


def test_a_change_is_seen_at_once_and_time_ends_a_page(pages):
    pages.get()
    pages.version = 2
    assert b"<!-- 2 -->" in pages.get()[2]
    pages.time = 61
    assert b"<!-- 3 -->" in pages.get()[2]


def test_a_page_made_while_something_changed_counts_as_old(pages):
    def changes_meanwhile(environ: Any, start_response: Any) -> Any:
        pages.version += 1
        return pages.app(environ, start_response)

    pages.cache.app = changes_meanwhile
    pages.get()
    pages.cache.app = pages.app
    assert b"<!-- 2 -->" in pages.get()[2]
    assert b"<!-- 2 -->" in pages.get()[2]


def test_host_scheme_path_and_known_parameters_are_the_key(pages):
    pages.get()
    for change in (
        {"HTTP_HOST": "truong.example"},
        {"wsgi.url_scheme": "http"},
        {"path": "/tin-tuc/"},
        {"query": "trang=2"},
    ):
        before = len(pages.app.calls)
        pages.get(**change)
        assert len(pages.app.calls) == before + 1, change
    before = len(pages.app.calls)
    pages.get(query="utm_source=fb&fbclid=abc&x=%3Cscript%3E")
    pages.get(query="gclid=1&trang=2")
    assert len(pages.app.calls) == before


def test_unknown_parameters_never_reach_the_page(pages):
    pages.get(query="x=1&q=th%C6%B0&trang=2&q=hai")
    assert pages.app.calls == [("GET", "q=hai&trang=2")]
    assert known_query("&".join(f"a{n}=1" for n in range(500))) == ""


@pytest.mark.parametrize(
    "asked",
    [
        {"HTTP_COOKIE": "sessionid=abc"},
        {"HTTP_COOKIE": "x=1; sessionid=abc"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"REQUEST_METHOD": "POST"},
        {"path": "/lam-viec/"},
        {"path": "/tai-khoan/dang-nhap/"},
        {"path": "/cms/"},
        {"path": "/healthz"},
    ],
)
def test_what_is_private_is_never_kept_nor_answered(pages, asked):
    pages.get()
    for turn in (1, 2):
        _status, headers, body = pages.get(**asked)
        assert f"<!-- {len(pages.app.calls)} -->".encode() in body, turn
        assert "Loa-Cache" not in headers
    assert len(pages.app.calls) == 3


@pytest.mark.parametrize(
    ("status", "header"),
    [
        ("404 Not Found", None),
        ("500 Internal Server Error", None),
        ("301 Moved Permanently", None),
        ("200 OK", ("Set-Cookie", "a=1")),
        ("200 OK", ("Vary", "Cookie")),
        ("200 OK", ("Cache-Control", "private")),
    ],
)
def test_errors_and_cookies_are_never_kept(pages, status, header):
    pages.app.status = status
    pages.app.headers += [header] if header else []
    assert pages.get()[0] == status
    pages.get()
    assert len(pages.app.calls) == 2


def test_a_page_that_does_not_ask_for_it_is_never_kept(pages):
    pages.app.headers = [("Content-Type", "text/html")]
    pages.get()
    pages.get()
    assert len(pages.app.calls) == 2


def test_compressed_as_the_reader_takes_it(pages):
    plain = pages.get()[2]
    _status, headers, body = pages.get(HTTP_ACCEPT_ENCODING="gzip, deflate, br;q=1.0")
    assert (headers["Content-Encoding"], brotli.decompress(body)) == ("br", plain)
    assert headers["Vary"] == "Accept-Encoding"
    _status, headers, body = pages.get(HTTP_ACCEPT_ENCODING="gzip;q=0.5, br;q=0")
    assert (headers["Content-Encoding"], gzip.decompress(body)) == ("gzip", plain)
    assert chosen_encoding("identity, br ; q=0") == ""


def test_304_when_the_reader_has_it(pages):
    etag = pages.get()[1]["ETag"]
    status, headers, body = pages.get(HTTP_IF_NONE_MATCH=f'"x", {etag}')
    assert (status, body, headers["ETag"]) == ("304 Not Modified", b"", etag)
    pages.app.body = "anders"
    pages.version = 2
    assert pages.get(HTTP_IF_NONE_MATCH=etag)[0] == "200 OK"


def test_head_is_answered_from_the_page(pages):
    status, headers, body = pages.get(REQUEST_METHOD="HEAD")
    assert (status, body) == ("200 OK", b"")
    assert int(headers["Content-Length"]) > 100
    pages.get()
    assert pages.app.calls == [("GET", "")]


def test_memory_is_bounded(pages):
    small = Pages(max_bytes=20_000)
    small.app.headers[0] = ("Content-Type", "image/webp")  # kept as it is
    for n in range(50):
        small.get(f"/tin/{n}/")
    assert small.cache._bytes <= 20_000
    assert 1 < len(small.cache._kept) < 10
    small.app.body = "x" * (cache.MAX_BODY + 1)
    kept = len(small.cache._kept)
    small.get("/to/")
    assert len(small.cache._kept) == kept


def test_many_readers_of_one_page_make_it_once(pages):
    pages.app.wait = threading.Event()
    answers: list[bytes] = []
    readers = [threading.Thread(target=lambda: answers.append(pages.get()[2])) for _ in range(8)]
    for reader in readers:
        reader.start()
    time.sleep(0.1)
    pages.app.wait.set()
    for reader in readers:
        reader.join(5)
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert len(pages.app.calls) == 1


def test_while_a_page_is_renewed_others_get_the_old_one(pages):
    pages.get()
    pages.time = 61
    pages.app.wait = threading.Event()
    renewing = threading.Thread(target=pages.get)
    renewing.start()
    while len(pages.app.calls) < 2:
        time.sleep(0.005)
    assert b"<!-- 1 -->" in pages.get()[2]
    pages.app.wait.set()
    renewing.join(5)


def test_a_failing_page_does_not_hang_the_next_reader(pages):
    def fails(environ: Any, start_response: Any) -> Any:
        raise RuntimeError

    pages.cache.app = fails
    with pytest.raises(RuntimeError):
        pages.get()
    pages.cache.app = pages.app
    assert pages.get()[0] == "200 OK"


def test_a_silent_database_leaves_the_last_version(pages):
    pages.get()
    pages.version = None
    pages.get()
    assert len(pages.app.calls) == 1
    fresh = Pages()
    fresh.version = None
    fresh.get()
    fresh.get()
    assert len(fresh.app.calls) == 2


def test_the_version_is_read_at_most_once_in_its_time():
    reads: list[int] = []
    watch = VersionWatch(lambda: reads.append(1) or len(reads), every=60)
    assert [watch.value() for _ in range(5)] == [1] * 5
    watch.look_again()
    assert watch.value() == 2


# — with Django behind it ————————————————————————————————————————————————————————————
def ask(wsgi: PageCache, path: str, **environ: str) -> tuple[str, bytes]:
    said: list[Any] = []
    request = Client()._base_environ(
        PATH_INFO=path, QUERY_STRING="", REQUEST_METHOD="GET", HTTP_HOST="songlam.example", **environ
    )
    body = wsgi(request, lambda status, headers, *more: said.append(status))
    data = b"".join(body)
    getattr(body, "close", lambda: None)()
    return said[0], data


@pytest.fixture
def portal(town):
    """Two processes' caches over the same database, each looking at every request."""
    handler = WSGIHandler()
    return [PageCache(handler, version=VersionWatch(every=0)) for _process in range(2)]


@pytest.mark.django_db(transaction=True)
def test_publishing_and_withdrawing_are_seen_by_every_process(town, portal):
    story = make_story(town.school, town.owner, "Tin nóng")
    path = f"/tin/tin-nong-{story.pk}/"
    for process in portal:
        assert ask(process, path)[0] == "200 OK"
        assert "Tin nóng".encode() in ask(process, "/")[1]
        assert process.hits == 0
        assert ask(process, path)[0] == "200 OK"
        assert process.hits == 1
    withdraw(story)
    events.emit(events.story_withdrawn, story=story, actor=town.chief)
    for process in portal:
        assert ask(process, path)[0].startswith("410")
        assert "Tin nóng".encode() not in ask(process, "/")[1]


@pytest.mark.django_db(transaction=True)
def test_a_deed_rolled_back_changes_no_version(town):
    from django.db import transaction

    services.public_changed()
    before = PublicVersion.objects.get().value

    def fails() -> None:
        with transaction.atomic():
            services.public_changed()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert PublicVersion.objects.get().value == before
    services.public_changed()
    assert PublicVersion.objects.get().value == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_unit_that_is_renamed_changes_the_pages(town, portal):
    from loa.org.events import tell
    from loa.org.models import UnitEvent

    assert town.school.name.encode() in ask(portal[0], "/truong/son-thuong/")[1]
    type(town.school).objects.filter(pk=town.school.pk).update(name="Trường Tên Mới", short_name="Tên Mới")
    tell(UnitEvent.objects.create(kind="rename", effective_on="2026-11-20"))
    assert "Trường Tên Mới".encode() in ask(portal[0], "/truong/son-thuong/")[1]


def test_a_reader_with_a_session_gets_no_kept_page(town, portal):
    ask(portal[0], "/")
    ask(portal[0], "/", HTTP_COOKIE="sessionid=abc")
    assert portal[0].hits == 0


def test_public_pages_set_no_cookie_and_vary_on_none(town):
    for path in ("/", "/tin-tuc/", "/truong/", "/tim-kiem/?q=a"):
        response = Client().get(path, HTTP_HOST="songlam.example")
        assert not response.cookies, path
        assert "Cookie" not in response.get("Vary", ""), path
        assert response["Loa-Cache"] == "60"
        assert response["Cache-Control"] == "public, no-cache"


def test_every_parameter_a_page_reads_is_known_to_the_cache():
    import re
    from pathlib import Path

    root = Path(cache.__file__).parent
    read = set()
    for source in (*root.glob("params.py"), *root.glob("views/*.py")):
        read |= set(re.findall(r'GET\.get\("([^"]+)"', source.read_text()))
        read |= set(re.findall(r'params\.(?:text|number)\(request, "([^"]+)"', source.read_text()))
    read |= {"trang"}
    assert read - {"name"} <= cache.PARAMETERS, read - cache.PARAMETERS
    assert read >= cache.PARAMETERS
