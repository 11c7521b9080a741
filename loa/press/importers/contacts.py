"""From a .csv or .xlsx of journalists to lines with what is wrong with each. Pure: no database."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from loa.core.errors import InvalidInput
from loa.lib.mail import address_of
from loa.lib.vi import clean, fold
from loa.org.importers.read import cell_text, parse_date, read_grid

MOST_LINES = 500
#: column → its heading in the template, and how else it may be headed (folded)
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "outlet": ("Cơ quan báo chí", ("toa soan", "ten bao", "bao", "co quan", "don vi bao chi")),
    "kind": ("Loại", ("loai co quan", "loai bao chi")),
    "website": ("Trang web", ("website", "dia chi web")),
    "name": ("Họ tên hoặc tên ban", ("ho ten", "ho va ten", "ten", "phong vien", "nguoi nhan", "ten ban")),
    "position": ("Chức danh", ("chuc vu", "vi tri")),
    "email": ("Thư điện tử", ("email", "e mail", "hop thu", "dia chi thu", "thu")),
    "phone": ("Điện thoại", ("dien thoai cong viec", "so dien thoai", "dt", "sdt")),
    "beats": ("Mảng theo dõi", ("mang tin", "mang", "linh vuc")),
    "basis": ("Căn cứ được gửi", ("can cu", "co so")),
    "basis_note": ("Căn cứ lưu ở đâu", ("luu o dau", "ghi chu can cu", "van ban")),
    "consented_on": ("Ngày đồng ý", ("ngay", "ngay dong y hoac cong bo", "ngay cong bo")),
    "keeps_embargo": ("Giữ giờ đăng (embargo)", ("embargo", "giu gio", "giu gio dang", "cam ket embargo")),
}
REQUIRED = ("outlet", "name", "email")
#: what stands in a cell, folded → the code; the first part that is found
KINDS = (
    ("thong tan", "agency"), ("phat thanh", "broadcast"), ("truyen hinh", "broadcast"), ("dai", "broadcast"),
    ("bao", "paper"), ("tap chi", "paper"), ("khac", "other"),
)  # fmt: skip
BASES = (
    ("gioi thieu", "given"), ("toa soan cu", "given"), ("cong bo", "desk"), ("hop thu tiep nhan", "desk"),
    ("de nghi", "asked"), ("dang ky", "asked"),
)  # fmt: skip
YES, NO = frozenset({"co", "x", "1", "yes", "da cam ket", "true"}), frozenset({"", "khong", "0", "no", "false"})


@dataclass
class Line:
    """One person of the file: `number` as a spreadsheet shows it; with `errors` nothing of it is written."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def _plain(text: Any) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(clean(cell_text(text)))).strip()


_BY_HEADING = {
    heading: column
    for column, (first, others) in COLUMNS.items()
    for heading in (_plain(first), *others)
}  # fmt: skip


def read(data: bytes, filename: str) -> tuple[list[Line], list[str]]:
    """(lines, remarks on the file). Raises InvalidInput with what to do when it cannot be read at all."""
    grid, remarks = read_grid(data, filename)
    at, columns = _heading(grid)
    unknown = [
        clean(cell_text(value))
        for place, value in enumerate(grid[at][1])
        if place not in columns and clean(cell_text(value))
    ]
    if unknown:
        remarks = [*remarks, _("Các cột không dùng đến: %(names)s.") % {"names": ", ".join(unknown[:8])}]
    lines = []
    for number, row in grid[at + 1 :]:
        cells = {
            column: clean(cell_text(row[place]))[:500] for place, column in columns.items() if place < len(row)
        }
        if any(cells.values()):
            lines.append(_line(number, cells))
    if not lines:
        raise InvalidInput(_("Tệp chỉ có tiêu đề, chưa có người nhận nào."), field="file")
    if len(lines) > MOST_LINES:
        raise InvalidInput(_("Tệp có hơn %(n)d dòng. Hãy chia thành nhiều tệp.") % {"n": MOST_LINES}, field="file")
    return lines, remarks


def _heading(grid: list[tuple[int, list[Any]]]) -> tuple[int, dict[int, str]]:
    for index, (_number, row) in enumerate(grid[:20]):
        found: dict[int, str] = {}
        for place, value in enumerate(row):
            column = _BY_HEADING.get(_plain(value))
            if column and column not in found.values():
                found[place] = column
        if set(REQUIRED) <= set(found.values()):
            return index, found
    raise InvalidInput(
        _(
            "Không thấy dòng tiêu đề có các cột “Cơ quan báo chí”, “Họ tên hoặc tên ban”, “Thư điện tử”. Hãy dùng "
            "tệp mẫu."
        ),
        field="file",
    )


def _chosen(text: str, choices: tuple[tuple[str, str], ...]) -> str:
    plain = _plain(text)
    return next((code for part, code in choices if re.search(rf"\b{part}\b", plain)), "")


def _line(number: int, cells: Mapping[str, str]) -> Line:
    """What the register would take of a line, and every reason why not."""
    line = Line(number, {name: cells.get(name, "") for name in ("outlet", "website", "name", "position", "phone")})
    values, wrong = line.values, line.errors.append
    if not values["outlet"]:
        wrong(_("Thiếu tên cơ quan báo chí."))
    if not values["name"]:
        wrong(_("Thiếu họ tên người nhận hoặc tên ban."))
    kind = cells.get("kind", "")
    values["kind"] = _chosen(kind, KINDS) if kind else ""
    if kind and not values["kind"]:
        wrong(_("Không rõ loại “%s”: ghi Báo, Phát thanh - truyền hình, Thông tấn hoặc Khác.") % kind[:40])
    if values["website"] and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", values["website"]):
        values["website"] = f"https://{values['website']}"
        if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", values["website"]):
            wrong(_("Trang web chưa đúng; để trống hoặc ghi đủ, ví dụ https://baosonglam.vn."))
    raw = cells.get("email", "")
    values["email"] = address_of(raw) or ""
    if not values["email"]:
        wrong(_("Địa chỉ thư “%s” chưa đúng.") % raw[:60] if raw else _("Thiếu địa chỉ thư điện tử."))
    values["beats"] = [part for part in map(clean, re.split(r"[;,\n]", cells.get("beats", ""))) if part]
    values["basis"] = _chosen(cells.get("basis", ""), BASES)
    if not values["basis"]:
        wrong(
            _(
                "Thiếu căn cứ được gửi: ghi “hộp thư toà soạn công bố”, “người này đề nghị” hoặc “có giấy "
                "giới thiệu”."
            )
        )
    values["basis_note"] = cells.get("basis_note", "")[:300]
    if not values["basis_note"]:
        wrong(_("Thiếu nơi lưu căn cứ, ví dụ: Giấy giới thiệu số 12 ngày 05/9."))
    day = parse_date(cells.get("consented_on", ""))
    values["consented_on"] = day.isoformat() if isinstance(day, dt.date) else ""
    if not values["consented_on"]:
        wrong(_("Ngày đồng ý thiếu hoặc chưa đúng; ghi dạng 05/09/2026."))
    embargo = _plain(cells.get("keeps_embargo", ""))
    values["keeps_embargo"] = embargo in YES
    if embargo not in YES | NO:
        wrong(_("Cột giữ giờ đăng chỉ ghi “có” hoặc để trống."))
    return line


def template() -> bytes:
    """The .xlsx to fill in: headings and two examples."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = "Danh bạ báo chí"
    sheet.append([heading for heading, _others in COLUMNS.values()])
    sheet.append(
        ["Báo Sông Lam", "Báo", "https://baosonglam.example", "Ban Giáo dục", "", "giaoduc@baosonglam.example", "",
         "", "Hộp thư toà soạn công bố", "Trang liên hệ của báo, xem ngày 05/09/2026", "05/09/2026", ""]
    )  # fmt: skip
    sheet.append(
        ["Báo Sông Lam", "", "", "Nguyễn Văn An", "Phóng viên", "an.nv@baosonglam.example", "0238 355 0101",
         "Thi và tuyển sinh; Cơ sở vật chất", "Có giấy giới thiệu", "Giấy giới thiệu số 12 ngày 05/9/2026, lưu "
         "tại văn thư", "05/09/2026", "có"]
    )  # fmt: skip
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, width in enumerate((26, 14, 28, 24, 18, 30, 18, 30, 26, 40, 14, 16), 1):
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
