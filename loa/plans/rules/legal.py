"""The register of legal documents. What is wrong with a citation is decided in lib/vanban/lint. Pure."""

from __future__ import annotations

import datetime as dt

from loa.lib.vanban.lint import (
    Doubt,
    Entry,
    Register,
    impossible_suffix,
    judge,
    legal_key,
    name_key,
    year_of_number,
)

__all__ = [
    "COLUMNS",
    "STATES",
    "Doubt",
    "Entry",
    "Register",
    "impossible_suffix",
    "judge",
    "law_key",
    "legal_key",
    "name_key",
    "state_on",
    "year_of",
    "year_of_number",
]

#: state of a document on a day, in the order of the list's filter
STATES = ("ahead", "valid", "partly", "expired")
#: columns of the register's table file: code → heading; the first spelling is ours, the others are understood
COLUMNS: dict[str, tuple[str, ...]] = {
    "kind": ("Tên loại", "Loại", "Loại văn bản", "Hình thức"),
    "number": ("Số, ký hiệu", "Số ký hiệu", "Số hiệu", "Số"),
    "signed_on": ("Ngày ban hành", "Ngày ký", "Ngày"),
    "issuer": ("Cơ quan ban hành", "Nơi ban hành"),
    "subject": ("Trích yếu", "Nội dung", "Về việc"),
    "valid_from": ("Có hiệu lực từ", "Ngày có hiệu lực", "Hiệu lực từ"),
    "valid_to": ("Hết hiệu lực từ", "Ngày hết hiệu lực"),
    "replaced": ("Bị thay thế bởi", "Văn bản thay thế", "Thay thế bởi"),
    "partly": ("Bị thay thế một phần bởi", "Thay thế một phần"),
    "amended": ("Được sửa đổi, bổ sung bởi", "Văn bản sửa đổi", "Sửa đổi bởi"),
    "note": ("Ghi chú",),
    "source": ("Nguồn",),
    "verified": ("Đã đối chiếu văn bản gốc", "Đã đối chiếu"),
}


def state_on(day: dt.date, valid_from: dt.date | None, valid_to: dt.date | None, *, partly: bool = False) -> str:
    """Whether a document holds on a day: "ahead", "valid", "partly" (changed or replaced in part), "expired"."""
    if valid_to is not None and valid_to <= day:
        return "expired"
    if valid_from is not None and valid_from > day:
        return "ahead"
    return "partly" if partly else "valid"


def year_of(number: str, signed_on: dt.date | None) -> int:
    """The year that tells documents of one number apart; 0 when nothing says it."""
    return year_of_number(number) or (signed_on.year if signed_on else 0)


def law_key(subject: str) -> str:
    """Key of the name of a law; empty for what is not cited by its name alone."""
    return name_key(subject) if subject.startswith(("Luật ", "Bộ luật ", "Pháp lệnh ")) else ""
