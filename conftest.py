"""Fixtures every test may use."""

from __future__ import annotations

import pytest


@pytest.fixture
def cast(db):
    """The people of every access test (see loa.org.tests.factories.Cast)."""
    from loa.org.tests.factories import Cast

    return Cast()
