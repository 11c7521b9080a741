"""A small Sở with its portal and one member site."""

from __future__ import annotations

from typing import Any

import pytest

from loa.newsroom.models import Story
from loa.org.tests.factories import Cast
from loa.portal.comments import services
from loa.portal.models import MemberSite
from loa.portal.tests.factories import make_site, make_story


class Town(Cast):
    """The cast, with the Sở's portal open and a site for one school."""

    main: MemberSite
    site: MemberSite


@pytest.fixture
def town(db: Any, settings: Any) -> Town:
    settings.BASE_URL = "https://songlam.example"
    made = Town()
    made.main = make_site(made.so, is_main=True, slug="so", name="Cổng Sông Lam", email="vp@songlam.example")
    made.site = make_site(made.school, slug="son-thuong", palette="river", intro="Trường ở bản Sơn Thượng.")
    return made


@pytest.fixture
def quick(monkeypatch: Any) -> None:
    """Tests type faster than people."""
    monkeypatch.setattr(services, "QUICKEST", -1)


@pytest.fixture
def story(town: Town) -> Story:
    """A story on the main portal below which readers may write."""
    services.site_switch(actor=town.office, unit_id=town.so.pk, on=True)
    made = make_story(town.school, town.owner, "Bữa ăn bán trú", on_main_portal=True)
    services.story_switch(actor=town.office, unit_id=town.so.pk, story_id=made.pk, on=True)
    return made
