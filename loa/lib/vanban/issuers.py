"""Who issued a cited document, as the words after "của" say it."""

from __future__ import annotations

import re

_HEAD = re.compile(
    r"(?:Bộ|Thứ trưởng|Thủ tướng|Chính phủ|chính phủ|Quốc hội|Ủy ban|Uỷ ban|UBND|UBTVQH|"
    r"HĐND|Hội đồng|Hội nghị|Ban|BCH|BTV|Sở|"
    r"Giám đốc|Phòng|phòng (?=[Gg]iáo|GD)|Tỉnh ủy|Tỉnh uỷ|Thành ủy|Thành uỷ|Huyện ủy|"
    r"Huyện uỷ|Quận ủy|Thị ủy|Đảng ủy|Đảng uỷ|Đảng|"
    r"Văn phòng|Tổng|Trung ương|TW|Chủ tịch|Hiệu trưởng|Trường|trường|Cục|Vụ|Thanh tra|"
    r"Đại hội|Thường trực|Liên|Công đoàn|"
    r"Đoàn|Trung tâm|Nhà nước|Mặt trận|Hội|Bảo hiểm|Tòa án|Viện|Kho bạc|Ngân hàng|Công an|"
    r"Đài|Báo|Tập đoàn|Trưởng)"
)
#: "(UBND) tỉnh Lai Châu": an abbreviation in the middle of a name
_ABBREVIATION = re.compile(
    r"\s*\(\s*(?:viết tắt là\s+)?[A-ZĐ&\-. ]{2,14}\s*\)(?=\s+(?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường)\b)"
)
#: where the name stops and the subject or the sentence goes on
_STOP = re.compile(
    r"[,;:.()\n“”\"<>]|(?<!Lao động)(?<!Văn hóa)(?<!Văn hoá)(?<!Khoa học)(?<!Kế hoạch)\s[-–]\s|"
    r"\s+(?:về|v/v|V/v|ban hành|Ban hành|quy định|Quy định|"
    r"hướng dẫn|Hướng dẫn|phê duyệt|Phê duyệt|"
    r"truyền thông|tuyên truyền|thông tin, tuyên|triển khai|Triển khai|thực hiện|tăng cường|"
    r"sửa đổi|đối với|cho|tại|trong|ngày|năm|nhằm|để|theo|là|"
    r"đã|được|có|thông qua|công bố|giao|nêu|chỉ đạo|yêu cầu|tổ chức|khi|đến|từ|gắn|thay thế|"
    r"bãi bỏ|liên quan|và (?=(?:các )?"
    r"(?:Nghị|Thông|Quyết|Chỉ|Kế|Công|Kết|Luật|Hướng|Văn bản|văn bản|Chương trình|số))|trên|"
    r"và (?=(?:các )?(?:nhiệm vụ|nội dung|tình hình|kế hoạch|chức năng|yêu cầu|căn cứ))|"
    r"tiếp tục|đẩy mạnh|nâng cao|phát động|chấn chỉnh|bổ sung|đổi mới|ứng dụng|bảo đảm|"
    r"giai đoạn|phối hợp|điều chỉnh|kèm theo)\b"
)


def issuer_at(text: str) -> tuple[str | None, int]:
    """The issuer that begins `text` and how many characters it takes (0 when there is none).

    >>> issuer_at("Ủy ban nhân dân (UBND) tỉnh Lai Châu về nhiệm vụ")
    ('Ủy ban nhân dân tỉnh Lai Châu', 36)
    >>> issuer_at("Bộ Giáo dục và Đào tạo truyền thông về giáo dục")
    ('Bộ Giáo dục và Đào tạo', 22)
    >>> issuer_at("Bộ Chính trị tiếp tục thực hiện Nghị quyết số 29")[0]
    'Bộ Chính trị'
    >>> issuer_at("Bộ Lao động - Thương binh và Xã hội quy định")[0]
    'Bộ Lao động - Thương binh và Xã hội'
    >>> issuer_at("ngành giáo dục")
    (None, 0)
    """
    if not _HEAD.match(text):
        return None, 0
    window = text[:140]
    abbreviation = _ABBREVIATION.search(window)
    hidden = window
    if abbreviation:
        hidden = window[: abbreviation.start()] + " " * len(abbreviation.group(0)) + window[abbreviation.end() :]
    stop = _STOP.search(hidden)
    end = stop.start() if stop else len(hidden)
    name = " ".join(hidden[:end].split())
    if len(name) < 2 or len(name) > 110:
        return None, 0
    return name, len(hidden[:end].rstrip())
