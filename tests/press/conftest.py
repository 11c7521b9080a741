"""The Sở's press desk with its public pages."""

from __future__ import annotations

from typing import Any

import pytest

from loa.portal.tests.factories import make_site
from tests.press.factories import Desk


@pytest.fixture
def desk(db: Any, cast: Any, settings: Any) -> Desk:
    settings.BASE_URL = "https://songlam.example"
    settings.DEFAULT_FROM_EMAIL = "Loa <truyenthong@songlam.example>"
    make_site(cast.so, is_main=True, slug="so", name="Cổng Sông Lam")
    return Desk(cast)
