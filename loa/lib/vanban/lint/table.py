"""The rules as a table: code, how grave, what is said, what to do. Sentences only; dates and names are data."""

from __future__ import annotations

from dataclasses import dataclass

#: must be acted on · look at it · a matter of form
ACT, WAIT, NOTE = "act", "wait", "note"
#: what is looked over: a plan's signed text, a report before it is signed, a story in review
PLAN, REPORT, STORY = "plan", "report", "story"
OFFICIAL = frozenset({PLAN, REPORT})
ALL = frozenset({PLAN, REPORT, STORY})


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong. `{…}` in the sentences is filled with printed values."""

    code: str
    severity: str
    #: two or three words, for a chip
    short: str
    sentence: str
    todo: str
    scopes: frozenset[str] = ALL


_KEPT = "Loa giữ nguyên văn bản ký, chỉ ghi chú bên cạnh."
_RULES = (
    Rule(
        "basis.expired",
        ACT,
        "Hết hiệu lực",
        "Hết hiệu lực từ {valid_to}, trước {event}{after}",
        "Dẫn văn bản thay thế; nếu chỉ nhắc lại chuyện cũ thì ghi rõ văn bản đã hết hiệu lực.",
    ),
    Rule(
        "basis.expired_within",
        ACT,
        "Hết hiệu lực",
        "Hết hiệu lực từ {valid_to}, khi kế hoạch đang thực hiện{after}",
        "Ghi chú văn bản thay thế để các đơn vị áp dụng đúng.",
        frozenset({PLAN}),
    ),
    Rule(
        "basis.expiring",
        WAIT,
        "Sắp hết hiệu lực",
        "Sẽ hết hiệu lực từ {valid_to}, khi kế hoạch chưa kết thúc{after}",
        "Ghi chú trước văn bản thay thế.",
        frozenset({PLAN}),
    ),
    Rule(
        "basis.expired_since",
        WAIT,
        "Nay đã hết hiệu lực",
        "Còn hiệu lực trong kỳ kế hoạch; đến {valid_to} thì hết{after}",
        "Không phải sửa; kế hoạch sau dẫn văn bản thay thế.",
        frozenset({PLAN}),
    ),
    Rule(
        "basis.partly",
        NOTE,
        "Đã sửa đổi",
        "{number} đã được sửa đổi hoặc thay thế một phần: {partly}.",
        "Xem phần còn hiệu lực trước khi dẫn.",
    ),
    Rule(
        "basis.suffix",
        WAIT,
        "Số hiệu lạ",
        "Quốc hội khóa {assembly} làm việc {years}, không thể ban hành văn bản năm {year}.",
        "Đối chiếu bản gốc của văn bản được dẫn.",
    ),
    Rule(
        "basis.form",
        WAIT,
        "Số hiệu lạ",
        "Văn bản của Quốc hội viết dạng số/năm/QH và số khóa, ví dụ 43/2019/QH14.",
        "Đối chiếu bản gốc của văn bản được dẫn.",
    ),
    Rule(
        "basis.later",
        WAIT,
        "Sai ngày?",
        "Văn bản ghi ngày {date}, sau {event} ({signed_on}).",
        "Đối chiếu bản gốc.",
    ),
    Rule(
        "basis.date",
        WAIT,
        "Khác ngày",
        "{number} ở đây ghi ngày {date}; sổ văn bản ghi ngày {known_date}.",
        "Đối chiếu bản gốc; nếu sổ văn bản sai thì sửa sổ.",
    ),
    Rule(
        "basis.two_dates",
        WAIT,
        "Hai ngày khác nhau",
        "Số {number} được dẫn với các ngày khác nhau: {dates}.",
        "Đối chiếu bản gốc để biết ngày nào đúng.",
    ),
    Rule(
        "basis.near",
        WAIT,
        "Số gần giống",
        "Sổ văn bản không có số {number}, nhưng có {known} ({known_about}), rất giống.",
        "Đối chiếu xem có gõ nhầm số không.",
    ),
    Rule(
        "basis.first_mention",
        NOTE,
        "Viện dẫn chưa đủ",
        "Lần đầu dẫn {number} còn thiếu: {missing}.",
        "Lần đầu ghi đủ tên loại, số, ngày, cơ quan ban hành, trích yếu; các lần sau chỉ cần tên loại và số.",
        OFFICIAL,
    ),
    Rule(
        "recipient.gone",
        ACT,
        "Nơi nhận cũ",
        "“{name}” không còn từ {gone_from}; nay là {now}.",
        "Sửa nơi nhận theo tên cơ quan hiện nay.",
        OFFICIAL,
    ),
    Rule(
        "body.gone",
        WAIT,
        "Tên cơ quan cũ",
        "“{name}” không còn từ {gone_from}; nay là {now}.",
        "Dùng tên hiện nay, hoặc ghi rõ là tên trước đây.",
    ),
    Rule(
        "person.phone",
        ACT,
        "Số riêng",
        "Có số điện thoại di động “{words}”.",
        "Thay bằng số máy của cơ quan.",
        OFFICIAL,
    ),
    Rule(
        "person.mail",
        ACT,
        "Thư riêng",
        "Có địa chỉ thư cá nhân “{words}”.",
        "Thay bằng thư công vụ của cơ quan.",
        OFFICIAL,
    ),
)
RULES: dict[str, Rule] = {rule.code: rule for rule in _RULES}
#: said of every remark on a signed plan: the reading never changes the text
KEPT = _KEPT
