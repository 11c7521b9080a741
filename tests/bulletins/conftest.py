"""A small Sở with its portal, two public stories, a list, and a mail server at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from loa.bulletins.tests.factories import Running, make_list, sink_running
from loa.portal.tests.factories import make_site, make_story


@pytest.fixture
def town(cast: Any, settings: Any, tmp_path: Any) -> Any:
    """The cast with a portal, stories and the list of the Sở."""
    settings.BASE_URL = "https://songlam.example"
    settings.DATA_DIR = tmp_path
    settings.DEFAULT_FROM_EMAIL = "Loa <ban-tin@songlam.example>"
    cast.main = make_site(cast.so, is_main=True, slug="so", name="Cổng Sông Lam")
    cast.site = make_site(cast.school, slug="son-thuong")
    cast.stories = [make_story(cast.school, cast.owner, f"Chuyến xe sách số {n} lên Sơn Thượng") for n in (1, 2)]
    cast.stories.append(make_story(cast.thpt, cast.outsider, "Câu lạc bộ thiên văn Lam Giang"))
    cast.list = make_list(cast.so, "Bản tin tuần của Sở", whole_portal=True)
    return cast


@pytest.fixture
def smtp(settings: Any) -> Iterator[Callable[..., Running]]:
    """`smtp(faults)`: a mail server that Loa sends to."""
    with ExitStack() as stack:

        def start(*args: Any, **options: Any) -> Running:
            running = stack.enter_context(sink_running(*args, **options))
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
            settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = False, ""
            return running

        yield start
