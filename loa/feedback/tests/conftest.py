"""Simulators for the tests of this domain."""

import pytest

from loa.channels.tests.factories import simulators, youtube_simulator
from loa.feedback import services
from loa.feedback.tests.factories import zalo_account


@pytest.fixture
def sims(settings):
    with simulators(settings) as both:
        yield both


@pytest.fixture
def tube(settings):
    with youtube_simulator(settings) as sim:
        yield sim


@pytest.fixture
def oa(cast):
    return zalo_account(cast.so)


@pytest.fixture
def running(cast, oa):
    """The OA with its chatbot at work."""
    row = services.scenario_create(actor=cast.chief, unit_id=cast.so.pk, name="Zalo của Sở")
    services.scenario_publish(actor=cast.chief, scenario_id=row.pk)
    services.scenario_switch(actor=cast.chief, scenario_id=row.pk, active=True, account_ids=[oa.pk])
    return oa
