"""Simulators for the tests of this domain."""

import pytest

from loa.channels.tests.factories import simulators, youtube_simulator


@pytest.fixture
def sims(settings):
    with simulators(settings) as both:
        yield both


@pytest.fixture
def tube(settings):
    with youtube_simulator(settings) as sim:
        yield sim
