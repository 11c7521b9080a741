"""Sheets with log-ins to hand over: a page per unit as .pdf, or .xlsx. They hold passwords: never stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.vanban.write.flow import Cell, DataTable, Flow, Par, Sheet, Span
from loa.lib.vanban.write.pdf import to_pdf
from loa.org.importers.people_read import put_row, saved
from loa.org.services import Slip

#: the password has room for its widest letters: one broken over two lines is copied wrong
_WIDTHS_MM = (40.0, 30.0, 26.0, 54.0, 20.0)


def heads() -> list[str]:
    """Of the table on a sheet."""
    return [_("Họ và tên"), _("Vai trò"), _("Tên đăng nhập"), _("Mật khẩu dùng một lần")]


def _by_unit(slips: Sequence[Slip]) -> Iterable[tuple[str, list[Slip]]]:
    for _pk, group in groupby(slips, key=lambda slip: slip.unit.pk):
        rows = list(group)
        yield rows[0].unit.name, rows


def _until(slips: Sequence[Slip]) -> str:
    ends = [slip.user.one_time_until for slip in slips if slip.user.one_time_until]
    return clock.local(min(ends)).strftime("%H:%M ngày %d/%m/%Y") if ends else ""


def _rules(slips: Sequence[Slip]) -> list[str]:
    return [
        _("Địa chỉ: %(url)s") % {"url": settings.BASE_URL.rstrip("/") + "/lam-viec/"},
        _("Mật khẩu dùng một lần, đến %(time)s. Đăng nhập lần đầu, Loa yêu cầu đặt mật khẩu riêng.")
        % {"time": _until(slips)},
        _("Giao tận tay từng người, có ký nhận. Không chụp ảnh, không gửi qua tin nhắn, thư điện tử."),
    ]


def _par(text: str, size: float, *, bold: bool = False, align: str = "left", before: float = 0) -> Par:
    return Par((Span(text, size, bold=bold),), align=align, before_pt=before)  # type: ignore[arg-type]


def _cell(text: str, *, bold: bool = False, centre: bool = False) -> Cell:
    return Cell((Span(text, 12, bold=bold),), "center" if centre else "left")


def as_pdf(slips: Sequence[Slip], *, made_at: dt.datetime) -> bytes:
    """A page or more per unit, with room to sign for each log-in."""
    parts = []
    for name, rows in _by_unit(slips):
        table = DataTable(
            _WIDTHS_MM,
            tuple(_cell(text, bold=True, centre=True) for text in [*heads(), _("Ký nhận")]),
            tuple(
                (
                    _cell(slip.user.full_name),
                    _cell(slip.roles),
                    _cell(slip.user.username),
                    _cell(slip.password, bold=True),
                    _cell(""),
                )
                for slip in rows
            ),
            before_pt=12,
        )
        parts.append(
            Sheet(
                (
                    Par((Span(_("PHIẾU GIAO TÀI KHOẢN LOA"), 14, bold=True),), align="center", level=1),
                    _par(name, 14, bold=True, align="center", before=4),
                    table,
                    *(_par(f"– {text}", 12, before=8 if at == 0 else 3) for at, text in enumerate(_rules(rows))),
                    _par(_("Người giao: ……………………………………    Ngày: ……/……/…………"), 12, before=24),
                )
            )
        )
    flow = Flow(
        title=_("Phiếu giao tài khoản Loa"),
        author="Loa",
        sheets=tuple(parts),
        top_mm=20,
        bottom_mm=20,
        left_mm=22,
        right_mm=18,
        page_number_pt=0,
    )
    return to_pdf(flow, made_at=made_at)


def as_xlsx(slips: Sequence[Slip]) -> bytes:
    """One sheet, a line per log-in with its unit."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Tài khoản"))
    for position, width in enumerate((44, 28, 30, 20, 26), 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    for text in _rules(slips):
        put_row(sheet, [text])
    put_row(sheet, [])
    put_row(sheet, [_("Đơn vị"), *heads()])
    for slip in slips:
        put_row(sheet, [slip.unit.name, slip.user.full_name, slip.roles, slip.user.username, slip.password])
    return saved(book)
