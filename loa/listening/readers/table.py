"""Rows of a file (.csv, .xlsx, .jsonl) to items, by a mapping of columns. Pure: no database."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from loa.core.clock import VIETNAM
from loa.core.errors import InvalidInput
from loa.lib.vi import clean, fold
from loa.listening.readers.model import Found, aware, kept, moment
from loa.listening.rules import canonical
from loa.org.importers.read import MOST_BYTES, MOST_ROWS, read_grid

#: field of an item → how exports of listening services head its column (folded). The first that is met is taken.
FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("title", "tieu de", "headline", "ten bai", "tieu de bai viet", "subject"),
    "text": (
        "content",
        "noi dung",
        "text",
        "message",
        "full text",
        "noi dung bai viet",
        "body",
        "mention",
        "snippet",
        "mo ta",
        "hit sentence",
        "opening text",
        "description",
        "summary",
        "trich dan",
    ),
    "url": ("url", "link", "duong dan", "dia chi", "permalink", "lien ket", "mention url", "article url"),
    "at": (
        "published at",
        "published",
        "published date",
        "date",
        "ngay dang",
        "thoi gian",
        "thoi gian dang",
        "created at",
        "created time",
        "created date",
        "time",
        "ngay",
        "publish date",
        "publishedat",
        "createdtime",
        "timestamp",
    ),
    "clock": ("gio", "gio dang", "hour", "publish time"),
    "outlet": (
        "source",
        "source name",
        "nguon",
        "ten nguon",
        "site",
        "site name",
        "page name",
        "domain",
        "ten trang",
        "bao",
        "channel name",
        "ten kenh",
        "outlet",
    ),
    "author": (
        "author",
        "tac gia",
        "author name",
        "from",
        "nguoi dang",
        "user name",
        "influencer",
        "ten nguoi dang",
    ),
    "reach": (
        "reach",
        "interactions",
        "tuong tac",
        "tong tuong tac",
        "engagement",
        "views",
        "luot xem",
        "luot tiep can",
    ),
    "external": ("id", "mention id", "post id", "document id", "ma", "guid"),
}
_STAMP = re.compile(r"\d{10}(\d{3})?")
_ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Grid:
    """A file as a table: headings, and rows with the number of their line."""

    columns: list[str]
    rows: list[tuple[int, list[Any]]]
    remarks: list[str]


@dataclass(frozen=True)
class Line:
    """One row as an item, or what is wrong with it. `notes`: what was left out of an item that is taken."""

    number: int
    found: Found | None
    wrong: str = ""
    notes: tuple[str, ...] = ()


def read_table(data: bytes, name: str) -> Grid:
    """The table in a file. Raises InvalidInput with what to do when it cannot be read."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("Tệp lớn hơn 20 MB. Hãy chia thành nhiều tệp."), field="file")
    head = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if head in (b"{", b"[") and not name.lower().endswith((".csv", ".xlsx")):
        return _json_lines(data)
    cells, remarks = read_grid(data, name)
    return _headed(cells, remarks)


def _headed(cells: list[tuple[int, list[Any]]], remarks: list[str]) -> Grid:
    """The line of headings is the one among the first twenty that knows most fields (exports begin with a
    title).
    """
    best, known = -1, 0
    for index, (_number, row) in enumerate(cells[:20]):
        score = len(guess([clean(str(cell or "")) for cell in row]))
        if score > known:
            best, known = index, score
    if best < 0:
        best = next((index for index, (_n, row) in enumerate(cells) if sum(bool(cell) for cell in row) > 1), -1)
    if best < 0:
        raise InvalidInput(_("Tệp chưa có dòng nào. Hãy chọn lại tệp."), field="file")
    columns = _named([clean(kept(str(cell or "")))[:80] for cell in cells[best][1]])
    rows = [(number, row) for number, row in cells[best + 1 :] if any(str(cell or "").strip() for cell in row)]
    return _sized(Grid(columns, rows, remarks))


def _named(headings: list[str]) -> list[str]:
    """Headings that can be told apart, none of them empty."""
    found: list[str] = []
    for number, heading in enumerate(headings, start=1):
        name = heading or _("Cột %(n)d") % {"n": number}
        found.append(name if name not in found else f"{name} ({number})")
    return found


def _json_lines(data: bytes) -> Grid:
    text = data.decode("utf-8-sig", errors="replace")
    remarks = [_("Có chữ không đọc được trong tệp; Loa thay bằng dấu \ufffd.")] if "\ufffd" in text else []
    objects: list[tuple[int, dict[str, Any] | None]] = []
    try:
        whole = json.loads(text) if text.lstrip().startswith("[") else None
    except ValueError:
        whole = None
    if isinstance(whole, list):
        objects = [(number, one if isinstance(one, dict) else None) for number, one in enumerate(whole, start=1)]
    else:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                try:
                    one = json.loads(line)
                except ValueError:
                    one = None
                objects.append((number, one if isinstance(one, dict) else None))
    columns: dict[str, None] = {}
    flat = [(number, _flat(one) if one is not None else {}) for number, one in objects[: MOST_ROWS + 1]]
    for _number, one in flat[:500]:
        columns |= dict.fromkeys(one)
    if not columns:
        raise InvalidInput(_("Không đọc được dòng JSON nào. Mỗi dòng phải là một đối tượng { … }."), field="file")
    names = list(columns)[:80]
    return _sized(Grid(names, [(number, [one.get(name) for name in names]) for number, one in flat], remarks))


def _flat(one: Mapping[str, Any], before: str = "", depth: int = 0) -> dict[str, Any]:
    """Values by name; those of an object inside by "outer.inner"."""
    found: dict[str, Any] = {}
    for key, value in list(one.items())[:200]:
        name = kept(f"{before}{key}")[:80]
        if isinstance(value, Mapping) and depth < 2:
            found |= _flat(value, f"{name}.", depth + 1)
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            found[name] = value
    return found


def _sized(grid: Grid) -> Grid:
    if not grid.rows:
        raise InvalidInput(_("Tệp chỉ có dòng tiêu đề, chưa có tin nào."), field="file")
    if len(grid.rows) > MOST_ROWS:
        raise InvalidInput(_("Tệp có hơn 20.000 dòng. Hãy chia thành nhiều tệp."), field="file")
    return grid


def _key(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(heading)).strip()


def guess(columns: Sequence[str]) -> dict[str, str]:
    """Field → column, as far as the headings tell; a column serves one field."""
    by_key: dict[str, str] = {}
    for column in columns:
        by_key.setdefault(_key(column), column)
    found: dict[str, str] = {}
    for field, names in FIELDS.items():
        for name in names:
            column = by_key.get(name, "")
            if column and column not in found.values():
                found[field] = column
                break
    return found


def lines(grid: Grid, mapping: Mapping[str, str], *, now: dt.datetime, start: int = 0) -> Iterator[Line]:
    """Every row from `start` on as an item or a mistake."""
    at = {field: grid.columns.index(column) for field, column in mapping.items() if column in grid.columns}
    for number, row in grid.rows[start:]:
        yield _line(number, {field: row[place] if place < len(row) else None for field, place in at.items()}, now)


def _line(number: int, values: Mapping[str, Any], now: dt.datetime) -> Line:
    title, text = _text(values.get("title"), 400), _text(values.get("text"), 20_000)
    if not (title or text):
        return Line(number, None, _("Không có tiêu đề lẫn nội dung."))
    notes = []
    url = _text(values.get("url"), 2000)
    if url and not canonical(url):
        notes.append(_("Địa chỉ “%(url)s” không đúng, đã bỏ.") % {"url": url[:60]})
        url = ""
    at, day_only, wrong = _moment(values.get("at"), values.get("clock"), now)
    if wrong:
        return Line(number, None, wrong)
    if at is None:
        notes.append(_("Không có ngày đăng: lấy lúc nhập."))
    found = Found(
        url=url,
        external=_text(values.get("external"), 200),
        title=title,
        text=text,
        author=_text(values.get("author"), 120),
        outlet=clean(_text(values.get("outlet"), 160)),
        published_at=at,
        day_only=day_only,
        reach=_whole(values.get("reach")),
    )
    return Line(number, found, notes=tuple(notes))


def _text(value: Any, most: int) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return kept(str(value)).strip()[:most]


def _moment(value: Any, hour: Any, now: dt.datetime) -> tuple[dt.datetime | None, bool, str]:
    """(time, whether it is the day alone, what is wrong): of an Excel date, seconds or milliseconds since 1970, or
    words. A midnight is a day without an hour.
    """
    if value in (None, ""):
        return None, False, ""
    at: dt.datetime | None = None
    text = _text(value, 60)
    if isinstance(value, dt.datetime):
        at = aware(value)
    elif isinstance(value, dt.date):
        at = aware(dt.datetime.combine(value, dt.time()))
    elif _STAMP.fullmatch(text):
        at = dt.datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), dt.UTC)
    else:
        at = moment(text)
    if at is None:
        return None, False, _("Không hiểu ngày đăng “%(text)s”. Viết dạng 26/11/2026 09:12.") % {"text": text}
    if _whole_day(at):
        clock = hour.strftime("%H:%M") if isinstance(hour, dt.time) else _text(hour, 12)
        day = at.astimezone(VIETNAM)
        at = (moment(f"{day:%d/%m/%Y} {clock}") if clock else None) or at
    day_only = _whole_day(at)
    if day_only:
        at = at.astimezone(VIETNAM).replace(hour=8)
    if at > now + dt.timedelta(days=1):
        return None, False, _("Ngày đăng “%(text)s” ở tương lai.") % {"text": text}
    if at < _ALWAYS:
        return None, False, _("Ngày đăng “%(text)s” quá xa.") % {"text": text}
    return at.astimezone(dt.UTC), day_only, ""


def _whole_day(at: dt.datetime) -> bool:
    return at.astimezone(VIETNAM).time() == dt.time()


def _whole(value: Any) -> int | None:
    text = re.sub(r"[.,\s]", "", _text(value, 20))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
