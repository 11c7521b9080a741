"""A drawn picture for what has none, where a channel needs one: unit, what it is, title, a line below."""

from __future__ import annotations

import base64
import io
import unicodedata
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from loa.channels.drafts import COVER, Picture
from loa.lib.vanban.write.measures import FONT_DIR

SIZE = (1280, 800)
MARGIN = 88
#: sizes of the title, the largest that fits is taken
TITLES = (76, 66, 56, 48, 42)
MOST_LINES = 6
CALM, URGENT = ("#3b2a6b", "#ece8f8", "#3b2a6b"), ("#a8321a", "#fdebe5", "#a8321a")


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_DIR / f"Tinos-{name}.ttf"), size)


def _lines(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """`text` broken between words; a word wider than the line stays whole."""
    found: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width:
            found.append(line)
            line = word
        else:
            line = longer
    return [*found, line] if line else found


def _within(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """`text` cut to one line of that width."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _title(text: str, width: float) -> tuple[ImageFont.FreeTypeFont, int, list[str]]:
    for size in TITLES:
        font = _font("Bold", size)
        lines = _lines(text, font, width)
        if len(lines) <= MOST_LINES and len(lines) * size * 1.28 <= 400:
            break
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]}…"]
    return font, size, [_within(line, font, width) for line in lines]


def card(*, unit: str, label: str, title: str, foot: str = "", urgent: bool = False) -> bytes:
    """The picture as JPEG, 1280 × 800; the same words give the same bytes."""
    unit, label, title, foot = (unicodedata.normalize("NFC", text) for text in (unit, label, title, foot))
    strong, pale, ink = URGENT if urgent else CALM
    image = Image.new("RGB", SIZE, "#fcfbf8")
    pen = ImageDraw.Draw(image)
    width = SIZE[0] - 2 * MARGIN
    pen.rectangle((0, 0, SIZE[0], 118), fill=strong)
    pen.text(
        (MARGIN, 59), _within(unit, _font("Bold", 40), width), font=_font("Bold", 40), fill="#fff", anchor="lm"
    )
    tag = _font("Bold", 38)
    label = label.upper()
    pen.rounded_rectangle((MARGIN, 168, MARGIN + tag.getlength(label) + 48, 236), radius=10, fill=pale)
    pen.text((MARGIN + 24, 202), label, font=tag, fill=strong, anchor="lm")
    font, size, lines = _title(title, width)
    for number, line in enumerate(lines):
        pen.text((MARGIN, 286 + number * size * 1.28), line, font=font, fill="#1f1633", anchor="la")
    if foot:
        pen.line((MARGIN, 716, SIZE[0] - MARGIN, 716), fill="#c9c3b6", width=2)
        pen.text(
            (MARGIN, 752),
            _within(foot, _font("Regular", 36), width),
            font=_font("Regular", 36),
            fill=ink,
            anchor="lm",
        )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def cover(*, unit: str, label: str, title: str, foot: str = "", urgent: bool = False) -> Picture:
    """The card as a draft's cover; drawn when it is asked for."""

    @cache
    def draw() -> bytes:
        return card(unit=unit, label=label, title=title, foot=foot, urgent=urgent)

    return Picture(open=draw, alt=f"{label}: {title}"[:300], small=_small(draw), ref=COVER)


def _small(draw: Callable[[], bytes]) -> Callable[[], str]:
    def address() -> str:
        """The card for the preview, inside the page: it stands nowhere before it is frozen."""
        with Image.open(io.BytesIO(draw())) as image:
            image.thumbnail((640, 400))
            out = io.BytesIO()
            image.save(out, "JPEG", quality=80)
        return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()

    return address
