"""Task tables: columns known by their headings, parts joined over page breaks, merged cells given to every row.

Word, HTML and ruled PDF say themselves which cells are merged. In text a merged cell shows as blanks below it, or
as one list torn over its rows ("- A; - B;" then "- C."): blanks take the value above within the same group and
page; a list left open by ";" is joined with the next row's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .document import Counted, Document
from .labels import rank, read_label
from .model import Question, TaskRow, TaskTable
from .outline import APPENDIX, RECIPIENTS, SIGNATURE
from .owed import cells_of, counts_by_unit, flat, owed_over, owes
from .source.gutters import TIME_ALONE
from .source.model import ROW, Block, Cell
from .units import split_units

NUMBER, CONTENT, PRODUCT, TIME, LEAD, SUPPORT = "number", "content", "product", "timeframe", "lead", "support"
#: contents where no other column is
THEME = "theme"
#: fields a merged cell hands down
_CARRIED = (PRODUCT, TIME, LEAD, SUPPORT)

#: field ← words of a column heading; first match wins, so "Đơn vị phối hợp thực hiện" is support
COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (NUMBER, re.compile(r"^(?:stt|tt|số\s*tt|số thứ tự|s\.?t\.?t\.?|#)$", re.I)),
    (LEAD, re.compile(r"chủ\s*trì\s*(?:[,;/(&–-]|và)\s*(?:đơn vị\s+|cơ quan\s+)?phối\s*hợp", re.I)),
    (SUPPORT, re.compile(r"phối\s*hợp|cùng\s*thực\s*hiện", re.I)),
    (LEAD, re.compile(r"chủ\s*trì|phụ\s*trách|đầu\s*mối|chịu trách nhiệm|tham mưu", re.I)),
    (TIME, re.compile(r"thời\s*(?:gian|hạn|điểm)|tiến\s*độ|lộ\s*trình|hoàn thành|kết thúc|tháng|quý", re.I)),
    (PRODUCT, re.compile(r"sản\s*phẩm|hình\s*thức|kết\s*quả|đầu\s*ra|kênh|phương\s*thức", re.I)),
    (
        CONTENT,
        re.compile(r"nội\s*dung|nhiệm\s*vụ|hoạt\s*động|công\s*việc|tên việc", re.I),
    ),
    (THEME, re.compile(r"chủ\s*đề|đề mục|lĩnh\s*vực|chuyên\s*đề", re.I)),
    (LEAD, re.compile(r"(?:đơn vị|cơ quan|bộ phận|người|phòng|phân công)\s*(?:thực hiện)?|thực hiện", re.I)),
)
_NUMBER_CELL = re.compile(r"^(?:[IVX]{1,5}|[A-HĐ]|\d{1,3}(?:\.\d{1,2}){0,3}|[a-zđ])\s*[.)]?$")
#: both in one cell: "Chủ trì: Văn phòng Sở; Phối hợp: các phòng"
_LABELLED = re.compile(
    r"^[-–+*•\s]*(?:đơn vị |cơ quan )?chủ trì\s*:\s*(?P<lead>.+?)[\s;,.–+*•-]*(?:đơn vị |cơ quan )?"
    r"phối hợp(?: với| thực hiện)?\s*:\s*(?P<support>.+)$",
    re.I | re.S,
)
#: "Văn phòng Sở chủ trì, phối hợp với các phòng", "Văn phòng Sở chủ trì, các phòng phối hợp"
_TOLD = re.compile(
    r"^(?P<lead>.+?)\s+\(?chủ trì\)?\s*[,;]?\s*(?:phối hợp(?: với)?\s+(?P<support>.+)|"
    r"(?P<helpers>.+?)\s+\(?phối hợp(?: thực hiện)?\)?)[\s.;]*$",
    re.I | re.S,
)
#: "Văn phòng Sở/Các trường THPT" under "Đơn vị chủ trì/phối hợp"
_SLASH = re.compile(r"^(?P<lead>[^/]+)/\s*(?P<support>[^/]+)$")
#: "the same as above" written out
_DITTO = re.compile(r"^[-–\s]*(?:nt|n\.t|như trên|[\"”“]|''|//)[-–.\s]*$", re.I)
_TITLE_SKIP = re.compile(r"^\((?:Kèm|Ban hành|Đính|kèm)|^(?:Căn cứ|Thực hiện)\s")
_TITLE_START = re.compile(r"^(?:PHỤ LỤC|Phụ lục|BIỂU|Biểu|DANH MỤC|BẢNG|Bảng)\b")
_APPENDIX_LABEL = re.compile(r"^(?:PHỤ LỤC|Phụ lục)(?:\s+(?:số\s+)?[IVX\d]+)?\s*[.:]?$")


@dataclass(slots=True)
class _Row:
    """A row while it is put together: text and cell per field, and what came from above."""

    block: Block
    number: str | None
    content: str
    content_cell: Cell
    fields: dict[str, str] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    inherited: set[str] = field(default_factory=set)
    other: dict[str, str] = field(default_factory=dict)
    #: cells of its own beside number and contents, with the heading of their column
    own: list[tuple[str, Cell]] = field(default_factory=list)
    fragment: int = 0
    wide: bool = False
    kind: str = "task"
    group: str | None = None
    lists: dict[str, list[str]] = field(default_factory=dict)
    doubt: bool = False
    end: int = 0


@dataclass(slots=True)
class _Table:
    columns: list[str]
    fields: list[str]
    first: Block
    rows: list[_Row] = field(default_factory=list)
    fragments: int = 1
    #: the file itself says which cells are merged, so a blank cell is blank
    ruled: bool = False


def read_tables(doc: Document) -> list[TaskTable]:
    """Every table that has a content column and a lead, support, product or time column."""
    tables: list[_Table] = []
    current: _Table | None = None
    # only text loses the merge at a page break; elsewhere a break says nothing about a blank cell
    step = 1 if doc.source.format in ("txt", "md") else 0
    last_index = -1
    for fragment in doc.source.tables():
        if (over := owed_over(doc, fragment)) is not None:
            counts_by_unit(doc, fragment, over)
            current = None
            continue
        header, depth = _header(fragment)
        if header is not None and (current is None or not _same_columns(current, header)):
            current = _Table(list(header), _settled([_field(c) for c in header]), fragment[0])
            if CONTENT not in current.fields or not set(_CARRIED) & set(current.fields):
                current = None
                continue
            tables.append(current)
            body = fragment[depth:]
        elif header is not None and current is not None:
            current.fragments += step
            body = fragment  # rows above a repeated heading end the row of the page before
        elif (
            current is not None
            and _fits(current, fragment)
            and _near(doc, last_index, fragment[0].index)
            and not owes([flat(cell.text) for cell in cells_of(fragment[0])])
            and not _other_head(current, fragment[0])
        ):
            current.fragments += step
            body = fragment
        else:
            counts_by_unit(doc, fragment)
            if current is not None and _other_head(current, fragment[0]):
                current = None
            continue
        for block in body:
            if _blank(block) or _repeats_header(current, block):
                if _repeats_header(current, block) or _blank(block):
                    current.fragments += step
                continue
            current.ruled = current.ruled or any(cell.merged and cell.text for cell in block.cells)
            _add_row(current, block, doc)
        last_index = fragment[-1].index
    return [_finish(doc, table) for table in tables if table.rows]


_NUMBER_HEADING = re.compile(r"(?:s\.?\s*)?t\.?\s*t\.?|số\s*tt|số thứ tự|#", re.I)


def _other_head(table: _Table, block: Block) -> bool:
    """Whether a row of headings begins a table of another kind: "TT | Họ và tên | Điện thoại"."""
    first, *rest = [flat(cell.text) for cell in cells_of(block)]
    heads = [flat(column).lower() for column in table.columns]
    if not _NUMBER_HEADING.fullmatch(first) or sum(one.lower() in heads for one in rest) * 2 >= len(rest):
        return False
    return all(one and not re.search(r"\d", one) for one in rest)


def _near(doc: Document, before: int, after: int) -> bool:
    """Only page furniture stands between two parts of a table."""
    between = [b for b in doc.source.blocks[before + 1 : after] if b.kind != ROW]
    return sum(len(b.text) for b in between) < 160


def _across(table: _Table, cells: list[Cell], index: int) -> Cell:
    """The cell at a column of the grid; merged across from a column that means nothing by itself, the whole of it:
    "Tháng 9, 1, 5" over "Bắt đầu" and "Hoàn thành"."""
    left = index
    while left > 0 and cells[left].merged and cells[left].start == cells[left].end:
        left -= 1
    covered = left < index < left + cells[left].span
    return cells[left] if covered and not table.fields[left] else cells[index]


def _blank(block: Block) -> bool:
    return not any(cell.text.strip() for cell in block.cells)


def _header(fragment: list[Block]) -> tuple[list[str] | None, int]:
    """(column headings, number of header rows) when the fragment begins with a heading row."""
    for index, block in enumerate(fragment[:3]):
        if index and sum(1 for cell in fragment[index - 1].cells if cell.text.strip() and not cell.merged) > 1:
            break  # rows of content stand above: this is a repeated heading, not the first
        texts = [flat(cell.text) for cell in cells_of(block)]
        if any(text[:1].islower() or text.endswith((".", ";")) for text in texts if len(text) > 3):
            continue  # words of a torn row, not headings
        if owes(texts):
            return None, 0
        fields = set(_settled([_field(text) for text in texts]))
        if CONTENT in fields and len(fields - {""}) >= 2 and all(len(t) < 90 for t in texts):
            if any(_NUMBER_CELL.match(t) for t in texts[:1] if t and not re.fullmatch(r"(?i)stt|tt", t)):
                continue
            depth = index + 1
            if depth < len(fragment):
                below = [flat(cell.text) for cell in cells_of(fragment[depth])]
                if _is_subheader(below, fragment[depth]):
                    texts = [sub if sub else top for top, sub in zip(texts, below, strict=False)] + texts[
                        len(below) :
                    ]
                    depth += 1
                    if depth < len(fragment) and _is_index_row(fragment[depth]):
                        depth += 1
                elif _is_index_row(fragment[depth]):
                    depth += 1
            return texts, depth
    return None, 0


def _is_subheader(texts: list[str], block: Block) -> bool:
    """A second heading row: "Chủ trì | Phối hợp" under "Phân công thực hiện"; any words where all other cells
    are merged with the headings above."""
    named = [text for text in texts if text]
    own = [flat(c.text) for c in block.cells if not c.merged and c.text]
    rest = [c for c in block.cells if c.merged or not c.text]
    if own and len(rest) >= 2 and all(c.merged for c in rest) and rest[0] is block.cells[0]:
        return len(own) <= 5 and all(len(t) < 40 and not re.search(r"\d", t) for t in own)
    return (
        bool(own)
        and len(own) <= 5
        and all(len(t) < 40 and _field(t) in (LEAD, SUPPORT, TIME, PRODUCT) for t in own)
        and not any(re.search(r"\d|Phòng|Văn phòng|Trường", t) for t in own)
        and bool(named)
    )


def _is_index_row(block: Block) -> bool:
    """ "(1) | (2) | (3)" under the headings."""
    texts = [flat(c.text) for c in block.cells if c.text.strip()]
    return (
        len(texts) >= 3
        and all(re.fullmatch(r"\(?\d{1,2}\)?", t) for t in texts)
        and texts[0].strip("()") == "1"
        and texts[1].strip("()") == "2"
    )


def _field(heading: str) -> str:
    heading = flat(heading)
    for name, pattern in COLUMNS:
        if pattern.search(heading):
            return name
    return ""


def _settled(fields: list[str]) -> list[str]:
    """One column per field: the first keeps it, later ones become other columns; a theme is the contents only
    where no other column is ("Chủ đề | Nội dung").

    Without a column of contents the one after the number is it ("STT | Sự kiện | Thời gian | Phụ trách").
    """
    out: list[str] = []
    for name in fields:
        if name == THEME:
            name = CONTENT if CONTENT not in fields else ""
        out.append("" if name in out else name)
    if NUMBER not in out and out and out[0] == "":
        out[0] = NUMBER
    nameless = len(out) > 2 and out[0] == NUMBER and out[1] in ("", PRODUCT)
    if CONTENT not in out and nameless and {LEAD, SUPPORT, TIME} & set(out[2:]):
        out[1] = CONTENT
    return out


def _same_columns(table: _Table, header: list[str]) -> bool:
    return [flat(h).lower() for h in header] == [flat(c).lower() for c in table.columns]


def _fits(table: _Table, fragment: list[Block]) -> bool:
    widths = {len(cells_of(block)) for block in fragment}
    return len(table.columns) in widths


def _repeats_header(table: _Table, block: Block) -> bool:
    texts = [flat(cell.text).lower() for cell in cells_of(block)]
    heads = [flat(c).lower() for c in table.columns]
    same = sum(1 for a, b in zip(texts, heads, strict=False) if a and a == b)
    return block.header or (same >= 2 and same >= sum(1 for t in texts if t) - 1)


def _add_row(table: _Table, block: Block, doc: Document) -> None:
    cells = cells_of(block)
    texts = {name: _across(table, cells, i) for i, name in enumerate(table.fields) if name and i < len(cells)}
    number_cell = texts.get(NUMBER)
    number = flat(number_cell.text).rstrip(".)") if number_cell and not number_cell.merged else ""
    content_cell = texts.get(CONTENT)
    wide = (
        any(cell.span > 1 for cell in block.cells)
        and sum(1 for c in block.cells if c.text.strip() and not c.merged) <= 2
    )
    if wide:
        number, content_cell = _wide_row(block, number)
    if number_cell and not number_cell.merged and content_cell and not content_cell.text.strip():
        label = read_label(number)
        if label and not label.is_bullet and not _NUMBER_CELL.match(number):
            # "I. Truyền thông chính sách" put whole into the first column
            at = number_cell.start + label.length
            words = number_cell.text[label.length :].strip()
            number, content_cell = label.text, Cell(at, number_cell.end, words, False, number_cell.span)
        elif (
            not _NUMBER_CELL.match(number)
            and len(number) > 5
            and not any(cell.text.strip() for cell in cells if cell is not number_cell)
        ):
            # "Nhiệm vụ thường xuyên" alone in the first column: a heading nobody merged over the table
            number, content_cell, wide = "", number_cell, True
    if (
        not number_cell
        and content_cell
        and not content_cell.text.strip()
        and cells[0].text.strip()
        and not cells[0].merged
        and not any(cell.text.strip() for cell in cells[1:])
    ):
        # "Học kỳ II" alone in a table by months
        number, content_cell, wide = "", cells[0], True
    if content_cell is None:
        return
    content = flat(content_cell.text)
    if not number and not wide and table.rows and _continues_row(table, cells, content, block):
        _append(table.rows[-1], table, cells, block)
        return
    if not number and content:
        label = read_label(content)
        if label and not label.is_bullet and NUMBER not in table.fields:
            number = label.text
    row = _Row(block, number or None, content, content_cell, fragment=table.fragments, wide=wide, end=block.end)
    for name, cell in texts.items():
        if name in _CARRIED and not wide:
            row.fields[name] = cell.text.strip()
            if cell.merged:
                row.merged.add(name)
    for index, name in enumerate(table.fields):
        if name == "" and index < len(cells) and cells[index].text.strip() and not wide:
            row.other[table.columns[index] or str(index + 1)] = flat(cells[index].text)
        if name in ("", PRODUCT) and index < len(cells) and cells[index].text.strip() and not cells[index].merged:
            row.own.append((table.columns[index], cells[index]))
    if not content and not any(row.fields.values()):
        return
    table.rows.append(row)


def _wide_row(block: Block, number: str) -> tuple[str, Cell | None]:
    """A heading merged over all columns: "I. Truyền thông về thể chế"."""
    filled = [cell for cell in block.cells if cell.text.strip() and not cell.merged]
    if not filled:
        return number, None
    cell = filled[-1]
    if len(filled) == 2:
        return flat(filled[0].text).rstrip(".)"), cell
    label = read_label(cell.text)
    if label and not label.is_bullet:
        at = cell.start + label.length
        return label.text, Cell(at, cell.end, cell.text[label.length :].strip(), False, cell.span)
    return "", cell


def _continues_row(table: _Table, cells: list[Cell], content: str, block: Block) -> bool:
    """A row torn by a page break: no number, and its text goes on in lower case or its number cell is merged."""
    index = table.fields.index(NUMBER) if NUMBER in table.fields else -1
    last = table.rows[-1]
    if index < 0:  # a table by months: its first column is blank and its contents go on
        key = cells[0]
        return (
            table.fields[0] == TIME
            and not key.text.strip()
            and not key.merged
            and content[:1].islower()
            and not last.wide
            and (last.fragment != table.fragments or last.block.page != block.page)
        )
    if index < len(cells) and cells[index].merged and cells[index].text:
        return True
    own = [c for c in cells if c.text.strip() and not c.merged]
    if not content:
        return (bool(own) and last.fragment != table.fragments) or bool(own)
    if content[:1].islower() or content[:1] in "+-–(“,;…" or content[:1].isdigit():
        return True
    return last.fragment != table.fragments and not last.content.rstrip().endswith((".", ";", ":"))


def _append(row: _Row, table: _Table, cells: list[Cell], block: Block) -> None:
    """Adds the second half of a torn row to its fields."""
    for index, name in enumerate(table.fields):
        if index >= len(cells) or cells[index].merged or not cells[index].text.strip():
            continue
        text = cells[index].text.strip()
        if name == CONTENT:
            row.content = f"{row.content} {flat(text)}".strip()
        elif name in _CARRIED:
            row.fields[name] = f"{row.fields.get(name, '')} {text}".strip()
    row.end = block.end


def _finish(doc: Document, table: _Table) -> TaskTable:
    _mark_headings(table)
    _hand_down(table)
    for row in table.rows:
        leads = row.lists.get(LEAD, ())
        for heading, cell in row.own:
            doc.counted.append(
                Counted(cell.start, cell.end, heading, row.content, "; ".join(leads) if leads else None)
            )
    title, start = _title(doc, table)
    last = table.rows[-1]
    return TaskTable(
        span=doc.span(start, last.end),
        title=title,
        columns=tuple(table.columns),
        rows=tuple(_task_row(doc, row) for row in table.rows),
    )


def _mark_headings(table: _Table) -> None:
    """A heading has words only in its content column and deeper rows below (or spans the table)."""
    group: str | None = None
    for index, row in enumerate(table.rows):
        values = any(value for name, value in row.fields.items() if name not in row.merged)
        deeper = index + 1 < len(table.rows) and rank(table.rows[index + 1].number) > rank(row.number)
        time = not row.number and NUMBER in table.fields and TIME_ALONE.fullmatch(row.content)
        alone = row.wide or (row.number and deeper) or rank(row.number) <= 1 or time
        if not row.merged and not values and alone:
            row.kind = "heading"
            group = row.number or row.content
        row.group = group if row.kind == "task" else None
        if (
            row.kind == "task"
            and rank(row.number) <= 2
            and group
            and rank(group if _NUMBER_CELL.match(group) else None) >= rank(row.number)
        ):
            group = None
            row.group = None


def _hand_down(table: _Table) -> None:
    """Gives each task the values of the merged cells it stands in."""
    run: list[_Row] = []
    for row in table.rows:
        if row.kind == "heading":
            run = []
            continue
        for name in (LEAD, SUPPORT):
            row.lists[name] = split_units(row.fields.get(name, ""))
        if not row.fields.get(SUPPORT):
            _part_lead(row, both=table.fields.index(LEAD) if LEAD in table.fields else -1, columns=table.columns)
        if run:
            _inherit(run, row, ruled=table.ruled)
        run.append(row)


def _part_lead(row: _Row, *, both: int, columns: list[str]) -> None:
    """Who leads and who helps, where one cell holds the two."""
    text = row.fields.get(LEAD, "")
    if len(text) > 600:
        return  # no list of units is as long; it bounds the work on a hostile cell
    match = _LABELLED.match(text) or _TOLD.match(text)
    if match is None and 0 <= both < len(columns) and re.search(r"phối\s*hợp", columns[both], re.I):
        match = _SLASH.match(text)
    if match is None:
        return
    row.lists[LEAD] = split_units(match["lead"])
    row.lists[SUPPORT] = split_units(match["support"] or match.groupdict().get("helpers") or "")


def _inherit(run: list[_Row], row: _Row, *, ruled: bool) -> None:
    above = run[-1]
    same_page = above.fragment == row.fragment
    for name in _CARRIED:
        if name not in row.fields or name in row.merged:
            if name in row.merged:
                row.inherited.add(name)
            continue
        value = row.fields[name]
        if _DITTO.match(value) and above.fields.get(name):
            _take(above, row, name)
            continue
        if ruled:
            continue
        if name == SUPPORT and value and _left_open(above.fields.get(SUPPORT, "")) and SUPPORT not in row.merged:
            _join_lists(run, row)
            continue
        if value or not above.fields.get(name):
            continue
        if not same_page and not _left_open(above.fields[name]):
            row.doubt = row.doubt or name == LEAD
            continue
        _take(above, row, name)


def _take(above: _Row, row: _Row, name: str) -> None:
    row.fields[name] = above.fields[name]
    row.inherited.add(name)
    if name in above.lists:
        row.lists[name] = list(above.lists[name])


def _left_open(value: str) -> bool:
    return value.rstrip().endswith((";", ","))


def _join_lists(run: list[_Row], row: _Row) -> None:
    """ "- A; - B;" over "- C.": one merged cell, so every row of the run has A, B and C."""
    members = [row]
    for other in reversed(run):
        if not _left_open(other.fields.get(SUPPORT, "")):
            break
        members.insert(0, other)
    union: list[str] = []
    for member in members:
        union.extend(name for name in member.lists.get(SUPPORT, []) if name not in union)
    for member in members:
        if member.lists.get(SUPPORT) != union:
            member.inherited.add(SUPPORT)
        member.lists[SUPPORT] = list(union)


def _title(doc: Document, table: _Table) -> tuple[str | None, int]:
    """The lines above the table from "PHỤ LỤC" (or the heading just above), without "(Kèm theo …)"."""
    index = table.first.index
    parts: list[Block] = []
    for block in reversed(doc.source.blocks[max(0, index - 6) : index]):
        if block.kind == ROW or doc.outline.zone(block) in (RECIPIENTS, SIGNATURE):
            break
        if _TITLE_SKIP.match(block.text):
            continue
        if doc.outline.zone(block) == APPENDIX:
            parts.insert(0, block)
            if _TITLE_START.match(block.text):
                break
        else:
            if len(block.text) <= 160:
                parts.insert(0, block)
            break
    if not parts:
        return None, table.first.start
    return " ".join(b.text for b in parts), parts[0].start


def _task_row(doc: Document, row: _Row) -> TaskRow:
    question = None
    if row.doubt and not row.lists.get(LEAD):
        question = Question("Ô chủ trì để trống ở đầu trang. Đơn vị nào chủ trì dòng này?")
    return TaskRow(
        span=doc.span(row.block.start, row.end),
        number=row.number,
        content=row.content,
        product=flat(row.fields.get(PRODUCT, "")) or None,
        timeframe=flat(row.fields.get(TIME, "")) or None,
        lead=tuple(row.lists.get(LEAD, ())),
        support=tuple(row.lists.get(SUPPORT, ())),
        kind=row.kind,
        group=row.group,
        inherited=tuple(sorted(row.inherited)),
        other=row.other,
        confidence=0.7 if question else 0.9 if LEAD in row.inherited else 1.0,
        question=question,
    )
