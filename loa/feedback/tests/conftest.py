"""Simulators for the tests of this domain."""

import pytest

from loa.channels.tests.factories import simulators


@pytest.fixture
def sims():
    with simulators() as both:
        yield both
