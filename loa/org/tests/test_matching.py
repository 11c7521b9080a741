"""Printed names → units and classes of units."""

from __future__ import annotations

import pytest

from loa.org.matching import Catalogue, Known, catalogue, known_classes, resolve_names
from loa.org.models import UnitAlias, UnitClass
from loa.org.naming import class_words, core_of, distance, spells, split_print, words_of
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit

ROOMS = [
    "Văn phòng Sở",
    "Thanh tra Sở",
    "Phòng Tổ chức cán bộ",
    "Phòng Kế hoạch – Tài chính",
    "Phòng Giáo dục Mầm non và Giáo dục Tiểu học",
    "Phòng Giáo dục Trung học",
    "Phòng Quản lý chất lượng giáo dục",
    "Phòng Chính trị tư tưởng và Giáo dục thường xuyên, chuyên nghiệp",
]


@pytest.fixture
def so(db):
    top = make_unit("Sở Giáo dục và Đào tạo Sông Lam", Kind.SO, short_name="Sở GD&ĐT Sông Lam")
    for name in ROOMS:
        make_unit(name, Kind.VAN_PHONG if name.startswith("Văn") else Kind.PHONG_SO, top)
    for name in ("Xã Mường Sai", "Phường Lam Giang"):
        commune = make_unit(name, Kind.UBND_XA, top)
        make_unit(f"Trường THCS {name.split(' ', 1)[1]}", Kind.THCS, commune)
    make_unit("Trường THPT Lam Giang", Kind.THPT, top)
    make_unit("Trường THPT Sơn Hạ", Kind.THPT, top)
    make_unit("Trung tâm GDNN-GDTX Mường Sai", Kind.GDTX, top)
    return top


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Văn phòng", "Văn phòng Sở"),
        ("Văn phòng Sở GD&ĐT", "Văn phòng Sở"),
        ("Văn phòng Sở GDĐT tỉnh Sông Lam", "Văn phòng Sở"),
        ("VP Sở", "Văn phòng Sở"),
        ("Phòng GDTrH", "Phòng Giáo dục Trung học"),
        ("Phòng GDMN&GDTH", "Phòng Giáo dục Mầm non và Giáo dục Tiểu học"),
        ("PhòngCTTT&GDTX,CN", "Phòng Chính trị tư tưởng và Giáo dục thường xuyên, chuyên nghiệp"),
        ("Phòng KHTC", "Phòng Kế hoạch – Tài chính"),
        ("Phòng Kế hoạch tài chính", "Phòng Kế hoạch – Tài chính"),
        ("Phòng KH-TC", "Phòng Kế hoạch – Tài chính"),
        ("phòng TCCB (chủ trì)", "Phòng Tổ chức cán bộ"),
        ("Phòng Tổ chức Cán bộ;", "Phòng Tổ chức cán bộ"),
        ("- Phòng Quản lí chất lượng giáo dục.", "Phòng Quản lý chất lượng giáo dục"),
        ("Phòng QLCLGD", "Phòng Quản lý chất lượng giáo dục"),
        ("UBND xã Mường Sai", "Xã Mường Sai"),
        ("Sở GD-ĐT Sông Lam", "Sở Giáo dục và Đào tạo Sông Lam"),
        ("Trường trung học phổ thông Lam Giang", "Trường THPT Lam Giang"),
        ("Thanh tra", "Thanh tra Sở"),
    ],
)
def test_names_of_real_plans_mean_one_unit(so, printed, name):
    (found,) = resolve_names(printed, top=so.pk)
    assert found.sure, found
    assert found.best.unit_id == so.links_down.get(below__name=name).below_id


@pytest.mark.parametrize(
    ("printed", "code"),
    [
        ("Các phòng thuộc Sở", "phong-so"),
        ("Các phòng, ban thuộc Sở GD&ĐT", "phong-so"),
        ("Các phòng chuyên môn, nghiệp vụ Sở;", "phong-chuyen-mon"),
        ("các phòng chuyên môn, nghiệp vụ", "phong-chuyen-mon"),
        ("Các đơn vị, trường học trực thuộc.", "truc-thuoc"),
        ("Các đơn vị trực thuộc Sở (t/h)", "truc-thuoc"),
        ("Các trường THPT", "thpt"),
        ("Trung tâm GDNN-GDTX các huyện (t/h)", "gdtx"),
        ("các cơ sở giáo dục trên địa bàn tỉnh", "co-so-giao-duc"),
        ("UBND các xã, phường", "ubnd-xa"),
        ("Uỷ ban nhân dân xã, phường", "ubnd-xa"),
    ],
)
def test_phrases_of_real_plans_mean_a_class(so, printed, code):
    (found,) = resolve_names(printed, top=so.pk)
    assert found.sure, found
    assert found.best.class_code == code


def test_a_typo_is_asked_with_the_likely_unit_first(so):
    (found,) = resolve_names("Phòng Tranh tra", top=so.pk)
    assert not found.sure
    assert (found.best.label, found.best.why) == ("Thanh tra Sở", "typo")


def test_a_loose_phrase_is_asked(so):
    (found,) = resolve_names("các đơn vị, trường học", top=so.pk)
    assert not found.sure
    assert found.best.class_code == "truc-thuoc"


def test_two_names_one_letter_apart_are_two_names(so):
    make_unit("Trường THPT Sơn Hà", Kind.THPT, so)
    (found,) = resolve_names("Trường THPT Sơn Hà", top=so.pk)
    # Sơn Hà and Sơn Hạ fold alike: never taken without asking.
    assert len(found.candidates) >= 2
    assert not found.sure


@pytest.mark.parametrize(
    "printed",
    [
        "Báo Hòa Bình",
        "Đài Phát thanh Truyền hình tỉnh",
        "các cơ quan báo đài",
        "Sở Tài chính",
        "Công đoàn ngành",
        "",
    ],
)
def test_bodies_outside_the_authority_mean_nobody(so, printed):
    assert all(found.best is None for found in resolve_names(printed, top=so.pk))


def test_a_class_that_ended_hands_over_to_its_successor(so):
    (found,) = resolve_names("Phòng GD&ĐT huyện, thành phố", top=so.pk)
    assert not found.sure
    assert [(c.class_code, c.why) for c in found.candidates][:2] == [
        ("ubnd-xa", "successor"),
        ("phong-gddt", "empty"),
    ]
    make_unit("Phòng GD&ĐT huyện Lam Sơn", Kind.PHONG_GDDT, so)
    (found,) = resolve_names("Phòng GD&ĐT huyện, thành phố", top=so.pk)
    assert found.sure
    assert found.best.class_code == "phong-gddt"


def test_one_cell_with_several_names(so):
    lines = ("Các phòng chuyên môn, nghiệp vụ Sở;", "Phòng GD&ĐT huyện, thành phố;", "Các đơn vị trực thuộc.")
    cell = "\n".join(f"- {line}" for line in lines)
    found = resolve_names(cell, top=so.pk)
    assert [r.best.class_code for r in found] == ["phong-chuyen-mon", "ubnd-xa", "truc-thuoc"]
    found = resolve_names("- Các phòng thuộc Sở - Trung tâm GDNN-GDTX - Văn phòng Sở", top=so.pk)
    assert [r.best.label for r in found] == ["Các phòng thuộc Sở", "Các trung tâm GDNN–GDTX", "Văn phòng Sở"]
    found = resolve_names("Các phòng thuộc Sở, các cơ quan báo đài", top=so.pk)
    assert [r.sure for r in found] == [True, False]
    found = resolve_names("Phòng GDTrH, Phòng KHTC", top=so.pk)
    assert [r.best.label for r in found] == ["Phòng Giáo dục Trung học", "Phòng Kế hoạch – Tài chính"]


def test_aliases_and_abbreviations_nobody_listed(so):
    room = make_unit("Phòng Pháp chế và Công tác học sinh", Kind.PHONG_SO, so)
    (found,) = resolve_names("Phòng PCCTHS", top=so.pk)
    assert (found.best.unit_id, found.best.why) == (room.pk, "abbreviation")
    UnitAlias.objects.create(unit=room, text="Phòng Công tác học sinh", folded="phong cong tac hoc sinh")
    (found,) = resolve_names("Phòng Công tác học sinh", top=so.pk)
    assert (found.best.unit_id, found.best.why, found.sure) == (room.pk, "alias", True)


def test_the_catalogue_costs_three_queries_however_many_units(so, django_assert_num_queries):
    with django_assert_num_queries(3):
        catalogue(so.pk)
    for number in range(20):
        make_unit(f"Trường THCS số {number}", Kind.THCS, so)
    with django_assert_num_queries(3):
        known = catalogue(so.pk)
    assert len(known.units) == 36


def test_the_shipped_classes_are_there_and_seeding_again_changes_nothing(db):
    from loa.org.seeds import seed_unit_classes

    before = list(UnitClass.objects.values())
    assert len(before) == 17
    seed_unit_classes()
    assert list(UnitClass.objects.values()) == before
    phrases = [class_words(phrase) for cls in known_classes() for phrase in cls.loose]
    firm = {class_words(phrase) for cls in known_classes() for phrase in cls.phrases}
    assert not [phrase for phrase in phrases if phrase in firm], "a loose phrase is a firm one of another class"


def test_firm_phrases_belong_to_one_class_only(db):
    seen: dict[tuple[str, ...], str] = {}
    for cls in known_classes():
        for phrase in cls.phrases:
            assert seen.setdefault(words_of(phrase), cls.code) == cls.code, phrase


def test_pure_pieces():
    assert words_of("Phòng GD & ĐT") == words_of("phòng giáo dục và đào tạo") == words_of("Phòng GDĐT")
    assert core_of("Phòng Tổ chức cán bộ thuộc Sở") == ("to", "chuc", "can", "bo")
    assert core_of("Sở GD&ĐT Sông Lam")[0] == "so"
    assert spells("gdtrh", ("giao", "duc", "trung", "hoc"))
    assert not spells("gdtrhx", ("giao", "duc", "trung", "hoc"))
    assert not spells("gdt", ("giao", "duc", "trung", "hoc"))
    assert [distance("thanh tra", other, 2) for other in ("thanh tra", "tranh tra", "thahn tra", "x")] == [
        0,
        1,
        1,
        3,
    ]
    assert split_print("- A b;  - C d.\n+ E") == ["A b", "C d", "E"]
    assert Catalogue().match("Văn phòng").best is None
    known = Catalogue()
    known.add_unit(Known(1, "Văn phòng", "van_phong", 1), ["Văn phòng"])
    assert known.match("Vănphòng").best.unit_id == 1


@pytest.mark.parametrize(
    ("printed", "codes"),
    [
        ("Các trường mầm non, tiểu học, trung học cơ sở", ["mam-non", "tieu-hoc", "thcs"]),
        ("các trường mầm non, tiểu học, THCS", ["mam-non", "tieu-hoc", "thcs"]),
        ("mỗi xã, phường có", ["ubnd-xa"]),
        ("Từng trường THPT", ["thpt"]),
    ],
)
def test_a_list_of_classes_says_its_head_once(so, printed, codes):
    for name, kind in (("Trường Mầm non Hoa Mướp", Kind.MAM_NON), ("Trường Tiểu học Sơn Hạ", Kind.TIEU_HOC)):
        make_unit(name, kind, so)
    found = resolve_names(printed, top=so.pk)
    assert [(one.best.class_code, one.sure) for one in found] == [(code, True) for code in codes]


def test_every_unit_is_a_question_when_the_text_does_not_say_which(so):
    (only,) = resolve_names("Mỗi đơn vị", top=so.pk)
    assert not only.sure
    assert "truc-thuoc" in {candidate.class_code for candidate in only.candidates}
