"""A small plan around the lines under test."""

from __future__ import annotations

from loa.lib.vanban import Reading, read_document

UNIT = "Các trường THPT"


def read_lines(*lines: str, heading: str = f"1. {UNIT}", title: str = "Truyền thông năm 2025") -> Reading:
    """Reads a plan whose only duties are `lines`, under a section that names a unit."""
    text = "\n\n".join(
        [
            "Số: 12/KH-SGDĐT",
            "Sông Lam, ngày 05 tháng 01 năm 2025",
            "KẾ HOẠCH",
            title,
            "Căn cứ chức năng, nhiệm vụ, Sở Giáo dục và Đào tạo ban hành Kế hoạch như sau:",
            "I. TỔ CHỨC THỰC HIỆN",
            heading,
            *lines,
        ]
    )
    return read_document(text.encode(), "a.txt")


def read_preamble(*lines: str) -> Reading:
    """Reads a plan with these lines before its first section."""
    text = "\n\n".join(
        [
            "Số: 12/KH-SGDĐT",
            "Sông Lam, ngày 05 tháng 03 năm 2025",
            "KẾ HOẠCH",
            "Truyền thông năm 2025",
            *lines,
            "I. MỤC ĐÍCH",
            "1. Mục đích",
        ]
    )
    return read_document(text.encode(), "a.txt")


def read_table(table: str, name: str = "a.md") -> Reading:
    """Reads a plan with this table in its appendix."""
    text = "\n\n".join(
        [
            "Số: 12/KH-SGDĐT",
            "KẾ HOẠCH",
            "Truyền thông năm 2025",
            "I. MỤC ĐÍCH",
            "1. Mục đích",
            "Nơi nhận:",
            "- Lưu: VT.",
            "Phụ lục",
            table,
        ]
    )
    return read_document(text.encode(), name)
