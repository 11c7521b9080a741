"""What the fault run counts: a withdrawn post that stays out is told apart from one a person is asked about."""

from __future__ import annotations

import pytest

from loa.channels.bench import _count
from loa.channels.facebook.sim import FacebookSim
from loa.channels.sim.server import Request
from loa.channels.tests.factories import facebook_account
from loa.channels.tests.test_changes import published, run
from loa.channels.zalo.sim import ZaloSim


@pytest.mark.parametrize(
    ("row", "out", "found"),
    [
        (
            "sent 9001 0 9001_1 sent Bài",
            False,
            {"withdrawn": 1, "staying": 0, "asked": 0, "lost": 0, "mistaken": 0},
        ),
        ("sent 9001 0 9001_1 sent Bài", True, {"withdrawn": 1, "staying": 1, "asked": 0}),
        ("cancelled 9001 0 - cancelled Bài", False, {"withdrawn": 1, "staying": 0, "lost": 0}),
        ("cancelled 9001 0 - cancelled Bài", True, {"withdrawn": 1, "staying": 1}),
        ("sent 9001 0 9001_1 unknown Bài", True, {"withdrawn": 1, "staying": 0, "asked": 1}),
        ("unknown 9001 0 - unknown Bài", True, {"withdrawn": 1, "staying": 0, "asked": 1}),
        ("sent 9001 0 9001_1 - Bài", True, {"withdrawn": 0, "staying": 0, "once": 1, "lost": 0, "mistaken": 0}),
        ("sent 9001 0 9001_1 - Bài", False, {"withdrawn": 0, "lost": 1, "mistaken": 1}),
        ("cancelled 9001 0 - - Bài", False, {"withdrawn": 0, "lost": 1}),
    ],
)
def test_a_withdrawn_post_is_counted_by_what_readers_see(row, out, found):
    facebook = FacebookSim()
    facebook.state["posts"] = [{"id": "9001_1", "message": "Bài", "media": []}] if out else []
    counted = _count([row], facebook, ZaloSim())
    assert {name: counted[name] for name in found} == found


@pytest.mark.django_db
def test_a_post_made_in_spite_of_an_error_is_found_and_not_made_again(cast, sims):
    page = facebook_account(cast.so)
    _made, row = published(cast, page)
    sims[0].faults.only, sims[0].faults.script = "/feed", ["error_after"]
    row = run(row)
    assert row.external_id == sims[0].state["posts"][0]["id"]
    assert [(attempt.what, attempt.http_status) for attempt in row.attempts.all()] == [
        ("send", 500),
        ("check", 200),
    ]
    assert len(sims[0].state["posts"]) == 1


def test_its_frequency_is_set_from_outside():
    sim = FacebookSim()
    server = sim.serve()
    handler = server.RequestHandlerClass
    try:
        body = b'{"error_after": 0.5, "only": "/feed", "dice": 1, "script": 1, "pick": 1}'
        handler._faults(None, Request("POST", "/_sim/faults", {}, {}, body), sim)
    finally:
        server.shutdown()
        server.server_close()
    assert (sim.faults.error_after, sim.faults.only, sim.faults.script) == (0.5, "/feed", [])
    assert callable(sim.faults.pick)
