"""How plans print how much: the patterns of `quotas`, each with an example."""

from __future__ import annotations

import re

from .clues import clued
from .dates import code_of

WORDS = {
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
}

#: "01", "một", "02 (hai)", "hai (02)"; never the start of "20%", "3/2025" or "5.000"
COUNT = (
    r"(?P<count>\d{1,3}(?:\.\d{3})?|(?:một|hai|ba|bốn|"
    r"(?<!\d )(?<!một )(?<!mỗi )(?<!hằng )(?<!hàng )(?<!trong )(?<!cả )(?<!từng )"
    r"(?<!quý, )(?<!tháng, )(?<!kỳ, )(?<!quý và )(?<!tháng và )(?<!kỳ và )năm|"
    r"sáu|bảy|bẩy|tám|chín|mười)(?=\s))(?:\s*\(\s*(?:\w+)\s*\))?"
    r"(?:\s*(?:-|–|đến|tới)\s*(?P<max>\d{1,3}))?(?![\d%]|[.,/]\d|\s*%)"
)
#: what is counted, longest first. "bài" is no lesson, test or song.
UNIT = (
    r"(?P<unit>tin,?\s*bài(?:,?\s*(?:và|,)?\s*(?:ảnh|hình ảnh|video|phóng sự))?(?!\s*viết)|"
    r"(?:tin|bài(?: viết)?|video(?: clip)?|phóng sự|clip|infographic)\s+hoặc\s+"
    r"(?:tin|bài(?: viết)?|video(?: clip)?|phóng sự|clip|infographic)|tin,\s*bài viết|"
    r"tin\s*/\s*bài|tin\s+và\s+bài|bài\s*/\s*tin|tin\s*,\s*ảnh|tin\s*-\s*bài|"
    r"tuyến bài|loạt bài|chùm tin|chùm bài|bài viết|bài đăng|bài báo|bài tuyên truyền|bài truyền thông|"
    r"bài phóng sự|bài phản ánh(?=\s*(?:[/;,.()]|$)|\s+(?:mỗi|trong|hằng|hàng|một|và|hoặc|gửi|về|từ|của|cho)\s)|"
    r"bài tin|tin tức|tin vắn|tin hoạt động|bản tin|mẩu tin|"
    r"bài(?!\s*(?:học|giảng|tập|thi|kiểm tra|hát|thơ|dự thi|thu hoạch|toán|văn\b))|"
    r"tin(?!\s*(?:học|nhắn rác|dụng))|"
    r"phóng sự(?: ảnh| ngắn)?|video clip|video ngắn|video|clip ngắn|clip|infographic|inforgraphic|"
    r"đồ h(?:ọa|oạ) thông tin|đồ h(?:ọa|oạ)|e-?magazine|megastory|podcast|poster|banner|pano|áp phích|tờ rơi|"
    r"sản phẩm truyền thông|sản phẩm|tác phẩm|ấn phẩm|chuyên mục|chuyên đề|chuyên trang|"
    r"chương trình|diễn đàn|tọa đàm|toạ đàm|hội nghị|hội thảo|cuộc họp báo|"
    r"họp báo|buổi(?!\s*/\s*ngày)|cuộc|"
    r"chủ đề(?!\s*(?:năm|trọng tâm))|số chuyên đề|"
    r"đợt|lượt|lần|kỳ|trang chuyên đề|trang báo|số báo|số tập san|số bản tin|tập san|số(?=\s*(?:/|mỗi|"
    r"[;,.()]|$)|\s+(?:trên|bằng|về|dài|phát)\s)|gương điển hình|"
    r"gương|mô hình|điển hình|"
    r"giáo viên tiêu biểu|học sinh tiêu biểu|tấm gương|nhân vật|câu hỏi|câu chuyện|ngày hội|"
    r"hội thi|"
    r"tiểu phẩm|băng rôn|kịch bản|phiên|"
    r"ảnh|bức ảnh|tranh(?!\s*(?:luận|chấp|thủ|cãi))|bức tranh|album|livestream|lớp(?: tập huấn| bồi dưỡng)(?=\W)|"
    r"lớp(?=\s*(?:/\s*(?:năm|quý|học kỳ)|[.;,(]|$|mỗi\s|trong\s))|trang(?=\s*/\s*(?:tuần|tháng|quý|kỳ))|"
    r"hoạt động|sự kiện|thông điệp|phát thanh|trạng thái|"
    r"thư ngỏ|thư(?!\s*(?:viện|ký|mục|mời))|post|reels?|story|talkshow|nội dung|cuốn sách|quyển sách|tiết mục|"
    r"phim(?: ngắn| tài liệu)?(?!\s*(?:ảnh|trường))|đoạn phim|đoạn video|đề tài|bài dự thi|"
    r"tập(?=\s*(?:/|mỗi|trong|podcast|phim|[;,.()]|$))|"
    r"thông báo(?=\s*(?:/|mỗi|[;,.()]|$))|tờ báo|trường(?=\s*/\s*(?:tuần|tháng|quý|học kỳ|năm))|"
    r"tờ gấp|cẩm nang|ý tưởng|câu đố|"
    r"giáo viên(?=\s+(?:để|tham gia|viết|giới thiệu|tiêu biểu))|"
    r"báo cáo(?: nhanh| phân tích| chuyên đề| tổng hợp)?(?!\s*viên))"
)
#: period ← word
PERIODS: tuple[tuple[str, str], ...] = (
    ("school_year", r"năm học"),
    ("semester", r"học kỳ|học kì|kỳ học|HK(?:I{1,2})?\b|06 tháng|6 tháng|sáu tháng|nửa năm"),
    ("quarter", r"quý|quí"),
    ("month", r"tháng"),
    ("week", r"tuần"),
    ("year", r"năm"),
)
PERIOD_WORD = "(?:" + "|".join(words for _, words in PERIODS) + r")(?!\w)"
PERIOD = "(?P<period>" + "|".join(words for _, words in PERIODS) + r")(?!\w)"
MIN_WORD = r"(?:≥|>=|ít nhất|tối thiểu|không dưới|không ít hơn|tối thiểu là|ít nhất là|từ)"
MIN = rf"(?P<min>{MIN_WORD}\s*(?:phải\s+)?(?:có\s+|là\s+|đạt\s+)?)?"
#: words between the unit and "/tháng": "01 bài viết về gương người tốt/quý"
MIDDLE = r"(?P<middle>(?:\s+(?!(?:và|hoặc)\s+(?:ít|tối|mỗi|hằng|\d|một|hai|ba))[^\s,;:.()/\d]+){0,12}?)"
UPWARDS = r"(?P<up>\s*trở lên)?"
#: "tối đa 03 tin/tuần", "không quá 05 bài", "nhiều nhất mỗi quý 2 video": what may be done, not what is owed
MOST_WORD = r"(?:≤|<=|tối đa|nhiều nhất|không (?:vượt )?quá|không nhiều hơn|không hơn|không vượt)"
MOST = re.compile(rf"{MOST_WORD}(?:\s+(?:có|là|đạt|chỉ|không quá))*\s*$", re.I)
#: "03 bài/tháng trở xuống"
DOWNWARDS = re.compile(r"\s*trở (?:xuống|lại)(?!\w)", re.I)

#: "02 tin/đơn vị/tháng": so many for each
EACH = (
    r"(?:\s*/\s*(?:đơn vị|trường|phòng|lớp|tổ|khối|giáo viên|cán bộ|cơ sở(?: giáo dục)?|xã|cụm|người|"
    r"cộng tác viên|CTV|CBGV|ngành|khoa|môn|nhóm|thôn|phường)(?=\s*/))?"
)
RATE = clued(
    rf"(?<![\w/.,\-–]){MIN}{COUNT}\s*{UNIT}{MIDDLE}"
    rf"(?:\s*\([^()\d]{{0,20}}\d{{1,3}}\s*(?:giây|phút|trang|từ|chữ)\))?"
    rf"{UPWARDS}{EACH}\s*(?:/\s*(?:0?1\s+|"
    rf"một\s+)?|\s(?:trên\s+|trong\s+)?(?:mỗi|một|0?1|hằng|hàng|từng)\s+|"
    rf"\s+(?:trong|trên)\s+(?:cả\s+|suốt\s+)?(?=năm học|năm|học kỳ|quý|tháng|tuần)){PERIOD}"
    rf"{UPWARDS.replace('up', 'up2')}",
    "/|mỗi|một|1|hằng|hàng|từng|trong|trên",
    "năm|kỳ|kì|hk|tháng|quý|quí|tuần",
)
#: "mỗi tháng … ít nhất 02 tin, bài"
PERIOD_FIRST = clued(
    rf"(?<!\w)(?P<up>(?:ít nhất|tối thiểu)\s+)?(?:(?:mỗi|hằng|hàng|cả|một|0?1|định kỳ(?: hằng| hàng| mỗi)?|"
    rf"trong(?: một| mỗi)?|từng)\s+|(?<=, )(?=0?6 tháng))"
    rf"{PERIOD}(?!\s+(?:cao điểm|hành động|này|đó|chuyển tiếp))(?:\s+(?:20\d\d(?:\s*[-–]\s*20\d\d)?))?"
    rf"(?P<middle>\s*[,:]?(?:\s+(?!mỗi\s+{PERIOD_WORD})[^\s;:.()]+){{0,18}}?)\s*[,:]?\s*{MIN}{COUNT}\s*{UNIT}(?!\w)"
    r"(?P<up2>\s+trở lên)?",
    "mỗi|hằng|hàng|cả|một|1|định kỳ|trong|từng|6 tháng",
    "năm|kỳ|kì|hk|tháng|quý|quí|tuần",
)
#: "mỗi quý một lần", "tháng 01 lần", "02 tuần/lần"
ONCE = clued(
    rf"(?<!\w)(?:(?:mỗi|một|0?1|định kỳ(?: hằng| hàng)?|hằng|"
    rf"hàng)\s+)?{PERIOD}\s*(?:/\s*)?{MIN}(?P<count>0?\d|một|hai|"
    rf"ba)?\s*/?\s*(?P<unit>lần)\b",
    "lần",
    "năm|kỳ|kì|hk|tháng|quý|quí|tuần",
)
#: another count of the same period
ALSO = re.compile(
    rf"(?:\s*\((?:đối với|với|riêng|dành cho)[^()]{{3,80}}\))?\s*(?:,|và|hoặc|;|(?<=,))\s*(?:và\s+)?"
    rf"{MIN}{COUNT}\s*{UNIT}(?!\w|\s*/)(?P<middle>(?:\s+(?!và\b|hoặc\b|mỗi\b|trong\b)[^\s,;:.()/\d]+){{0,5}}"
    rf"(?=\s*(?:,|và|hoặc)\s+(?:{MIN_WORD}\s+)?\d))?",
    re.I,
)
#: "trong đó tin, bài về gương điển hình từ 50 bài trở lên"
FROM = clued(rf"(?<!\w)(?P<min>từ\s+){COUNT}\s*{UNIT}(?:\s+trở lên|(?<=\w)(?!\w)(?=[^;.]*$|[^;.]*[;.]))", "từ")
#: "04 số/tháng, trong đó 02 số bằng tiếng dân tộc"
PART = clued(rf"\btrong đó\s+(?:có\s+)?{MIN}{COUNT}\s*{UNIT}(?!\w|\s*/|\s+(?:mỗi|hằng)\s)", "trong đó")
#: a bare minimum without a period: "đăng ít nhất 05 tin, bài"
BARE = clued(
    rf"(?<!\w)(?P<min>{MIN_WORD}\s+(?:có\s+)?)(?<!từ ){COUNT}\s*{UNIT}(?!\w)", "≥|>=|ít nhất|tối thiểu|không|từ"
)
#: another count before the same period: "ít nhất 02 tin, 01 bài/tháng"
COORDINATE = re.compile(
    rf"(?<![\w/.]){MIN}{COUNT}\s*{UNIT}(?P<middle>(?:\s+[^\s,;:.()/\d]+){{0,6}}?)\s*(?:,|"
    rf"và|hoặc|;|\+|, và)\s*$",
    re.I,
)
YEAR_FRAME = re.compile(r"\btrong\s+(?P<period>năm học|năm)\b", re.I)
#: over a year, with a list of what they are about: "02 lớp tập huấn viết tin, quay video trong năm 2026"
OVER_THE_YEAR = clued(
    rf"(?<![\w/.,\-–]){MIN}{COUNT}\s*(?=lớp|đợt|cuộc|buổi|hội|tọa đàm|toạ đàm|phim){UNIT}"
    r"(?P<middle>[^;.:()\d]{0,90}?)\s(?:trong|trên)\s+(?:cả\s+|suốt\s+)?(?P<period>năm học|năm)(?!\w)",
    "trong|trên",
    "năm",
)
_EACH_WHO = (
    r"(?:mỗi|từng)\s+(?P<each>lớp|học sinh|chi đội|chi đoàn|liên đội|tổ|khối|giáo viên|trường|đơn vị|"
    r"điểm trường|nhóm|em|cụm|bộ phận|phòng|khoa|cơ sở|CLB|câu lạc bộ|xã|phường|bản|thôn|ấp|buôn|chi hội|đội|"
    r"cán bộ|đoàn viên|"
    r"đoàn trường|nhà trường|trung tâm|ngành|học viên|sinh viên|thí sinh|tác giả)(?!\w)"
)
#: what each hands in or holds needs no period: "mỗi lớp nộp ít nhất 05 ảnh", "mỗi bản 01 buổi"
EACH_OWES = clued(
    rf"{_EACH_WHO}(?P<does>(?:\s+(?!mỗi\s|từng\s|không\s(?!dưới|ít)|cử\s|chọn\s|được\s|một\s)"
    rf"(?:(?:khối|lớp)\s\d{{1,2}}\w?,?|[^\s;.:()\d]+)){{0,9}}?)"
    rf"\s+(?P<amount>{MIN}{COUNT}\s*{UNIT})"
    r"(?!\w|\s*/|\s+(?:viết )?(?:mỗi|hằng|hàng|trong một|một|phụ trách|làm|sau|khi|nếu|"
    r"cho (?:cô|thầy|cha|mẹ|bạn))\s)"
    r"(?P<up>\s+trở lên)?",
    "mỗi|từng",
)
#: what is made for its own use, unless it is handed in: "mỗi đơn vị xây dựng ít nhất 02 kịch bản xử lý sự cố"
OWN_USE = re.compile(r"kịch bản|hoạt động|nội dung|lớp|phiên", re.I)
HANDED_IN = re.compile(r"nộp|gửi|viết|thi\b", re.I)
#: "thu hút trên 50.000 lượt theo dõi": hoped for
SOME = re.compile(r"(?:trên|hơn|khoảng|gần|chừng)\s+$", re.I)
#: what is done a number of times, once: "tổ chức 05 buổi nói chuyện", "viết 02 bài về gương người tốt"
DEED = clued(
    rf"(?:^\W{{0,3}}|[-–+*•:;,]\s+|[.)]\s+|\bvà\s+)(?:[Pp]hối hợp[^;.:\d]{{0,80}}?\s)?"
    rf"(?P<verb>tổ chức|viết|thực hiện|sản xuất|quay|dựng)\s+(?P<amount>{MIN}{COUNT}\s*{UNIT})"
    r"(?!\w|\s*/|\s+(?:mỗi|hằng|hàng|trong (?:một|cả|năm|quý|tháng|tuần|học|mỗi)|một)\s)",
    "tổ chức|viết|thực hiện|sản xuất|quay|dựng",
)
#: "mỗi ngày đăng ít nhất 01 tin": a daily duty (recurring.py), no quota of this contract
DAILY = re.compile(r"(?:mỗi|hằng|hàng)\s+ngày|/\s*ngày", re.I)
#: "01 bài/tháng được cộng 1 điểm" is how points are given
SCORING = clued(r"(?:cộng|trừ|được tính|tính)\s+[\d,.]+\s*điểm", "điểm")
#: "02 tuần một lần", "hai tuần một lần": the number of periods between two times
SEVERAL = re.compile(r"(?<!\w)(?:\d+|hai|ba|bốn|sáu)\s*$", re.I)
#: "khen thưởng các đơn vị có từ 20 tin, bài trở lên" is how one is praised
REWARD = re.compile(r"(?:khen thưởng|biểu dương|tuyên dương|cộng điểm|tặng)[^;.]{0,100}\bcó\s+(?:từ\s+)?$", re.I)
#: "ít nhất 01 bài chuyên sâu/2 tháng": a rate this contract has no period for
EVERY_FEW = re.compile(r"[^,;.:/]{0,40}/\s*(?:0?[2-9]|hai|ba)\s+(?:tháng|tuần|năm)(?!\w)", re.I)
#: "cá nhân có ít nhất 05 bài được đăng … được đề nghị khen thưởng"
PRAISED = re.compile(r"(?:cá nhân|tập thể)\s+(?:nào\s+)?có\s+$", re.I)
#: "có từ 10 tin, bài trở lên … được đề nghị khen thưởng"
REWARDED = re.compile(
    r"\s*(?:thì\s+|sẽ\s+)?(?:được|đề nghị|xem xét)\s[^;.]{0,30}(?:khen thưởng|biểu dương|cộng điểm|tặng)", re.I
)
#: units that count as communication products even without a period
MEDIA = re.compile(
    r"^(?:tin|bài|bản tin|phóng sự|video|clip|infographic|podcast|"
    r"sản phẩm|tác phẩm|ấn phẩm|chuyên mục|chuyên đề|chuyên trang)",
    re.I,
)
#: "trong năm qua đã đăng 120 tin": what was done
ALREADY = re.compile(
    r"\b(?:đã|kết quả đạt được|trong năm qua)\s+(?:đăng|thực hiện|phát|tổ chức|xây dựng|sản xuất)\b", re.I
)


#: "ít nhất 02, tối đa 05 bài/tháng", "từ 02 bài đến tối đa 05 bài": the lower end before a maximum
LEAST_BEFORE_MOST = re.compile(
    rf"{MIN_WORD}\s+(?P<least>\d{{1,3}})(?:\s*(?:,|và|nhưng|đến|tới|-|–)|\s+{UNIT}\s*(?:đến|tới|-|–))(?:\s*(?:và|nhưng))?"
    rf"\s*{MOST_WORD}(?:\s+(?:có|là|đạt|không quá))*\s*$",
    re.I,
)
#: between two counts of one list: "tối đa 04 tin về gương tốt và 02 bài"
LISTED_ON = re.compile(r"(?:\s+[^\s,;:.()/\d]+){0,6}\s*(?:,|và|hoặc|, và)\s*", re.I)


#: "tối thiểu 04 tin; tổ chức 02 hội thảo": another thing to do, to which the minimum does not belong
ANOTHER = re.compile(
    r"\bvà\s+(?:gửi|đăng|viết)\s|"
    r";\s*[^;:,.\d]{2,60}\s(?:gửi|đăng|viết|cung cấp)\s+$|"
    r";\s*(?:gửi|đăng|viết|cung cấp)\s[^;:,.\d]{2,80}$|"
    r";[^;]{0,60}\bthêm\s|"
    r";\s*(?:tổ chức|xây dựng|phát hành|in|treo|sản xuất|mở|phối hợp|tham gia|đăng cai)\s",
    re.I,
)
#: columns of a task table that say how much
HOW_MUCH = re.compile(r"chỉ\s*tiêu|tần\s*suất|số\s*lượng|định\s*mức|kết\s*quả|sản\s*phẩm|đầu\s*ra", re.I)


def period_code(word: str) -> str:
    """ "quý" → "quarter"."""
    return code_of(word, PERIODS)


def number_of(word: str) -> int:
    """ "08" → 8, "1.200" → 1200, "ba" → 3."""
    return int(word.replace(".", "")) if word[0].isdigit() else WORDS[word.lower()]
