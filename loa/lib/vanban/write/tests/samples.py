"""Documents the tests print: invented offices, real shapes."""

from __future__ import annotations

import datetime as dt

from loa.lib.vanban.write.model import (
    Appendix,
    Clause,
    Dash,
    OfficialDocument,
    Para,
    Part,
    Point,
    Row,
    Run,
    Section,
    Signature,
    Table,
)

LONG = (
    "Các đơn vị, trường học đã chủ động xây dựng kế hoạch, phân công đầu mối truyền thông, duy trì đều đặn "
    "việc gửi tin, bài về Văn phòng Sở; nội dung bám sát nhiệm vụ trọng tâm của ngành, phản ánh kịp thời hoạt "
    "động dạy và học, gương người tốt, việc tốt tại cơ sở."
)


def report(**changes: object) -> OfficialDocument:
    """A semester report to a superior, with bases, tables, levels and two appendices."""
    rows: list[Row | tuple[str, ...]] = []
    for group in range(1, 4):
        rows.append(Row((f"{'I' * group}. Nhóm nhiệm vụ thứ {group}",), heading=True))
        rows += [
            (
                str(n),
                f"Tuyên truyền nhiệm vụ số {n} của kế hoạch, {LONG[:90]}",
                "Tin, bài, ảnh",
                f"{n:02d}/12",
                "Phòng Giáo dục Trung học",
                "Các trường THPT",
            )
            for n in range(1, 13)
        ]
    fields: dict[str, object] = {
        "parent": "Ủy ban nhân dân tỉnh Sông Lam",
        "issuer": "Sở Giáo dục và Đào tạo",
        "type_code": "BC",
        "symbol": "BC-SGDĐT",
        "number": 5,
        "place": "Sông Lam",
        "date": dt.date(2026, 2, 5),
        "subject": "Kết quả công tác truyền thông giáo dục và đào tạo học kỳ I năm học 2025-2026",
        "addressees": ["Bộ Giáo dục và Đào tạo", "Ủy ban nhân dân tỉnh Sông Lam"],
        "bases": [
            "Căn cứ Kế hoạch số 128/KH-SGDĐT ngày 14 tháng 01 năm 2026 của Sở Giáo dục và Đào tạo về "
            "truyền thông giáo dục và đào tạo năm 2026",
            "Căn cứ tình hình thực tế",
        ],
        "body": [
            Para("Sở Giáo dục và Đào tạo báo cáo kết quả công tác truyền thông học kỳ I như sau:"),
            Section("Công tác chỉ đạo, điều hành"),
            Clause(title="Ban hành văn bản", text=LONG),
            Clause(LONG),
            Point("Cấp mầm non: 212 trường có đầu mối truyền thông"),
            Point("Cấp tiểu học: 198 trường"),
            Point("Cấp trung học cơ sở: 143 trường"),
            Point("Cấp trung học phổ thông: 41 trường"),
            Point("Giáo dục thường xuyên: 06 trung tâm"),
            Section("Kết quả thực hiện"),
            Clause(title="Số liệu chung"),
            Table(
                columns=("STT", "Nội dung", "Học kỳ I", "Lũy kế"),
                rows=[
                    ("1", "Tin, bài đăng Cổng thông tin điện tử", "214", "430/480"),
                    ("2", "Bài đăng Facebook, Zalo", "96", "187"),
                ],
                title="Bảng 1. Kết quả truyền thông",
            ),
            Para((Run("Bài được đọc nhiều nhất: "), Run("“Bữa cơm bán trú ngày mưa”", italic=True), Run("."))),
            Dash(LONG),
            Clause(title="Tồn tại, nguyên nhân", text=LONG + " " + LONG),
            Section("Kiến nghị, đề xuất"),
            Para("Đề nghị Bộ Giáo dục và Đào tạo tiếp tục tổ chức tập huấn cho đội ngũ làm truyền thông."),
        ],
        "signature": Signature(("KT. Giám đốc", "Phó Giám đốc"), "Nguyễn Thị Hồng Ngự"),
        "recipients": ["Như trên", "Giám đốc Sở (để b/c)", "Các phòng thuộc Sở", "Cổng TTĐT Sở"],
        "archive": "VT, VP",
        "drafter": "NTL",
        "copies": 8,
        "appendices": [
            Appendix(
                "Kết quả thực hiện nhiệm vụ của từng đơn vị",
                [Table(("STT", "Nội dung", "Sản phẩm", "Kết quả", "Chủ trì", "Phối hợp"), rows)],
                landscape=True,
            ),
            Appendix(
                "Danh mục tin, bài đã đăng",
                [
                    Table(
                        ("STT", "Tên tin, bài", "Ngày đăng", "Liên kết"),
                        [
                            (
                                "1",
                                "Bữa cơm bán trú ngày mưa",
                                "12/11/2025",
                                (Run("songlam.edu.vn/t/1", url="https://songlam.edu.vn/t/1"),),
                            )
                        ],
                    )
                ],
            ),
        ],
    }
    return OfficialDocument(**{**fields, **changes})  # type: ignore[arg-type]


def letter(**changes: object) -> OfficialDocument:
    """A công văn: no type name, "V/v" under the number, an urgency mark, a contact line."""
    fields: dict[str, object] = {
        "parent": "UBND xã Sơn Thượng",
        "issuer": "Trường Trung học cơ sở Sơn Thượng",
        "symbol": "THCSST-VP",
        "number": 123,
        "place": "Sơn Thượng",
        "date": dt.date(2026, 11, 25),
        "subject": "cung cấp thông tin về bữa ăn bán trú cho Báo Sông Lam",
        "addressees": ["Báo và Phát thanh, Truyền hình Sông Lam"],
        "body": [Para(LONG), Para("Trân trọng.")],
        "signature": Signature(("Hiệu trưởng",), "Phạm Quang Tường"),
        "recipients": ["Như trên", "Sở GDĐT (Văn phòng)"],
        "urgency": "KHẨN",
        "contact": "Thôn 3, xã Sơn Thượng, Sông Lam · Điện thoại: 0238 000 000 · thcssonthuong@songlam.edu.vn",
    }
    return OfficialDocument(**{**fields, **changes})  # type: ignore[arg-type]


def parts() -> OfficialDocument:
    """A plan in "phần, mục, khoản, điểm"."""
    return report(
        type_code="KH",
        symbol="KH-SGDĐT",
        addressees=(),
        appendices=(),
        body=[
            Part("Mục đích, yêu cầu"),
            Section("Mục đích"),
            Clause(LONG),
            Part("Nhiệm vụ"),
            Section("Tuyên truyền"),
            Clause("Một"),
            Clause("Hai"),
            Section("Tổ chức"),
            Clause("Ba."),
        ],
    )
