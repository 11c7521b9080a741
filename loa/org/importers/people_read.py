"""A table of people: its columns, the file to fill in, and the lines that were wrong as a file to mend."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from loa.core.errors import InvalidInput
from loa.lib.vi import clean
from loa.org.importers.people_values import rejoin_roles
from loa.org.importers.read import Table, find_heads, is_workbook, lines_below, read_grid
from loa.org.models import ROLE_LABELS
from loa.org.rules import Role

MOST_LINES = 10_000

#: column → how its heading may be written, folded, words only
COLUMNS: dict[str, tuple[str, ...]] = {
    "full_name": ("ho va ten", "ho ten", "ten day du", "ho ten can bo", "full name"),
    "family": ("ho va ten dem", "ho dem", "ho va dem", "ho lot", "ho va ten lot"),
    "given": ("ten",),
    "email": ("thu dien tu", "email", "e mail", "dia chi thu", "thu cong vu", "dia chi email", "mail"),
    "phone": ("dien thoai", "so dien thoai", "sdt", "di dong", "dtdd", "dien thoai cong vu"),
    "unit_code": ("ma don vi", "ma truong", "ma dinh danh don vi"),
    "unit": ("don vi ma hoac ten", "don vi", "ten don vi", "truong", "ten truong", "co quan", "noi cong tac"),
    "commune": ("xa phuong", "xa", "phuong", "thuoc xa", "thuoc xa phuong", "dia ban", "ma xa"),
    "role": ("vai tro", "vai tro tren loa", "vai tro trong loa", "phan cong"),
    "title": ("chuc danh", "chuc vu"),
    "since": ("tu ngay", "ngay bat dau", "bat dau tu ngay"),
    "until": ("thoi tu ngay", "thoi giu tu ngay", "thoi vai tro tu ngay", "ket thuc tu ngay"),
    "decision": ("so quyet dinh", "quyet dinh"),
}
#: of the file to fill in, in order
HEADINGS = {
    "full_name": "Họ và tên",
    "email": "Thư điện tử",
    "phone": "Điện thoại",
    "unit": "Đơn vị (mã hoặc tên)",
    "commune": "Xã, phường",
    "role": "Vai trò",
    "title": "Chức danh",
    "since": "Từ ngày",
    "until": "Thôi từ ngày",
    "decision": "Số quyết định",
}
_WIDTHS = (26, 32, 16, 36, 20, 34, 22, 14, 14, 18)


def read(data: bytes, filename: str) -> Table:
    """Lines of a .csv, .txt or .xlsx file. Raises InvalidInput with what to do when it cannot be read."""
    grid, remarks = read_grid(data, filename)
    at, columns = find_heads(grid, COLUMNS, ("role",))
    known = set(columns.values())
    if at < 0 or not known & {"full_name", "given"}:
        raise InvalidInput(
            _("Không thấy dòng tiêu đề có các cột “Họ và tên”, “Đơn vị”, “Vai trò”. Hãy dùng tệp mẫu."),
            field="file",
        )
    if not known & {"unit", "unit_code"}:
        raise InvalidInput(_("Thiếu cột “Đơn vị”. Hãy dùng tệp mẫu."), field="file")
    torn: set[int] = set()
    if not is_workbook(data):
        grid, torn = _mended(grid, at, columns)
    lines = lines_below(grid, at, columns, remarks)
    if not lines:
        raise InvalidInput(_("Tệp chỉ có tiêu đề, chưa có dòng người nào."), field="file")
    if len(lines) > MOST_LINES:
        raise InvalidInput(_("Tệp có hơn 10.000 dòng. Hãy chia thành nhiều tệp."), field="file")
    for line in lines:
        if line.number in torn:
            line.errors.append(
                _("Dòng có nhiều ô hơn dòng tiêu đề nên lệch cột. Ô nào có dấu phân cách thì đặt trong ngoặc kép.")
            )
        family, given = line.values.pop("family", ""), line.values.pop("given", "")
        if not line.values.get("full_name"):
            line.values["full_name"] = clean(f"{family} {given}")
    return Table(lines, remarks)


def _mended(
    grid: list[tuple[int, list[Any]]], at: int, columns: dict[int, str]
) -> tuple[list[tuple[int, list[Any]]], set[int]]:
    """Lines of a .csv whose roles have its separator between them, with their roles in one cell again; and the
    numbers of lines that still have more cells than headings."""
    width = len(grid[at][1])
    role = next(position for position, column in columns.items() if column == "role")
    below = [
        (number, rejoin_roles(row, role, width) if len(row) > width else row) for number, row in grid[at + 1 :]
    ]
    torn = {number for number, row in below if any(map(clean, row[width:]))}
    return [*grid[: at + 1], *below], torn


def put_row(sheet: Any, cells: Iterable[Any]) -> None:
    """Add a line whose texts stay texts: what begins with "=" is no formula, here or when Excel opens it."""
    from openpyxl.cell import WriteOnlyCell

    row = []
    for value in cells:
        cell = WriteOnlyCell(sheet, value="" if value is None else value)
        if isinstance(value, str):
            cell.data_type = "s"
            if value[:1] in "=+-@":
                cell.quotePrefix = True
        row.append(cell)
    sheet.append(row)


def _headed(sheet: Any, headings: Sequence[str], widths: Sequence[int]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for position, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = "A2"
    cells = []
    for text in headings:
        cell = WriteOnlyCell(sheet, value=text)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)


def template() -> bytes:
    """The .xlsx to fill in: headings, three examples, roles to choose from in every cell and on a second sheet."""
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Người")
    _headed(sheet, list(HEADINGS.values()), _WIDTHS)
    both = f"{ROLE_LABELS[Role.CONTRIBUTOR]}; {ROLE_LABELS[Role.FOCAL]}"
    put_row(
        sheet,
        ["Lương Thị Mến", "men@truong.edu.vn", "0912345678", "Trường THCS Sơn Thượng", "Xã Mường Sai", both,
         "Giáo viên", "01/09/2026", "", ""],
    )  # fmt: skip
    put_row(
        sheet,
        ["Hà Văn Toàn", "", "0987654321", "T001", "", str(ROLE_LABELS[Role.UNIT_LEAD]), "Hiệu trưởng",
         "01/09/2026", "", "12/QĐ-UBND"],
    )  # fmt: skip
    put_row(
        sheet,
        ["Lò Văn Xuân", "xuan@truong.edu.vn", "", "T001", "", str(ROLE_LABELS[Role.CONTRIBUTOR]), "", "",
         "01/12/2026", "15/QĐ-THCS"],
    )  # fmt: skip
    # A choice that does not forbid: several roles are written with ";" between them.
    choice = DataValidation(
        type="list", formula1=f"'Vai trò'!$A$2:$A${len(ROLE_LABELS) + 1}", allow_blank=True, showErrorMessage=False
    )
    choice.add("F2:F10001")
    sheet.data_validations.append(choice)
    roles = book.create_sheet("Vai trò")
    _headed(roles, ["Vai trò (ghi đúng như dưới đây; nhiều vai trò thì cách nhau bằng dấu ;)"], (72,))
    for label in ROLE_LABELS.values():
        put_row(roles, [str(label)])
    return saved(book)


def wrong_lines(lines: Iterable[tuple[dict[str, str], str]]) -> bytes:
    """Lines (values, what is wrong) as a table in the form of the template, to be mended and given in again."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Người")
    _headed(sheet, [*HEADINGS.values(), _("Cần sửa")], (*_WIDTHS, 60))
    for values, wrong in lines:
        shown = {**values, "unit": values.get("unit_code") or values.get("unit", "")}
        put_row(sheet, [*(shown.get(column, "") for column in HEADINGS), wrong])
    return saved(book)


def saved(book: Any) -> bytes:
    """A workbook as the bytes of its file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
