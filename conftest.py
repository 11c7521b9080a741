"""Fixtures every test may use."""

from __future__ import annotations

import gc

import pytest
from hypothesis import HealthCheck, settings

# Property tests ask whether something is true, not how fast it is on a busy machine (`make bench` measures that).
settings.register_profile("loa", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("loa")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Modules live as long as the run: the collector neither walks them while they load nor ever after."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database of the run; what a transactional test leaves there is found and deleted (tests/emptying.py)."""
    from tests.emptying import emptied_by_difference

    with django_db_blocker.unblock(), emptied_by_difference(["default"]):
        yield


@pytest.fixture
def cast(db):
    """The people of every access test (see loa.org.tests.factories.Cast)."""
    from loa.org.tests.factories import Cast

    return Cast()


@pytest.fixture(autouse=True)
def _nothing_kept_between_tests():
    """Boards are kept by what they were counted from, renditions by the number of their image; a test's database
    begins its numbers anew."""
    from django.core.cache import caches

    from loa.agenda.workdays import forget
    from loa.lib.calendar import set_overrides
    from loa.listening.themes import forget as forget_topics
    from loa.reporting.selectors.board import forget_boards

    # Days off the office sets lie in the database; pure tests have none.
    set_overrides(None)
    caches["default"].clear()
    forget_boards()
    forget()
    forget_topics()
    yield
    forget_boards()
    forget()
