"""Simulators for the tests of this domain."""

import pytest

from loa.channels.tests.factories import simulators


@pytest.fixture
def sims(settings):
    with simulators(settings) as both:
        yield both
