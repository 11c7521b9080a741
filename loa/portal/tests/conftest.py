"""A small Sở with its portal and one member site."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches

from loa.org.tests.factories import Cast
from loa.portal.models import MemberSite
from loa.portal.tests.factories import make_site


class Town(Cast):
    """The cast, with the Sở's portal open and a site for one school."""

    main: MemberSite
    site: MemberSite


@pytest.fixture(autouse=True)
def no_old_renditions() -> None:
    """Wagtail remembers renditions by image id in the cache, which outlives a test's database."""
    caches["default"].clear()


@pytest.fixture
def town(db: Any, settings: Any) -> Town:
    settings.BASE_URL = "https://songlam.example"
    made = Town()
    made.main = make_site(made.so, is_main=True, slug="so", name="Cổng Sông Lam", email="vp@songlam.example")
    made.site = make_site(made.school, slug="son-thuong", palette="river", intro="Trường ở bản Sơn Thượng.")
    return made
