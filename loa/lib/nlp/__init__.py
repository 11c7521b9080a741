"""What a short Vietnamese text says about schools: subject, units meant, tone, harm, near-duplicates.

    from loa.lib.nlp import Analyser, School
    analyser = Analyser(schools=[School(12, "Trường THCS Trần Phú", places=("Mường Sai",))])
    found = analyser.analyse("Trường Trần Phú ở Mường Sai thu tiền quỹ quá nhiều")
    found.tone, found.topics, found.units, found.reasons

Pure: no Django, no database, no network. The bootstrap models are word lists written in house (`data/`). Names are
loaded when they are asked for: a process that analyses nothing loads neither numpy nor the automaton.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .analyse import MODEL, Analyser, Finding, Reason, UnitHit
    from .duplicates import Leaders
    from .schools import School
    from .stories import Article, Stories
    from .text import Prepared, prepare

_WHERE = {
    "MODEL": "analyse", "Analyser": "analyse", "Finding": "analyse", "Reason": "analyse", "UnitHit": "analyse",
    "Leaders": "duplicates", "Article": "stories", "Stories": "stories", "School": "schools", "Prepared": "text",
    "prepare": "text",
}  # fmt: skip

__all__ = [
    "MODEL",
    "Analyser",
    "Article",
    "Finding",
    "Leaders",
    "Prepared",
    "Reason",
    "School",
    "Stories",
    "UnitHit",
    "prepare",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(name)
    import importlib

    return getattr(importlib.import_module(f"loa.lib.nlp.{_WHERE[name]}"), name)
