"""Jobs: the service or the engine called."""

from __future__ import annotations

from loa.core.jobs import job
from loa.press import engine
from loa.press.services import embargoes_over, start_due


@job()
def tend() -> None:
    """Every few seconds: settle what was left behind, release what is due, send."""
    engine.recover()
    start_due()
    embargoes_over()
    engine.send_for(20)
