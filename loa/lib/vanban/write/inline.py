"""Runs of text to printable spans."""

from __future__ import annotations

from .codes import clean
from .flow import Span
from .model import Run, Text


def spans(text: Text, size_pt: float, *, bold: bool = False, italic: bool = False) -> tuple[Span, ...]:
    """The text in spans; a run's own bold and italic add to those of the place it stands in.

    Never empty: an empty cell keeps one empty span, so that it is as high as a line.
    """
    runs = (Run(text.strip()),) if isinstance(text, str) else tuple(text)
    # White space at the seam between two runs is part of the text: fold only what lies inside.
    found = tuple(
        Span(clean(f"|{run.text}|")[1:-1], size_pt, bold or run.bold, italic or run.italic, _link(run.url))
        for run in runs
    )
    return found or (Span("", size_pt, bold, italic),)


def plain(text: Text) -> str:
    """The text without its looks."""
    return clean(text if isinstance(text, str) else "".join(run.text for run in text))


def _link(url: str) -> str:
    """The address of a link, or "" for anything a reader's program should not be told to open."""
    return url if url.startswith(("https://", "http://", "mailto:")) else ""
