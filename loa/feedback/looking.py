"""Whether word lists find insults or hate in a text: a hint for people, never a decision."""

from __future__ import annotations

from functools import cache

from loa.lib.nlp.analyse import Analyser


@cache
def _analyser() -> Analyser:
    return Analyser()


def harmful(text: str) -> bool:
    """Insults, threats, dehumanising words."""
    return _analyser().analyse(text).harm != "clean"
