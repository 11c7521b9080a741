"""The .pdf writer: the same `Flow`, set by typst with a bundled font metric-equal to Times New Roman.

The file is PDF/A-2 and tagged (PDF/UA-1): title, language, headings and table headers are there for a
screen reader, and every font is embedded.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from .flow import Flow
from .measures import FONT_DIR, PDF_FONT

_PARTS = ("year", "month", "day", "hour", "minute", "second")
TEMPLATE = Path(__file__).parent / "document.typ"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # The bundled fonts first; typst's own stay as a fallback for signs Times New Roman lacks.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONT_DIR)])


def to_pdf(flow: Flow, *, made_at: dt.datetime | None = None) -> bytes:
    """The document as a PDF file. `made_at` is the creation time in its properties."""
    made = _compile(flow, made_at, format="pdf", pdf_standards=["a-2a", "ua-1"])
    assert isinstance(made, bytes)
    return made


def to_pages(flow: Flow, *, ppi: int = 110) -> list[bytes]:
    """Pictures (PNG) of the printed pages, for a preview."""
    made = _compile(flow, None, format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)


def _compile(flow: Flow, made_at: dt.datetime | None, **options: Any) -> bytes | list[bytes]:
    stamp = (made_at or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    data = {**asdict(flow), "made_at": dict(zip(_PARTS, stamp.timetuple()[:6], strict=True))}
    made = typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"flow": json.dumps(data, ensure_ascii=False), "font": PDF_FONT},
        timestamp=stamp,
        **options,
    )
    assert made is not None
    return made
