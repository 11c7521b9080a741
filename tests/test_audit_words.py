"""Every deed that is written into the audit log has Vietnamese words: an inspector reads sentences, not codes."""

from __future__ import annotations

import re
from pathlib import Path

from loa.audit.texts import deeds

ROOT = Path(__file__).resolve().parent.parent
#: how each domain writes its deeds: the call, and what it puts before the code
CALLS = [
    (re.compile(r'\blog\(\s*"([a-z_]+\.[a-z_.]+)"'), ""),
    (re.compile(r'\brecord\(\s*story,\s*"([a-z_]+)"'), "newsroom.story."),
    (re.compile(r'"(returned_unit|returned_board)"'), "newsroom.story."),
    (re.compile(r'_log\(\s*"([a-z_]+)"'), "plans.finding."),
]


def codes() -> set[str]:
    """Codes of deeds in the services of all domains."""
    found: set[str] = set()
    for path in ROOT.glob("loa/**/*.py"):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for pattern, before in CALLS:
            if before and before.split(".")[0] not in path.parts:
                continue
            found |= {before + next(filter(None, match.groups())) for match in pattern.finditer(text)}
    return found


def test_every_deed_has_words():
    assert len(codes()) > 60
    assert sorted(code for code in codes() if code not in deeds) == []
