"""Topics every office listens for: data, readable without building anything (the web process only needs names)."""

from __future__ import annotations

from functools import cache

from loa.lib.nlp.text import read_lines


@cache
def standing_topics() -> dict[str, list[str]]:
    """Code → phrases."""
    rows = (line.split("\t") for line in read_lines("topics.tsv"))
    return {code: phrases.split("|") for code, _name, phrases in rows}


@cache
def topic_names() -> dict[str, str]:
    """Code → Vietnamese name."""
    return {row.split("\t")[0]: row.split("\t")[1] for row in read_lines("topics.tsv")}
