"""Public pages: uncached against the bar of 300 ms, and from the page cache against uncached, in this process."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from loa.core.bench import median, p95, times
from loa.newsroom.models import Story
from loa.org.models import Unit
from loa.portal.cache import PageCache, VersionWatch
from loa.portal.models import MemberSite
from loa.portal.place import main_origin, story_path
from loa.portal.selectors.stories import public

#: the bar of DESIGN §6, milliseconds
BAR = 300


def _ask(app: Any, path: str, *, plain: bool = False) -> tuple[str, int]:
    """Ask for a page as a reader's browser does: (status, bytes)."""
    path, _mark, query = path.partition("?")
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": main_origin().partition("://")[2],
        "HTTP_ACCEPT_ENCODING": "" if plain else "gzip, br",
        "wsgi.url_scheme": main_origin().partition(":")[0],
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    body: Iterable[bytes] = app(environ, lambda status, headers, *more: said.append(status))
    size = sum(len(part) for part in body)
    getattr(body, "close", lambda: None)()
    return said[0], size


def _counted(app: Any, path: str) -> tuple[str, int, int]:
    """(status, bytes, queries) of one page."""
    count = 0

    def counting(run: Any, *call: Any) -> Any:
        nonlocal count
        count += 1
        return run(*call)

    with connection.execute_wrapper(counting):
        status, size = _ask(app, path, plain=True)
    return status, size, count


def _pages() -> list[tuple[str, str]]:
    """(what, path) of one page of every kind, from what the database holds."""
    found = [("home of the portal", "/"), ("news", "/tin-tuc/"), ("news, page 50", "/tin-tuc/?trang=50")]
    found += [("news of one genre", "/tin-tuc/?the-loai=feature"), ("directory of schools", "/truong/")]
    found += [("directory, by name", "/truong/?q=ben+lam"), ("search, two words", "/tim-kiem/?q=tuyen+sinh")]
    found += [("topics of the year", "/chu-de/"), ("RSS", "/rss.xml"), ("sitemap, stories", "/sitemap-0.xml")]
    story = public().filter(on_main_portal=True).order_by("-published_at").first()
    if story is not None:
        found.append(("article", story_path(story.pk, story.slug, story.title)))
        if story.topic_id:
            found.append(("topic", f"/chu-de/{story.topic_id}/"))
    site = MemberSite.objects.filter(active=True, is_main=False).order_by("-pk").first()
    if site is not None:
        found.append(("home of a member site", f"/truong/{site.slug}/"))
    return found


def run(out: Callable[..., None]) -> None:
    """Print one line for every kind of page, then the cache against no cache."""
    django = WSGIHandler()
    units, stories = Unit.objects.count(), Story.objects.count()
    out(f"data: {units} units, {stories} stories", "")
    for what, path in _pages():
        status, size, queries = _counted(django, path)
        if status.startswith("301"):
            continue
        if not status.startswith("200"):
            out(f"{what} {path}", status)
            continue
        found = times(partial(_ask, django, path, plain=True), runs=20)
        value = f"{p95(found) * 1000:.0f} ms"
        detail = f"median {median(found) * 1000:.0f} ms, {queries} queries, {size / 1024:.0f} KB"
        out(f"{what}, uncached, p95 ({detail})", value, "bar", f"{BAR} ms", f"{p95(found) * 1000 / BAR:.2f}")
    _cache(out, django)


def _cache(out: Callable[..., None], django: WSGIHandler) -> None:
    cached = PageCache(django, version=VersionWatch())
    plain = times(lambda: _ask(django, "/", plain=True), runs=10)
    _ask(cached, "/")
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < 1:
        _ask(cached, "/")
        count += 1
    rate = count / (time.perf_counter() - start)
    uncached = 1 / median(plain)
    out(
        "home from the page cache, one thread, pages a second",
        f"{rate:.0f}",
        "uncached",
        f"{uncached:.0f}",
        f"{rate / uncached:.0f}",
    )
