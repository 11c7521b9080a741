"""From the words of a plan to directives: pure, table-driven."""

from __future__ import annotations

import datetime as dt

import pytest

from loa.plans.rules import DirectiveKind, Proof
from loa.plans.rules import audience as audiences
from loa.plans.rules.audience import ClassRule
from loa.plans.rules.directives import (
    StandingDuty,
    directive_of,
    genres_of,
    last_day_in_time,
    problems,
    proof_of,
    recurrence_of,
)
from loa.plans.rules.legal import Entry, impossible_suffix, judge, legal_key, name_key
from loa.plans.rules.periods import falling_due, span_of
from loa.plans.rules.topics import Candidate, best_match, parent_number, short_title

AUDIENCE = {"classes": ["truong"], "units": [], "except": []}
YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
SCHOOL_YEAR = (dt.date(2020, 9, 1), dt.date(2021, 8, 31))


@pytest.mark.parametrize(
    ("what", "noun", "proof"),
    [
        ("gửi báo cáo và minh chứng kết quả thực hiện công tác truyền thông", "", Proof.REPORT),
        ("báo cáo kết quả thực hiện theo chế độ báo cáo hằng tháng", "", Proof.REPORT),
        (
            "Cung cấp thông tin giới thiệu các mô hình gửi Văn phòng Sở để tuyên truyền trên các phương tiện "
            "thông tin đại chúng, Trang thông tin điện tử của ngành",
            "lần",
            Proof.STORY,
        ),
        (
            "Phối hợp với cơ quan báo chí Trung ương, Đài Phát thanh Truyền hình tỉnh, Báo Hòa Bình",
            "bài",
            Proof.PRESS,
        ),
        ("đăng trên Cổng thông tin điện tử hoặc trang mạng xã hội chính thức", "tin, bài", Proof.STORY),
        ("mỗi quý có tối thiểu 01 sản phẩm", "video", Proof.STORY),
        ("tổ chức hội nghị bồi dưỡng cộng tác viên", "lần", Proof.OTHER),
    ],
)
def test_what_counts_as_done_follows_from_the_words(what, noun, proof):
    assert proof_of(what, noun) == proof


def test_a_genre_counts_only_when_the_plan_names_one():
    assert genres_of("video", Proof.STORY) == ["video"]
    assert genres_of("tin, bài", Proof.STORY) == []
    assert genres_of("video", Proof.PRESS) == []


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("monthly", ("month", None)),
        ("monthly@25", ("month", 25)),
        ("quarterly", ("quarter", None)),
        ("semester", ("semester", None)),
        ("yearly", ("year", None)),
        ("school_year", ("school_year", None)),
        ("weekly", ("week", None)),
        ("daily", (None, None)),
        ("regular", (None, None)),
        ("regular@3", (None, None)),
        ("", (None, None)),
    ],
)
def test_recurrence_becomes_period_and_due_day(printed, expected):
    assert recurrence_of(printed) == expected


def test_before_a_day_excludes_that_day_and_by_includes_it():
    assert last_day_in_time(dt.date(2025, 5, 31), "before") == dt.date(2025, 5, 30)
    assert last_day_in_time(dt.date(2025, 5, 31), "by") == dt.date(2025, 5, 31)
    assert last_day_in_time(dt.date(2025, 5, 31), "on") == dt.date(2025, 5, 31)


def test_a_quota_becomes_a_directive():
    spec = directive_of(
        "quota",
        {
            "title": "Tin, bài trên báo chí",
            "count": 8,
            "noun": "bài",
            "period": "year",
            "proof": "press",
            "audience": AUDIENCE,
            "who": "Phòng GD&ĐT",
        },
    )
    assert (spec.kind, spec.count, spec.noun, spec.period) == (DirectiveKind.QUOTA, 8, "bài", "year")
    assert spec.proof == Proof.PRESS
    assert spec.audience == AUDIENCE
    assert spec.due_on is None


def test_a_deadline_becomes_one_thing_by_a_day():
    spec = directive_of(
        "deadline",
        {
            "title": "Gửi báo cáo",
            "due_on": "2025-05-30",
            "to": "Văn phòng Sở",
            "proof": "report",
            "audience": AUDIENCE,
        },
    )
    assert (spec.kind, spec.count, spec.period) == (DirectiveKind.DEADLINE, 1, "")
    assert spec.due_on == dt.date(2025, 5, 30)
    assert (spec.noun, spec.recipient) == ("báo cáo", "Văn phòng Sở")


def test_a_monthly_report_on_day_25_becomes_a_recurring_directive():
    spec = directive_of(
        "recurring",
        {"title": "Điểm tin gửi Bộ", "period": "month", "due_day": 25, "proof": "report", "audience": AUDIENCE},
    )
    assert (spec.kind, spec.period, spec.due_day) == (DirectiveKind.RECURRING, "month", 25)


def test_conduct_without_a_number_is_a_standing_duty_and_never_counted():
    data = {"title": "Theo dõi, nắm bắt thông tin báo chí", "period": None, "timeframe": "thường xuyên"}
    assert problems("recurring", data) == []
    assert directive_of("recurring", data) == StandingDuty(
        content="Theo dõi, nắm bắt thông tin báo chí",
        timeframe="thường xuyên",
        audience={"classes": [], "units": [], "except": []},
        who="",
    )


def test_a_term_that_hangs_on_an_event_is_a_standing_duty_until_it_has_a_day():
    data = {"title": "Báo cáo khi có sự cố", "relative": "chậm nhất 24 giờ kể từ khi phát hiện", "due_on": ""}
    assert problems("deadline", data) == []
    assert directive_of("deadline", data).timeframe == "chậm nhất 24 giờ kể từ khi phát hiện"
    dated = data | {"due_on": "2026-05-30", "audience": AUDIENCE}
    assert directive_of("deadline", dated).due_on == dt.date(2026, 5, 30)
    assert [p.code for p in problems("deadline", {"title": "x", "relative": "", "audience": AUDIENCE})] == [
        "due_on"
    ]


@pytest.mark.parametrize(
    ("kind", "data", "codes"),
    [
        ("quota", {"title": "x", "count": 1, "period": "month", "audience": AUDIENCE}, []),
        (
            "quota",
            {"title": "", "count": 0, "period": "", "audience": {}},
            ["title", "count", "period", "audience"],
        ),
        ("deadline", {"title": "x", "due_on": "31/5", "audience": AUDIENCE}, ["due_on"]),
        ("recurring", {"title": "x", "period": "month", "audience": {}}, ["audience"]),
        ("recurring", {"title": "x", "period": "fortnight", "audience": AUDIENCE}, ["period"]),
        ("task", {"content": ""}, ["content"]),
        ("topic", {"title": ""}, ["title"]),
        ("warning", {}, []),
    ],
)
def test_what_is_missing_is_named(kind, data, codes):
    assert [problem.code for problem in problems(kind, data)] == codes


# — time ———————————————————————————————————————————————————————————————————————————————


def test_the_time_of_a_plan_is_its_year_quarters_of_it_or_its_school_year():
    assert span_of({"year": 2025}) == YEAR
    assert span_of({"school_year": "2020-2021"}) == SCHOOL_YEAR
    assert span_of({"year": 2026, "quarter": 2}) == (dt.date(2026, 4, 1), dt.date(2026, 6, 30))
    assert span_of({"year": 2026, "quarters": [2, 3]}) == (dt.date(2026, 4, 1), dt.date(2026, 9, 30))
    assert span_of({}) is None
    assert span_of(None) is None


@pytest.mark.parametrize(
    ("period", "span", "expected"),
    [
        ("month", YEAR, 12),
        ("quarter", YEAR, 4),
        ("semester", YEAR, 2),
        ("year", YEAR, 1),
        ("school_year", YEAR, 1),
        ("", YEAR, 1),
        ("month", SCHOOL_YEAR, 12),
        ("semester", SCHOOL_YEAR, 2),
        ("school_year", SCHOOL_YEAR, 1),
        ("year", SCHOOL_YEAR, 1),
        ("month", (dt.date(2025, 4, 1), dt.date(2025, 6, 30)), 3),
        ("year", (dt.date(2025, 4, 1), dt.date(2025, 6, 30)), 1),
    ],
)
def test_periods_that_fall_due_in_a_plan(period, span, expected):
    assert falling_due(period, *span) == expected


# — audiences ———————————————————————————————————————————————————————————————————————————

CLASSES = {
    "truc-thuoc": ClassRule("truc-thuoc", "Các đơn vị trực thuộc", frozenset({"thpt", "gdtx"}), 1),
    "xa": ClassRule("xa", "UBND xã, phường", frozenset({"ubnd_xa"}), 1),
    "truong": ClassRule("truong", "Mọi trường", frozenset({"thpt", "thcs", "mam_non"}), None),
}
CENSUS = {
    (1, "thpt"): 30,
    (1, "gdtx"): 10,
    (1, "ubnd_xa"): 93,
    (2, "thcs"): 200,
    (2, "mam_non"): 250,
    (1, "phong_so"): 8,
}


def test_units_are_counted_once_however_many_classes_name_them():
    places = {7: (1, "thpt"), 8: (1, "phong_so")}

    def count(**audience):
        return audiences.count(audiences.normal(audience), census=CENSUS, classes=CLASSES, places=places)

    assert count(classes=["truc-thuoc", "xa"]) == 133
    assert count(classes=["truc-thuoc", "truong"]) == 490
    assert count(classes=["truc-thuoc"], units=[7, 8]) == 41
    assert count(classes=["truc-thuoc"], **{"except": [7]}) == 39
    assert count(units=[8, 99]) == 1
    assert count(classes=["khong-co"]) == 0


def test_a_unit_is_meant_by_class_by_name_and_not_when_excepted():
    def meant(audience, **place):
        return audiences.includes(audience, classes=CLASSES, **place)

    assert meant({"classes": ["truc-thuoc"]}, unit_id=1, kind="thpt", depth=1)
    assert not meant({"classes": ["truc-thuoc"]}, unit_id=1, kind="thpt", depth=2)
    assert meant({"classes": ["truong"]}, unit_id=1, kind="thcs", depth=2)
    assert not meant({"classes": ["truong"], "except": [1]}, unit_id=1, kind="thcs", depth=2)
    assert meant({"units": [1]}, unit_id=1, kind="so", depth=0)
    assert not meant({}, unit_id=1, kind="thcs", depth=2)


def test_joined_audiences_mean_all_who_were_meant():
    joined = audiences.joined([{"classes": ["xa"], "except": [3]}, {"units": [3, 4]}, None])
    assert joined == {"classes": ["xa"], "units": [3, 4], "except": []}


# — citations ———————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    "printed",
    ["42/2022/NĐ-CP", "NĐ 42/2022/NĐ-CP", "số 42/2022/NĐ - CP", "42/2022/nđ-cp ", "Nghị định số 42/2022/NÐ-CP"],
)
def test_a_number_is_found_however_it_is_printed(printed):
    assert legal_key(printed).startswith("42/2022/n")
    if "Ð" not in printed:
        assert legal_key(printed) == "42/2022/ndcp"


def test_a_law_is_found_by_its_name_without_its_year():
    assert name_key("Luật Báo chí 2016") == name_key("Luật Báo chí năm 2016") == name_key("luật báo chí")
    assert name_key("Luật Báo chí") != name_key("Luật Xuất bản")


@pytest.mark.parametrize(
    ("number", "years"),
    [
        ("37/2024/NQ/QH11", "2002–2007"),
        ("88/2013/NQ-QH10", "1997–2002"),
        ("51/2014/QH14", "2016–2021"),
        ("98/2023/QH15", None),
        ("88/2014/QH13", None),
        ("42/2022/NĐ-CP", None),
        ("1909/KH-BGD&ĐT", None),
    ],
)
def test_an_assembly_cannot_number_what_another_passed(number, years):
    found = impossible_suffix(number)
    assert (found["years"] if found else None) == years


def doubt(
    number="42/2022/NĐ-CP", date=None, valid_to=None, signed="2025-01-15", ends="2025-12-31", today="2025-02-01"
):
    known = (
        Entry(number, valid_to=dt.date.fromisoformat(valid_to), replaced_by="Nghị định 224/2026/NĐ-CP")
        if valid_to
        else None
    )
    found = judge(
        number=number,
        date=date,
        known=known,
        signed_on=dt.date.fromisoformat(signed) if signed else None,
        ends_on=dt.date.fromisoformat(ends) if ends else None,
        today=dt.date.fromisoformat(today),
    )
    return (found.code, found.tone) if found else None


def test_validity_is_judged_against_the_plans_own_days():
    assert doubt() is None
    assert doubt(valid_to="2024-12-31") == ("basis.expired", "act")
    assert doubt(valid_to="2025-01-15") == ("basis.expired", "act")
    assert doubt(valid_to="2025-07-01") == ("basis.expiring", "wait")
    assert doubt(valid_to="2025-07-01", today="2025-08-01") == ("basis.expired_within", "act")
    assert doubt(valid_to="2026-07-01", today="2026-11-20") == ("basis.expired_since", "wait")
    assert doubt(valid_to="2026-07-01") is None


def test_a_document_later_than_the_plan_that_cites_it_is_questioned():
    assert doubt(number="3679/QĐ-UBND", date="2024-09-05", signed="2024-05-10") == ("basis.later", "wait")
    assert doubt(number="3679/QĐ-UBND", date="2024-05-10", signed="2024-05-10") is None
    assert doubt(number="3679/QĐ-UBND", date="2024-09", signed="2024-05-10") == ("basis.later", "wait")
    assert doubt(number="3679/QĐ-UBND", date="2024-09-05", signed=None) is None


# — topics ———————————————————————————————————————————————————————————————————————————————

TOPICS = [
    Candidate("3", "Thực hiện hiệu quả Chương trình giáo dục mầm non, giáo dục phổ thông"),
    Candidate("3.3", "Giáo dục thường xuyên"),
    Candidate("3.4", "Phát triển giáo dục nghề nghiệp, đáp ứng yêu cầu của thị trường lao động"),
    Candidate("4.1", "Phát triển đội ngũ"),
]


def test_the_title_decides_where_text_and_table_number_differently():
    assert (
        best_match("3.3", "Phát triển giáo dục nghề nghiệp, đáp ứng yêu cầu của thị trường lao động", TOPICS) == 2
    )
    assert best_match("3.5", "Giáo dục thường xuyên", TOPICS) == 1
    assert best_match("5.1", "Giáo dục thường xuyên", TOPICS) is None
    assert best_match("", "Giáo dục thường xuyên", TOPICS) == 1
    assert best_match("4.2", "Tiến độ nâng chuẩn", TOPICS) is None


def test_short_titles_are_cut_at_a_separator_then_at_a_word():
    assert short_title("Tăng cường công tác thanh tra, kiểm tra; thi đua khen thưởng") == (
        "Tăng cường công tác thanh tra, kiểm tra"
    )
    long = short_title(
        "Bố trí, phân bổ ngân sách Nhà nước và huy động sử dụng hiệu quả các nguồn lực đầu tư cho giáo dục"
    )
    assert len(long) <= 61
    assert long.endswith("…")
    assert parent_number("2.1") == "2"
    assert parent_number("2") == ""


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ((2, True, "tin, bài", "quarter", "Viết"), "Ít nhất 02 tin, bài/quý"),
        (
            (2, True, "bài", "year", "Tuyên truyền kết quả nổi bật của đơn vị"),
            "Ít nhất 02 bài/năm: tuyên truyền kết quả nổi bật của đơn vị",
        ),
        ((1, False, "video", "", "Xây dựng video"), "01 video"),
        (
            (3, True, "tin", "week", "Cổng thông tin của trường: 12 tin, bài/tháng"),
            "Ít nhất 03 tin/tuần: cổng thông tin của trường",
        ),
    ],
)
def test_a_quota_is_called_by_what_is_counted(values, title):
    from loa.plans.rules.drafts import quota_title

    assert quota_title(*values) == title


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("c) Báo cáo kết quả thực hiện", "Báo cáo kết quả thực hiện"),
        ("2.1. đăng tin, bài;", "Đăng tin, bài"),
        ("1) gửi ảnh", "Gửi ảnh"),
        ("đối chiếu kinh phí , quyết toán", "Đối chiếu kinh phí, quyết toán"),
        ("3.000 lượt người xem", "3.000 lượt người xem"),
        ("T.Ư Đoàn phát động", "T.Ư Đoàn phát động"),
    ],
)
def test_a_title_has_no_mark_of_its_item(line, title):
    from loa.plans.rules.drafts import title_of

    assert title_of(line) == title


def test_a_quota_is_not_called_by_who_owes_it():
    from loa.plans.rules.drafts import drafts_of

    item = {"count": 1, "min": True, "unit": "bài", "period": "month", "who": "Mỗi trường mầm non"}
    item["what"] = "Mỗi trường mầm non giới thiệu gương cô giáo vùng cao"
    (draft,) = drafts_of({"quotas": [item]})
    assert draft.data["title"] == "Ít nhất 01 bài/tháng: giới thiệu gương cô giáo vùng cao"
    assert draft.names["audience"] == ["Mỗi trường mầm non"]


def test_an_annex_that_counts_from_one_again_keeps_its_numbers_apart() -> None:
    from loa.plans.rules.drafts import drafts_of
    from loa.plans.rules.states import FindingKind

    reading = {
        "sections": [
            {"level": 1, "label": "II", "title": "NỘI DUNG TRUYỀN THÔNG"},
            {"level": 2, "label": "1", "title": "Truyền thông chính sách"},
            {"level": 2, "label": "2", "title": "Kỳ thi tốt nghiệp trung học phổ thông"},
        ],
        "tables": [
            {
                "columns": ["Stt", "Nội dung", "Chủ trì"],
                "rows": [
                    {"kind": "heading", "number": "1", "content": "Truyền thông chính sách"},
                    {"kind": "heading", "number": "2", "content": "Nâng cao chất lượng giáo dục"},
                    {"kind": "heading", "number": "2.1", "content": "Đội ngũ nhà giáo"},
                    {"kind": "task", "number": "2.1.1", "content": "Gương thầy cô", "lead": ["Văn phòng Sở"]},
                ],
            }
        ],
    }
    drafts = drafts_of(reading)
    topics = [draft.data for draft in drafts if draft.kind == FindingKind.TOPIC]
    assert [(one["number"], one["parent"]) for one in topics] == [
        ("1", ""),
        ("2", ""),
        ("PL.2", ""),
        ("PL.2.1", "PL.2"),
    ]
    (task,) = [draft for draft in drafts if draft.kind == FindingKind.TASK]
    assert task.topic
    assert task.topic.data["number"] == "PL.2.1"


def test_days_of_different_terms_are_two_duties_and_those_of_one_term_are_asked_about():
    from loa.plans.rules.drafts import drafts_of

    def printed(scope, date, start):
        return {
            "what": "Gửi báo cáo",
            "who": "Các trường",
            "date": date,
            "bound": "by",
            "scope": scope,
            "start": start,
            "end": start + 9,
            "quote": f"ngày {date}",
        }

    apart = {"deadlines": [printed("học kỳ II", "2025-05-31", 0), printed("học kỳ I", "2025-12-31", 20)]}
    assert [(draft.data["title"], draft.question) for draft in drafts_of(apart)] == [
        ("Gửi báo cáo (học kỳ II)", None),
        ("Gửi báo cáo (học kỳ I)", None),
    ]
    same = {"deadlines": [printed("học kỳ II", "2025-05-31", 0), printed("học kỳ II", "2025-06-10", 20)]}
    first, second = drafts_of(same)
    assert first.question is None
    assert second.question["kind"] == "conflict"
