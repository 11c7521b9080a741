"""From the bytes of a .csv or .xlsx to lines of named values. Pure: no database."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loa.core.errors import InvalidInput
from loa.lib.vi import clean, fold, nfc, recover

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_ROWS = 20_000

#: column → how its heading may be written, folded; the first is that of the template
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("ma don vi", "ma", "ma truong", "ma dinh danh", "code"),
    "name": ("ten don vi", "ten", "ten truong", "ten co quan", "name"),
    "short_name": ("ten gon", "ten viet tat", "ten ngan"),
    "kind": ("loai", "loai don vi", "loai hinh", "cap hoc", "kind"),
    "parent": ("ma don vi cap tren", "ma cap tren", "don vi cap tren", "truc thuoc", "parent"),
    "commune_code": ("ma xa", "ma xa phuong", "ma dvhc"),
    "place": ("dia danh",),
    "address": ("dia chi", "tru so"),
    "symbol": ("ky hieu van ban", "ky hieu"),
    "founded": ("ngay thanh lap", "ngay hieu luc", "tu ngay"),
    "decision": ("so quyet dinh", "quyet dinh"),
    "aliases": ("ten khac", "ten goi khac"),
}
HEADINGS = {
    "code": "Mã đơn vị",
    "name": "Tên đơn vị",
    "short_name": "Tên gọn",
    "kind": "Loại",
    "parent": "Mã đơn vị cấp trên",
    "commune_code": "Mã xã",
    "place": "Địa danh",
    "address": "Địa chỉ",
    "symbol": "Ký hiệu văn bản",
    "founded": "Ngày thành lập",
    "decision": "Số quyết định",
    "aliases": "Tên khác",
}
REQUIRED = ("code", "name", "kind")


@dataclass
class Line:
    """One line of the file: `number` as a spreadsheet shows it."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    #: why the line as a whole cannot be trusted
    errors: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the row of the import."""
        return {"line": self.number, "values": self.values, "warnings": self.warnings, "errors": self.errors}


@dataclass
class Table:
    """A file as read, with remarks on it as a whole."""

    lines: list[Line]
    remarks: list[str]


def read(data: bytes, filename: str) -> Table:
    """Lines of a .csv, .txt or .xlsx file. Raises InvalidInput with what to do when it cannot be read."""
    grid, remarks = read_grid(data, filename)
    at, columns = find_heads(grid, COLUMNS, ("code", "name"))
    if at < 0:
        raise InvalidInput(
            _("Không thấy dòng tiêu đề có các cột “Mã đơn vị”, “Tên đơn vị”. Hãy dùng tệp mẫu."), field="file"
        )
    if "kind" not in columns.values():
        raise InvalidInput(_("Thiếu cột “Loại”. Hãy dùng tệp mẫu."), field="file")
    lines = lines_below(grid, at, columns, remarks)
    if not lines:
        raise InvalidInput(_("Tệp chỉ có tiêu đề, chưa có dòng đơn vị nào."), field="file")
    if len(lines) > MOST_ROWS:
        raise InvalidInput(_("Tệp có hơn 20.000 dòng. Hãy chia thành nhiều tệp."), field="file")
    return Table(lines, remarks)


def read_grid(data: bytes, filename: str) -> tuple[list[tuple[int, list[Any]]], list[str]]:
    """Cells of any .csv, .txt or .xlsx table (its first sheet) with the numbers of their lines, and remarks on how
    it was read. Raises InvalidInput with what to do when it cannot be read."""
    if not data:
        raise InvalidInput(_("Tệp trống. Hãy chọn lại tệp."), field="file")
    if len(data) > MOST_BYTES:
        raise InvalidInput(_("Tệp lớn hơn 20 MB. Hãy chia thành nhiều tệp."), field="file")
    if is_workbook(data):
        grid = _sheet(data)
        remarks: list[str] = []
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput(
            _("Tệp Excel kiểu cũ (.xls) hoặc có mật khẩu. Hãy mở bằng Excel, lưu lại dạng .xlsx, không mật khẩu."),
            field="file",
        )
    elif filename.lower().endswith((".xlsx", ".xlsm")):
        raise InvalidInput(_("Tệp này không phải bảng tính Excel dù có đuôi .xlsx."), field="file")
    else:
        text, remarks = _text(data)
        grid = _csv(text)
    return grid, remarks


def is_workbook(data: bytes) -> bool:
    """Whether the cells of a file are its own (.xlsx), not parts of lines between separators (.csv)."""
    return data.startswith(b"PK\x03\x04")


def _text(data: bytes) -> tuple[str, list[str]]:
    """The text of a .csv in whatever encoding it was saved."""
    remarks: list[str] = []
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if data.startswith(mark):
            try:
                return data.decode(name), ([_("Tệp mã UTF-16, đã đọc được.")] if name == "utf-16" else [])
            except UnicodeDecodeError:
                break
    if b"\0" in data:
        raise InvalidInput(
            _("Đây không phải tệp bảng (.csv). Hãy lưu lại bằng Excel dạng .xlsx hoặc “CSV UTF-8”."),
            field="file",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        # One byte a letter: TCVN3 and VNI are told apart by what gives Vietnamese words.
        text, found = recover(data.decode("cp1252", errors="replace"))
        if found is None or "\ufffd" in text:
            raise InvalidInput(
                _("Không đọc được bảng mã của tệp. Hãy mở bằng Excel rồi lưu dạng .xlsx hoặc “CSV UTF-8”."),
                field="file",
            ) from None
        remarks.append(
            _("Tệp dùng bảng mã cũ (%(name)s), đã chuyển sang Unicode. Hãy xem kỹ tên.") % {"name": found}
        )
        return text, remarks
    recovered, found = recover(text)
    if found is not None:
        remarks.append(
            _("Chữ trong tệp theo bảng mã cũ (%(name)s), đã chuyển sang Unicode. Hãy xem kỹ tên.")
            % {"name": found}
        )
        return recovered, remarks
    return text, remarks


def _csv(text: str) -> list[tuple[int, list[Any]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append((reader.line_num, list(row)))
            if len(rows) > MOST_ROWS + 50:
                break
    except csv.Error as error:
        raise InvalidInput(
            _("Tệp CSV hỏng ở dòng %(line)d (%(why)s). Hãy mở bằng Excel, xem dòng đó rồi lưu lại.")
            % {"line": reader.line_num, "why": error},
            field="file",
        ) from None
    return rows


def _sheet(data: bytes) -> list[tuple[int, list[Any]]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise InvalidInput(_("Tệp Excel nở ra quá lớn. Hãy chỉ giữ lại trang có bảng."), field="file")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = []
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > MOST_ROWS + 50:
                break
            rows.append((number, list(row[:60])))
        return rows
    except InvalidInput:
        raise
    except Exception as error:  # a broken workbook fails in a hundred ways
        raise InvalidInput(
            _("Không mở được tệp Excel (%(why)s). Hãy mở bằng Excel rồi lưu lại dạng .xlsx.")
            % {"why": type(error).__name__},
            field="file",
        ) from error


def cell_text(value: Any) -> str:
    """What stands in a cell, as text: a date in ISO form, a whole number without its point."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def find_heads(
    grid: list[tuple[int, list[Any]]], columns: Mapping[str, Sequence[str]], known_by: Sequence[str]
) -> tuple[int, dict[int, str]]:
    """Where the row of headings is (among the first twenty) and which column stands where; -1 when none holds all
    of `known_by`. `columns`: column → its headings, folded, words only."""
    by_heading = {heading: column for column, headings in columns.items() for heading in headings}
    for index, (_number, row) in enumerate(grid[:20]):
        found: dict[int, str] = {}
        for position, value in enumerate(row):
            column = by_heading.get(re.sub(r"[^a-z0-9]+", " ", fold(clean(cell_text(value)))).strip())
            if column and column not in found.values():
                found[position] = column
        if set(known_by) <= set(found.values()):
            return index, found
    return -1, {}


def lines_below(
    grid: list[tuple[int, list[Any]]], at: int, columns: dict[int, str], remarks: list[str]
) -> list[Line]:
    """The lines below the headings that are not empty; what is in no known column is remarked."""
    unknown = [
        clean(cell_text(value))
        for position, value in enumerate(grid[at][1])
        if position not in columns and clean(cell_text(value))
    ]
    if unknown:
        remarks.append(_("Các cột không dùng đến: %(names)s.") % {"names": ", ".join(unknown[:8])})
    lines = []
    for number, row in grid[at + 1 :]:
        raw = {column: cell_text(row[position]) for position, column in columns.items() if position < len(row)}
        values = {column: clean(text)[:500] for column, text in raw.items()}
        if not any(values.values()):
            continue
        line = Line(number, values)
        if any(nfc(text) != text for text in raw.values()):
            line.warnings.append(_("Chữ ở dạng Unicode tổ hợp, đã chuyển sang dựng sẵn."))
        lines.append(line)
    return lines


_DATES = (
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
)


def parse_date(text: str) -> dt.date | None:
    """dd/mm/yyyy (or the ISO form of a spreadsheet's date). None when it is no date."""
    for form in _DATES:
        if found := form.fullmatch(text):
            try:
                return dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None


def template() -> bytes:
    """The .xlsx to fill in: headings, two examples, the list of kinds on a second sheet."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from loa.org.models import KIND_LABELS

    book = Workbook()
    sheet = book.active
    sheet.title = "Đơn vị"
    sheet.append(list(HEADINGS.values()))
    sheet.append(
        ["X001", "Xã Mường Sai", "", "UBND xã, phường", "", "04567", "Mường Sai", "", "UBND", "01/07/2025", "", ""]
    )
    sheet.append(
        [
            "T001",
            "Trường THCS Sơn Thượng",
            "THCS Sơn Thượng",
            "Trường THCS",
            "X001",
            "04567",
            "Mường Sai",
            "Bản Nà Sai, xã Mường Sai",
            "",
            "01/07/2025",
            "12/QĐ-UBND",
            "THCS Mường Sai; PTDTBT Sơn Thượng",
        ]
    )
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for position, width in enumerate((12, 38, 24, 22, 20, 10, 18, 34, 18, 16, 18, 34), 1):
        sheet.column_dimensions[sheet.cell(1, position).column_letter].width = width
    kinds = book.create_sheet("Các loại")
    kinds.append(["Loại (ghi đúng như dưới đây)"])
    for label in KIND_LABELS.values():
        kinds.append([str(label)])
    kinds.column_dimensions["A"].width = 34
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
