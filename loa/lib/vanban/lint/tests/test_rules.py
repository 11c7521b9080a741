"""Every rule has words that trip it and words that must not; beside them, properties of the linter."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loa.lib.vanban.lint import PLAN, REPORT, RULES, STORY, Entry, Register, judge, legal_key, lint_text, message

TODAY = dt.date(2026, 11, 29)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


REGISTER = Register(
    [
        Entry(
            "42/2022/NĐ-CP",
            "Nghị định",
            "Chính phủ",
            "Cung cấp thông tin và dịch vụ công trực tuyến của cơ quan nhà nước trên môi trường mạng",
            _day("2022-06-24"),
            _day("2022-08-15"),
            _day("2026-07-01"),
            "Nghị định 224/2026/NĐ-CP",
            pk=1,
        ),
        Entry(
            "224/2026/NĐ-CP", "Nghị định", "Chính phủ", "Quy định chi tiết Luật Chuyển đổi số", _day("2026-06-24")
        ),
        Entry(
            "88/2014/QH13", "Nghị quyết", "Quốc hội", "Đổi mới chương trình, sách giáo khoa", _day("2014-11-28")
        ),
        Entry("30/2020/NĐ-CP", "Nghị định", "Chính phủ", "Công tác văn thư", _day("2020-03-05")),
        Entry(
            "47/2020/NĐ-CP",
            "Nghị định",
            "Chính phủ",
            "Quản lý, kết nối và chia sẻ dữ liệu số",
            _day("2020-04-09"),
            partly="Nghị định 194/2025/NĐ-CP",
        ),
        Entry(
            "103/2016/QH13",
            "Luật",
            "Quốc hội",
            "Luật Báo chí",
            _day("2016-04-05"),
            _day("2017-01-01"),
            _day("2026-07-01"),
            "Luật Báo chí 126/2025/QH15",
        ),
        Entry("126/2025/QH15", "Luật", "Quốc hội", "Luật Báo chí", None, _day("2026-07-01")),
        Entry(
            "07/CT-TTg",
            "Chỉ thị",
            "Thủ tướng Chính phủ",
            "Tăng cường công tác truyền thông chính sách",
            _day("2023-03-21"),
        ),
    ]
)
FULL_30 = "Nghị định số 30/2020/NĐ-CP ngày 05/3/2020 của Chính phủ về công tác văn thư"
#: code → (scope, words that trip it), (scope, words that must not); a plan is signed on 15/01/2026 for that year
TRIPS: dict[str, list[tuple[str, str]]] = {
    "basis.expired": [
        (STORY, "Theo Nghị định 42/2022/NĐ-CP, trường công khai thông tin."),
        (REPORT, "Thực hiện Luật Báo chí 2016, Sở đã cung cấp thông tin."),
    ],
    "basis.expired_within": [(PLAN, "Căn cứ Nghị định số 42/2022/NĐ-CP ngày 24/6/2022 của Chính phủ;")],
    "basis.expiring": [],  # see test_validity_depends_on_days
    "basis.expired_since": [],
    "basis.partly": [(REPORT, "Thực hiện Nghị định 47/2020/NĐ-CP về chia sẻ dữ liệu.")],
    "basis.suffix": [
        (PLAN, "Căn cứ Nghị quyết số 37/2024/NQ/QH11 của Quốc hội;"),
        (STORY, "51/2014/QH14 nêu rõ."),
    ],
    "basis.form": [(PLAN, "Nghị quyết số 88/2013/NQ-QH13 của Quốc hội;")],
    "basis.later": [(PLAN, "Quyết định số 3679/QĐ-UBND ngày 05/9/2026 của UBND tỉnh;")],
    "basis.date": [(STORY, "Nghị định số 30/2020/NĐ-CP ngày 15/3/2020 của Chính phủ")],
    "basis.two_dates": [
        (REPORT, "Kế hoạch 15/KH-SGDĐT ngày 03/02/2026 của Sở.\nTheo Kế hoạch 15/KH-SGDĐT ngày 05/02/2026 của Sở.")
    ],
    "basis.near": [
        (STORY, "Nghị định số 24/2022/NĐ-CP ngày 24/6/2022 của Chính phủ"),
        (
            STORY,
            "Nghị định 42/2023/NĐ-CP về cung cấp thông tin và dịch vụ công trực tuyến của cơ quan nhà nước "
            "trên môi trường mạng",
        ),
    ],
    "basis.first_mention": [(REPORT, "Thực hiện Kế hoạch số 12/KH-SGDĐT, các trường đã có tin, bài.")],
    "recipient.gone": [
        (REPORT, "Nội dung./.\nNơi nhận:\n- Như trên;\n- Phòng GD&ĐT các huyện;\n- Lưu: VT."),
        (PLAN, "Kính gửi: Sở Thông tin và Truyền thông"),
    ],
    "body.gone": [(STORY, "Phòng Giáo dục và Đào tạo đã về thăm trường."), (REPORT, "UBND huyện đã chỉ đạo.")],
    "person.phone": [(REPORT, "Liên hệ ông Nam, 0912 345 678."), (PLAN, "điện thoại +84 98 765 4321")],
    "person.mail": [
        (PLAN, "gửi về truyenthong.thcs@gmail.com trước ngày 25"),
        (REPORT, "hộp thư a.b@yahoo.com.vn"),
    ],
}
PASSES: dict[str, list[tuple[str, str]]] = {
    "basis.expired": [
        (STORY, "Nghị định 224/2026/NĐ-CP thay thế Nghị định 42/2022/NĐ-CP từ tháng bảy."),
        (STORY, "Luật Báo chí có hiệu lực từ 01/7/2026."),
        (REPORT, FULL_30),
    ],
    "basis.expired_within": [(PLAN, FULL_30)],
    "basis.expiring": [(PLAN, FULL_30)],
    "basis.expired_since": [(PLAN, FULL_30)],
    "basis.partly": [
        (REPORT, "Nghị định 47/2020/NĐ-CP, được sửa đổi bởi Nghị định 194/2025/NĐ-CP"),
        (STORY, FULL_30),
    ],
    "basis.suffix": [
        (PLAN, "Nghị quyết số 88/2014/QH13 của Quốc hội"),
        (PLAN, "Nghị quyết 1686/NQ-UBTVQH15 về sắp xếp xã"),
        (STORY, "Luật 148/2025/QH15"),
    ],
    "basis.form": [(PLAN, "Nghị quyết 1211/2016/UBTVQH13"), (PLAN, "Nghị quyết 1686/NQ-UBTVQH15")],
    "basis.later": [(PLAN, "Quyết định số 3679/QĐ-UBND ngày 15/01/2026 của UBND tỉnh"), (PLAN, FULL_30)],
    "basis.date": [
        (STORY, FULL_30),
        (STORY, "Nghị định 30/2020/NĐ-CP năm 2020"),
        (STORY, "Chỉ thị 07/CT-TTg ngày 12/02/2025 của Thủ tướng Chính phủ"),  # another year's seventh
    ],
    "basis.two_dates": [
        (REPORT, "Kế hoạch 15/KH-SGDĐT ngày 03/02/2026. Kế hoạch 15/KH-SGDĐT ngày 03/02/2026."),
        (REPORT, "Kế hoạch 15/KH-SGDĐT ngày 03/02/2025 và Kế hoạch 15/KH-SGDĐT ngày 05/02/2026"),
    ],
    "basis.near": [
        (STORY, "Nghị định 43/2022/NĐ-CP ngày 28/6/2022 của Chính phủ"),  # a neighbour is a document of its own
        (STORY, FULL_30),
    ],
    "basis.first_mention": [
        (REPORT, FULL_30 + ". Theo Nghị định 30/2020/NĐ-CP, báo cáo có một trang."),
        (REPORT, "Luật Giáo dục số 43/2019/QH14"),
        (STORY, "Theo Kế hoạch số 12/KH-SGDĐT, trường tổ chức hội thảo."),
    ],
    "recipient.gone": [
        (REPORT, "Nơi nhận:\n- Phòng Văn hóa – Xã hội các xã;\n- Lưu: VT."),
        (STORY, "Kính gửi: Phòng GD&ĐT"),
    ],
    "body.gone": [(STORY, "Sở Giáo dục và Đào tạo đã về thăm trường."), (STORY, "Trung tâm GDNN–GDTX")],
    "person.phone": [
        (REPORT, "Văn thư: 0218 3855 123."),
        (STORY, "Gọi 0912 345 678"),
        (REPORT, "số 0912/KH-SGDĐT"),
    ],
    "person.mail": [(PLAN, "gửi về truyenthong@songlam.edu.vn"), (STORY, "viết về ban@gmail.com")],
}


def codes(scope: str, text: str) -> set[str]:
    signed = {PLAN: (_day("2026-01-15"), _day("2026-12-31"))}.get(scope, (None, None))
    found = lint_text(text, scope=scope, register=REGISTER, today=TODAY, signed_on=signed[0], ends_on=signed[1])
    for notice in found:
        assert (
            text[notice.start : notice.end].split() == notice.quote.split()[: len(text)]
            or len(notice.quote) == 200
        )
        assert "{" not in notice.message
        assert notice.todo
    return {notice.code for notice in found}


def test_every_rule_has_examples_of_both_kinds():
    assert set(TRIPS) == set(PASSES) == set(RULES)
    assert all(PASSES.values())
    by_days = {"basis.expiring", "basis.expired_since"}
    assert all(TRIPS[code] for code in RULES if code not in by_days)


@pytest.mark.parametrize(("code", "scope", "text"), [(c, s, t) for c, rows in TRIPS.items() for s, t in rows])
def test_words_that_trip_a_rule(code, scope, text):
    assert code in codes(scope, text)


@pytest.mark.parametrize(("code", "scope", "text"), [(c, s, t) for c, rows in PASSES.items() for s, t in rows])
def test_words_that_must_not(code, scope, text):
    assert code not in codes(scope, text)


@pytest.mark.parametrize(
    ("ends", "today", "code"),
    [
        ("2026-12-31", "2026-02-01", "basis.expiring"),
        ("2026-12-31", "2026-08-01", "basis.expired_within"),
        ("2026-05-31", "2026-08-01", "basis.expired_since"),
        ("2026-05-31", "2026-02-01", None),
    ],
)
def test_validity_depends_on_days(ends, today, code):
    found = judge(
        number="42/2022/NĐ-CP",
        date="2022-06-24",
        known=REGISTER.of_number("42/2022/NĐ-CP"),
        signed_on=_day("2026-01-15"),
        ends_on=_day(ends),
        today=_day(today),
    )
    assert (found.code if found else None) == code


def test_what_replaces_it_and_what_was_meant_are_said():
    told = lint_text("Nghị định 42/2022/NĐ-CP", scope=STORY, register=REGISTER, today=TODAY)[0]
    assert told.message == "Hết hiệu lực từ 01/07/2026, trước ngày đăng bài, thay bằng Nghị định 224/2026/NĐ-CP."
    assert (told.document, told.severity) == (1, "act")
    told = lint_text("Nghị quyết 88/2013/NQ-QH13", scope=STORY, register=REGISTER, today=TODAY)[0]
    assert "Có thể là Nghị quyết 88/2014/QH13 (Đổi mới chương trình, sách giáo khoa)." in told.message


def test_the_gravest_comes_first_and_once():
    text = "Gửi Phòng GD&ĐT.\nPhòng GD&ĐT nhận.\nSố 0912 345 678."
    assert [n.code for n in lint_text(text, scope=REPORT, register=REGISTER, today=TODAY)] == [
        "person.phone",
        "body.gone",
    ]


def test_before_the_reform_its_bodies_are_in_place():
    text = "Nơi nhận:\n- Phòng GD&ĐT;"
    for day, expected in ((_day("2025-06-30"), []), (_day("2025-07-01"), ["recipient.gone"])):
        found = lint_text(text, scope=PLAN, register=REGISTER, today=TODAY, signed_on=day)
        assert [n.code for n in found] == expected


def test_its_own_number_is_no_citation():
    text = "Số: 12/KH-SGDĐT\nKế hoạch 12/KH-SGDĐT"
    assert not lint_text(text, scope=PLAN, register=REGISTER, today=TODAY, own_number="12/KH-SGDĐT")
    assert lint_text(text, scope=PLAN, register=REGISTER, today=TODAY)


@given(st.text(max_size=300))
def test_any_text_is_looked_over_and_spans_agree(text):
    for scope in (PLAN, REPORT, STORY):
        for notice in lint_text(text, scope=scope, register=REGISTER, today=TODAY):
            assert 0 <= notice.start < notice.end <= len(text)
            assert notice.code in RULES


@given(st.integers(1, 9999), st.integers(1990, 2035), st.sampled_from(["NĐ-CP", "TT-BGDĐT", "QH15", "QĐ-TTg"]))
def test_a_known_number_is_found_however_it_is_spaced(number, year, tail):
    printed = f"{number}/{year}/{tail}"
    register = Register([Entry(printed)])
    spaced = printed.replace("/", " / ").replace("-", " – ")
    assert register.of_number(spaced) is not None
    assert legal_key(spaced) == legal_key(printed)
    assert register.near(printed) is None


STRATEGY = "Chiến lược phát triển giáo dục đến năm 2030, tầm nhìn đến năm 2045"
LOCAL = Entry("192/QĐ-UBND", "Quyết định", "Ủy ban nhân dân Thành phố Hồ Chí Minh", STRATEGY, _day("2024-01-17"))


def test_the_same_number_of_another_office_is_another_document():
    register = Register([LOCAL])
    assert register.of_number("192/QĐ-UBND", "2024-01-17") == LOCAL
    assert register.of_number("192/QĐ-UBND", "2024") == LOCAL
    assert register.of_number("192/QĐ-UBND") == LOCAL
    assert register.of_number("192/QĐ-UBND", "2024-03-05") is None
    assert register.near("193/QĐ-UBND", date="2024-01-17") is None
    assert register.near("193/QĐ-UBND", date="2024-01-17", subject=LOCAL.subject) == LOCAL
    text = "Căn cứ Quyết định số 192/QĐ-UBND ngày 05/3/2024 của Ủy ban nhân dân xã Sơn Hạ về Tổ biên tập;"
    found = lint_text(text, scope=PLAN, register=register, today=TODAY)
    assert not [notice for notice in found if notice.code in ("basis.date", "basis.near")]


@pytest.mark.parametrize("code", sorted(RULES))
def test_no_sentence_asks_for_a_value_nobody_gives(code):
    values = dict.fromkeys(
        [
            "number",
            "partly",
            "assembly",
            "years",
            "year",
            "dates",
            "known",
            "known_about",
            "missing",
            "name",
            "now",
            "words",
        ],
        "x",
    ) | dict.fromkeys(("valid_to", "date", "signed_on", "known_date", "gone_from"), "2026-07-01")
    assert message(code, values).endswith((".", "?"))
