"""People from tables: what is read, what each line would do, what is written, who may."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from loa.accounts.models import User
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import fold
from loa.org import services
from loa.org.importers import people_read
from loa.org.importers.people_values import commune_key, odd_case, roles_in, tidy_case, whole_number
from loa.org.models import ROLE_LABELS, ImportedPerson, Membership, PeopleImport, Unit, UnitVersion
from loa.org.rules import Kind, Role
from loa.org.tests.factories import make_unit, make_user

D = dt.date
TODAY = D(2026, 11, 20)
HEAD = "Họ và tên;Thư điện tử;Điện thoại;Đơn vị;Xã, phường;Vai trò;Chức danh;Từ ngày"
GOOD = "\n".join(
    [
        HEAD,
        "Quàng Thị Ín;in@truong.edu.vn;0912345678;Trường THCS Sơn Thượng;;Cộng tác viên, Đầu mối truyền thông;"
        "Giáo viên;01/09/2026",
        "Vừ A Chò;;0987654321;Trường Tiểu học Sơn Hạ;Xã Mường Sai;Trưởng đơn vị;Hiệu trưởng;",
        "Quàng Thị Ín;IN@truong.edu.vn;;Trường Tiểu học Sơn Hạ;;Cộng tác viên;Giáo viên;",
    ]
)


@pytest.fixture(autouse=True)
def today():
    with clock.frozen("2026-11-20T08:00"):
        yield


def read_in(cast, text, *, actor=None, top=None, on=TODAY):
    return services.people_read(
        actor=actor or cast.admin, top=top or cast.so, data=text.encode(), filename="nguoi.csv", effective_on=on
    )


def steps_of(cast, *lines, actor=None, top=None, head=HEAD):
    batch = read_in(cast, "\n".join([head, *lines]), actor=actor, top=top)
    return services.people_compare(actor=actor or cast.admin, batch=batch).steps


def bring(cast, text, *, actor=None, top=None):
    actor = actor or cast.admin
    batch = read_in(cast, text, actor=actor, top=top)
    services.people_confirm(actor=actor, batch=batch)
    services.people_write(batch_id=batch.pk, actor=actor)
    batch.refresh_from_db()
    return batch


def state():
    return [list(model.objects.order_by("pk").values()) for model in (User, Membership, LogEntry, ImportedPerson)]


# — cells ————————————————————————————————————————————————————————————————————————————————


@given(
    st.lists(st.sampled_from(list(Role)), min_size=1, max_size=5), st.sampled_from([";", "; ", " ;", ",", "\n"])
)
def test_every_label_is_its_role_however_it_is_written(roles, between):
    text = between.join(str(ROLE_LABELS[role]) for role in roles)
    want = list(dict.fromkeys(roles))
    for form in (text, text.upper(), fold(text), unicodedata.normalize("NFD", text)):
        assert roles_in(form) == (want, [])


@given(st.text(max_size=60))
def test_any_text_is_roles_or_told_back(text):
    roles, unknown = roles_in(text)
    assert len(set(roles)) == len(roles)
    assert not any(roles_in(part)[0] for part in unknown)


@given(st.lists(st.sampled_from(["lò", "THỊ", "Ánh", "đỗ", "Ê", "vừ"]), min_size=1, max_size=5))
def test_a_tidied_name_is_not_odd(words):
    name = tidy_case(" ".join(words))
    assert not odd_case(name)
    assert fold(name) == fold(" ".join(words))


@given(st.text(max_size=30))
def test_capitals_of_anything_can_be_judged(text):
    odd_case(text)
    tidy_case(text)
    key = commune_key(text)
    assert commune_key(key) in (key, commune_key(key))


def test_values_of_cells():
    assert whole_number("912345678") == ("0912345678", True)
    assert whole_number("+84912345678") == ("+84912345678", False)
    same = ("Xã Mường Sai", "UBND xã Mường Sai", "x. mường sai", "MƯỜNG  SAI", "phường Mường Sai")
    assert {commune_key(text) for text in same} == {"muong sai"}
    assert commune_key("Xã") == "xa"


# — files ————————————————————————————————————————————————————————————————————————————————


def test_files_of_all_sorts_are_read():
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        lines = people_read.read(GOOD.encode(encoding), "a.csv").lines
        assert [line.values["full_name"] for line in lines] == ["Quàng Thị Ín", "Vừ A Chò", "Quàng Thị Ín"]
    nfd = people_read.read(unicodedata.normalize("NFD", GOOD).encode(), "a.csv")
    assert nfd.lines[0].values["full_name"] == "Quàng Thị Ín"
    assert "dựng sẵn" in nfd.lines[0].warnings[0]
    book = Workbook()
    book.active.append(["DANH SÁCH CÁN BỘ TRUYỀN THÔNG"])
    book.active.append(
        ["STT", "Họ và tên đệm", "Tên", "Số điện thoại", "Mã trường", "Trường", "Vai trò", "Từ ngày"]
    )
    book.active.append([1, "Quàng Thị", "Ín", 912345678, 38001, "THCS X", "CTV", dt.datetime(2026, 9, 1)])
    out = io.BytesIO()
    book.save(out)
    table = people_read.read(out.getvalue(), "a.xlsx")
    assert table.lines[0].values == {
        "full_name": "Quàng Thị Ín", "phone": "912345678", "unit_code": "38001", "unit": "THCS X", "role": "CTV",
        "since": "2026-09-01",
    }  # fmt: skip
    assert "STT" in table.remarks[0]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_roles_between_the_separators_of_the_file_stay_in_their_cell(separator):
    head = HEAD.replace(", phường", "").split(";")
    lines = [
        ["A B", "", "", "X", "", "CTV", " Đầu mối truyền thông", "Giáo viên", "01/09/2026"],
        ["A C", "", "", "X", "", "CTV", "Đầu mối", "Trưởng đơn vị", "Hiệu trưởng", "", ""],
        ["A D", "", "", "X", "", "CTV", "Biên tập viên", "01/09/2026"],
        ["A E", "", "", "X", "", "CTV", "Giáo viên"],
        ["A G", "", "", "X", "", "CTV", "Giáo viên", "", "", ""],
    ]
    text = "\n".join(separator.join(line) for line in [head, *lines])
    read = people_read.read(text.encode(), "a.csv").lines
    assert [line.errors for line in read] == [[]] * 5
    assert [[line.values.get(name, "") for name in ("role", "title", "since")] for line in read] == [
        ["CTV; Đầu mối truyền thông", "Giáo viên", "01/09/2026"],
        ["CTV; Đầu mối; Trưởng đơn vị", "Hiệu trưởng", ""],
        ["CTV", "Biên tập viên", "01/09/2026"],
        ["CTV", "Giáo viên", ""],
        ["CTV", "Giáo viên", ""],
    ]


def test_a_line_with_more_cells_than_headings_is_not_guessed_at(cast):
    torn, hidden = steps_of(
        cast,
        "Lò Văn A;;;THCS Sơn Thượng;;CTV;Giáo viên;Tổ trưởng;01/09/2026",
        "Lò Văn B;;;THCS Sơn Thượng;;CTV;Đầu mối truyền thông;01/09/2026",
    )
    assert torn.deed == "bad"
    assert "ngoặc kép" in torn.errors[0]
    # As long as its headings: the cell under “Chức danh” is a title, but is asked about.
    assert (hidden.roles, hidden.title) == ([Role.CONTRIBUTOR], "Đầu mối truyền thông")
    assert "tên một vai trò" in " ".join(hidden.warnings)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("A;B\n1;2", "tiêu đề"),
        ("Họ và tên;Vai trò\nA;CTV", "Đơn vị"),
        ("Đơn vị;Vai trò\nA;CTV", "tiêu đề"),
        (HEAD, "chưa có dòng"),
        ("\n".join([HEAD, *["A B;;;X;;CTV;;"] * 10_001]), "10.000"),
    ],
)
def test_tables_that_cannot_be_used_say_what_to_do(data, words):
    with pytest.raises(InvalidInput) as refused:
        people_read.read(data.encode(), "a.csv")
    assert words in str(refused.value)


def test_the_template_is_read_again_and_lists_every_role():
    table = people_read.read(people_read.template(), "mau.xlsx")
    assert set(table.lines[0].values) == set(people_read.HEADINGS)
    book = load_workbook(io.BytesIO(people_read.template()))
    listed = [row[0] for row in book["Vai trò"].iter_rows(min_row=2, values_only=True)]
    assert listed == [str(label) for label in ROLE_LABELS.values()]
    assert [roles_in(text) for text in listed] == [([role], []) for role in ROLE_LABELS]


def test_what_looks_like_a_formula_is_text_in_the_file_to_mend(cast):
    steps = steps_of(cast, "=HYPERLINK(1);;;@x;;-1+1;;")
    from loa.org.importers.people_compare import wrong

    book = load_workbook(io.BytesIO(people_read.wrong_lines(wrong(steps))))
    cells = next(book["Người"].iter_rows(min_row=2))
    assert cells[0].value == "=HYPERLINK(1)"
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert cells[0].quotePrefix
    assert "Họ và tên" in cells[-1].value
    again = people_read.read(people_read.wrong_lines(wrong(steps)), "a.xlsx")
    assert again.lines[0].values["role"] == "-1+1"


# — writing ——————————————————————————————————————————————————————————————————————————————


def test_a_table_is_looked_at_then_written_and_again_changes_nothing(cast):
    before = state()
    batch = read_in(cast, GOOD)
    found = services.people_compare(actor=cast.admin, batch=batch)
    assert [step.deed for step in found.steps] == ["new", "new", "add"]
    assert state() == before
    services.people_confirm(actor=cast.admin, batch=batch)
    with pytest.raises(Conflict):
        services.people_confirm(actor=cast.admin, batch=batch)
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.result) == ("done", 3, {"accounts": 2, "roles": 4})
    one = User.objects.get(email="in@truong.edu.vn")
    assert not one.has_usable_password()
    assert set(one.memberships.values_list("unit__name", "role", "title", "valid_from")) == {
        ("Trường THCS Sơn Thượng", "contributor", "Giáo viên", D(2026, 9, 1)),
        ("Trường THCS Sơn Thượng", "focal", "Giáo viên", D(2026, 9, 1)),
        ("Trường Tiểu học Sơn Hạ", "contributor", "Giáo viên", TODAY),
    }
    assert LogEntry.objects.filter(action="org.member.granted", actor_id=cast.admin.pk).count() == 4
    entry = LogEntry.objects.get(action="org.people.imported")
    assert entry.data == {"accounts": 2, "roles": 4, "titles": 0, "ended": 0}
    before = state()
    again = read_in(cast, GOOD)
    found = services.people_compare(actor=cast.admin, batch=again)
    assert [step.deed for step in found.steps] == ["same"] * 3
    with pytest.raises(InvalidInput, match="Không có dòng"):
        services.people_confirm(actor=cast.admin, batch=again)
    assert state() == before


def test_who_is_there_gets_the_role_or_the_title_and_no_second_account(cast):
    cast.owner.email = "men@truong.edu.vn"
    cast.owner.save()
    users = User.objects.count()
    batch = bring(
        cast,
        f"{HEAD}\nLương Thị Mến;Men@Truong.edu.vn;;THCS Sơn Thượng;;Cộng tác viên;Tổ trưởng;01/01/2026\n"
        "Lương Thị Mến;men@truong.edu.vn;;Xã Mường Sai;;Đầu mối truyền thông;;\n"
        "Hà Văn Toàn;;;Trường THCS Sơn Thượng;;Trưởng đơn vị;Hiệu trưởng;",
    )
    assert batch.result == {"roles": 1, "titles": 2}
    assert User.objects.count() == users
    held = cast.owner.memberships.get(role="contributor")
    assert (held.title, held.valid_from) == ("Tổ trưởng", D(2020, 1, 1))
    assert cast.owner.memberships.get(unit=cast.xa).role == "focal"
    assert cast.lead.memberships.get().title == "Hiệu trưởng"
    entry = LogEntry.objects.get(action="org.member.titled", object_id=cast.owner.pk)
    assert entry.data == {
        "unit": cast.school.name, "role": "contributor", "before": "", "after": "Tổ trưởng",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("A;;;THCS Sơn Thượng;;CTV;;", "họ và tên"),
        ("4 Văn A;;;THCS Sơn Thượng;;CTV;;", "chỉ gồm chữ"),
        ("Hà Văn A;a@@b;;THCS Sơn Thượng;;CTV;;", "thư điện tử chưa đúng"),
        ("Hà Văn A;;12;THCS Sơn Thượng;;CTV;;", "điện thoại chưa đúng"),
        ("Hà Văn A;;;;;CTV;;", "Thiếu đơn vị"),
        ("Hà Văn A;;;Trường Đại học Y;;CTV;;", "Không tìm thấy đơn vị"),
        ("Hà Văn A;;;THCS Sơn Thượng;;Hiệu phó;;", "Không có vai trò “Hiệu phó”"),
        ("Hà Văn A;;;THCS Sơn Thượng;;;;", "Thiếu vai trò"),
        ("Hà Văn A;;;THCS Sơn Thượng;;CTV;;31/02/2026", "không đúng"),
        ("Hà Văn A;;;THCS Sơn Thượng;;CTV;;01/01/2019", "thành lập ngày"),
        (f"Hà Văn A;;;THCS Sơn Thượng;;CTV;{'x' * 121};", "quá 120"),
        ("Hà Văn B;in@truong.edu.vn;;THCS Sơn Thượng;;CTV;;", "ở dòng 2 là của Quàng Thị Ín"),
        ("Quàng Thị Ín;in@truong.edu.vn;;THCS Sơn Thượng;;Cộng tác viên;;", "Trùng với dòng 2"),
        ("Hà Văn B;mai@so.vn;;THCS Sơn Thượng;;CTV;;", "của tài khoản “Lê Mai Phương”"),
        ("Đã Khoá Rồi;khoa@so.vn;;THCS Sơn Thượng;;CTV;;", "đang khoá"),
    ],
)
def test_each_wrong_line_says_what_is_wrong_and_the_right_ones_are_written(cast, line, words):
    User.objects.filter(pk=cast.office.pk).update(email="mai@so.vn")
    make_user("Đã Khoá Rồi", (Role.CONTRIBUTOR, cast.school), email="khoa@so.vn", is_active=False)
    batch = read_in(cast, f"{GOOD}\n{line}")
    found = services.people_compare(actor=cast.admin, batch=batch)
    assert found.counts["bad"] == 1
    assert words in " ".join(found.steps[-1].errors)
    assert found.steps[-1].line == 5
    users = User.objects.count()
    services.people_confirm(actor=cast.admin, batch=batch)
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    assert User.objects.count() == users + 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("LÒ THỊ HOA;;;THCS Sơn Thượng;;CTV;;", "“Lò Thị Hoa”"),
        ("Lò Thị Hoa;hoa@gmail.con;;THCS Sơn Thượng;;CTV;;", "gmail.com"),
        ("Lò Thị Hoa;;912345679;THCS Sơn Thượng;;CTV;;", "thêm lại"),
        ("Lò Thị Hoa;;;THCS Sơn Thượng;;Quản trị;;", "quyền lớn: Quản trị"),
        ("Hà Văn Toàn;khac@truong.edu.vn;;THCS Sơn Thượng;;CTV;;", "cùng tên"),
        ("Hà Văn Toàn;;;THCS Sơn Thượng;;CTV;;", "Coi là"),
        ("Ha Van Toan;;;THCS Sơn Thượng;;CTV;;", "Trong Loa ghi là “Hà Văn Toàn”"),
    ],
)
def test_what_is_odd_is_kept_as_typed_and_remarked(cast, line, words):
    (step,) = steps_of(cast, line)
    assert step.errors == []
    assert words in " ".join(step.warnings)
    assert step.full_name == line.split(";")[0]


def test_what_changes_nothing_is_not_remarked_but_for_a_day_not_taken(cast):
    same, dated = steps_of(
        cast,
        "HÀ VĂN TOÀN;;;THCS Sơn Thượng;;Trưởng đơn vị;;",
        "Vi Văn Hặc;;;THCS Sơn Thượng;;Cộng tác viên;;01/09/2026",
    )
    assert (same.deed, same.warnings) == ("same", [])
    assert (dated.deed, dated.warnings) == ("same", ["Cộng tác viên: đã giữ từ 01/01/2020; ngày không đổi."])


def test_a_code_a_commune_or_a_person_tells_like_names_apart(cast):
    other = make_unit("Xã Nậm Khao", Kind.UBND_XA, cast.so)
    twin = make_unit("Trường Tiểu học Sơn Hạ", Kind.TIEU_HOC, other)
    Unit.objects.filter(pk=twin.pk).update(code="38-TH.2")
    direct = make_unit("Trường THPT Số 1", Kind.THPT, cast.so)
    make_unit("Trường THPT Số 1", Kind.THPT, cast.so)
    UnitVersion.objects.filter(unit=direct).update(commune_code="04567", place="")
    UnitVersion.objects.filter(unit=other).update(commune_code="04567")
    lines = [
        "Lò Văn A;;;Trường Tiểu học Sơn Hạ;Nậm Khao;CTV;;",
        "Lò Văn B;;;TH Sơn Hạ;UBND xã Mường Sai;CTV;;",
        "Lò Văn C;;;38-th.2;;CTV;;",
        "Lò Văn D;;;Trường Tiểu học Sơn Hạ;;CTV;;",
        "Lò Văn E;;;Trường Tiểu học Sơn Hạ;;CTV;;",
        "Lò Văn G;;;Trường THPT Số 1;xã Nậm Khao;CTV;;",
        "Lò Văn H;;;Trường THPT Số 1;04567;CTV;;",
        "Lò Văn I;;;Trường Tiểu học Sơn Hạ;Xã Khác;CTV;;",
    ]
    batch = read_in(cast, "\n".join([HEAD, *lines]))
    found = services.people_compare(actor=cast.admin, batch=batch)
    assert [step.unit for step in found.steps] == [twin, cast.primary, twin, None, None, direct, direct, None]
    assert [step.deed for step in found.steps if step.unit is None] == ["choose"] * 3
    (first, count), _other = found.open_choices()
    assert (first.line, count, set(first.place.offered)) == (5, 2, {twin, cast.primary})
    with pytest.raises(InvalidInput, match="không nằm trong"):
        services.people_choose(actor=cast.admin, batch=batch, chosen={first.place.key: cast.thpt.pk})
    assert services.people_choose(actor=cast.admin, batch=batch, chosen={first.place.key: twin.pk}) == 1
    batch.refresh_from_db()
    found = services.people_compare(actor=cast.admin, batch=batch)
    assert [step.unit for step in found.steps[3:5]] == [twin, twin]
    services.people_confirm(actor=cast.admin, batch=batch)
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    assert set(Membership.objects.filter(unit=twin).values_list("user__full_name", flat=True)) == {
        "Lò Văn A", "Lò Văn C", "Lò Văn D", "Lò Văn E",
    }  # fmt: skip
    assert not User.objects.filter(full_name="Lò Văn I").exists()


def test_a_slip_of_the_pen_is_never_a_right(cast):
    (step,) = steps_of(cast, "Lò Văn A;;;Trường THCS Sơn Thượngg;;CTV;;")
    assert step.deed == "choose"
    assert cast.school in step.place.offered
    # Nor is half a name, though it might be short for one.
    short = make_unit("Trường Mầm non Tân An", Kind.MAM_NON, cast.xa)
    (step,) = steps_of(cast, "Lò Văn A;;;Trường Mầm non Tân;;CTV;;")
    assert (step.deed, step.place.offered) == ("choose", (short,))
    services.alias_add(actor=None, unit=short, text="MN TA")
    (step,) = steps_of(cast, "Lò Văn A;;;MN TA;;CTV;;")
    assert (step.deed, step.unit) == ("new", short)


def test_people_without_an_address_are_known_by_telephone_or_unit(cast):
    cast.owner.phone = "0900000001"
    cast.owner.save()
    steps = steps_of(
        cast,
        "Lương Thị Mến;;0900000001;Trường Tiểu học Sơn Hạ;;CTV;;",
        "Lương Thị Mến;;0900000002;Trường THCS Sơn Thượng;;CTV;;",
        "Vừ A Chò;;;Trường THCS Sơn Thượng;;CTV;;",
        "Vừ A Chò;;;Trường THCS Sơn Thượng;;Đầu mối truyền thông;;",
    )
    assert [(step.user, step.deed) for step in steps] == [
        (cast.owner, "add"), (None, "new"), (None, "new"), (None, "add"),
    ]  # fmt: skip
    assert steps[2].who == steps[3].who
    make_user("Hà Văn Toàn", (Role.CONTRIBUTOR, cast.school))
    (step,) = steps_of(cast, "Hà Văn Toàn;;;Trường THCS Sơn Thượng;;CTV;;")
    assert "2 người cùng tên" in step.errors[0]


# — who may ——————————————————————————————————————————————————————————————————————————————


def test_only_those_who_manage_people_import_them_and_only_into_their_own(cast):
    for who in (cast.owner, cast.lead, cast.commune, cast.office, cast.director, cast.outsider):
        with pytest.raises(Refused):
            read_in(cast, GOOD, actor=who)
    assert not PeopleImport.objects.exists()
    local = make_user("Quản trị xã", (Role.ADMIN, cast.xa))
    with pytest.raises(Refused):
        read_in(cast, GOOD, actor=local)
    Unit.objects.filter(pk=cast.thpt.pk).update(code="NGOAI")
    steps = steps_of(
        cast,
        "Lò Văn A;;;Trường THPT Lam Giang;;CTV;;",
        "Lò Văn A;;;NGOAI;;CTV;;",
        "Lò Văn A;;;Trường Tiểu học Sơn Hạ;;CTV;;",
        actor=local,
        top=cast.xa,
    )
    assert [step.deed for step in steps] == ["bad", "bad", "new"]
    assert "Lam Giang" not in steps[1].errors[0]
    batch = read_in(cast, GOOD, actor=local, top=cast.xa)
    services.people_confirm(actor=local, batch=batch)
    # The right was taken away before the job ran: nothing is written.
    Membership.objects.filter(user=local).update(valid_to=TODAY)
    local._loa_roles = None
    before = [User.objects.count(), Membership.objects.count()]
    services.people_write(batch_id=batch.pk, actor=local)
    batch.refresh_from_db()
    assert (batch.state, "quản trị" in batch.error) == ("failed", True)
    assert [User.objects.count(), Membership.objects.count()] == before


def test_people_of_others_are_neither_shown_nor_taken_over(cast):
    local = make_user("Quản trị xã", (Role.ADMIN, cast.xa))
    User.objects.filter(pk=cast.director.pk).update(email="bao@so.vn", phone="0911111111")
    lines = (
        "Phạm Quốc Bảo;bao@so.vn;;Trường Tiểu học Sơn Hạ;;Quản trị;;",
        "Phạm Quốc Bảo;;0911111111;Trường Tiểu học Sơn Hạ;;CTV;;",
    )
    steps = steps_of(cast, *lines, actor=local, top=cast.xa)
    assert [(step.deed, step.user) for step in steps] == [("bad", None), ("new", None)]
    assert "ngoài phạm vi" in steps[0].errors[0]
    assert cast.director.username not in str([(step.errors, step.warnings) for step in steps])
    # Above, where he is at home, it is him.
    assert [step.user for step in steps_of(cast, *lines)] == [cast.director, cast.director]
    # Who works here and elsewhere may be given a role, but not be invited or reset.
    both = make_user("Kiêm Nhiệm Hai", (Role.CONTRIBUTOR, cast.school), (Role.CONTRIBUTOR, cast.thpt))
    User.objects.filter(pk=both.pk).update(email="hai@so.vn", must_change_password=True)
    (step,) = steps_of(cast, "Kiêm Nhiệm Hai;hai@so.vn;;Trường Tiểu học Sơn Hạ;;CTV;;", actor=local, top=cast.xa)
    assert (step.deed, step.user) == ("add", both)
    with pytest.raises(Refused):
        services.people_hand_out(actor=local, people=[both.pk])
    assert [slip.user for slip in services.people_hand_out(actor=cast.admin, people=[both.pk])] == [both]


def test_a_job_that_dies_goes_on_where_it_was(cast, monkeypatch):
    monkeypatch.setattr("loa.org.services.people.CHUNK", 1)
    batch = read_in(cast, GOOD)
    services.people_confirm(actor=cast.admin, batch=batch)
    real, calls = services.people._write_chunk, []

    def dies(*args):
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("killed")
        return real(*args)

    monkeypatch.setattr("loa.org.services.people._write_chunk", dies)
    with pytest.raises(RuntimeError):
        services.people_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.result) == ("writing", 2, {"accounts": 2, "roles": 3})
    services.people_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.result) == ("done", 3, {"accounts": 2, "roles": 4})
    assert User.objects.filter(full_name="Quàng Thị Ín").count() == 1


def test_lines_are_forgotten_after_a_month(cast):
    batch = bring(cast, GOOD)
    with clock.frozen("2026-12-21T08:00"):
        assert services.people_forget() == 1
        batch.refresh_from_db()
        assert (batch.rows, batch.total, batch.result["accounts"]) == ([], 3, 2)
        with pytest.raises(Conflict, match="nhập lại"):
            services.people_confirm(actor=cast.admin, batch=batch)
        assert services.people_forget() == 0


def test_sheets_are_given_once_and_to_the_importer_only(cast):
    batch = bring(cast, GOOD)
    other = make_user("Quản trị hai", (Role.ADMIN, cast.so))
    with pytest.raises(Refused, match="người đã nhập"):
        services.people_sheet(actor=other, batch=batch)
    slips = services.people_sheet(actor=cast.admin, batch=batch)
    assert [(slip.user.full_name, slip.unit, slip.roles) for slip in slips] == [
        ("Quàng Thị Ín", cast.school, "Cộng tác viên, Đầu mối truyền thông"),
        ("Vừ A Chò", cast.primary, "Trưởng đơn vị"),
    ]
    for slip in slips:
        slip.user.refresh_from_db()
        assert slip.user.check_password(slip.password)
        assert slip.password not in str(list(LogEntry.objects.values()))
    with pytest.raises(InvalidInput, match="Không còn phiếu"):
        services.people_sheet(actor=cast.admin, batch=batch)
    assert LogEntry.objects.get(action="org.people.handed").data == {"count": 2}


def test_a_large_table_costs_a_fixed_number_of_queries(cast, django_assert_max_num_queries):
    lines = [
        f"Lò Văn Số {'ABCDEGHIKL'[n % 10]}{'abcdeghikl'[n // 10 % 10]};so{n}@truong.edu.vn;;"
        "Trường THCS Sơn Thượng;;CTV;;"
        for n in range(1_000)
    ]
    batch = read_in(cast, "\n".join([HEAD, *lines]))
    with django_assert_max_num_queries(25):
        found = services.people_compare(actor=cast.admin, batch=batch)
    assert found.counts["new"] == 1_000
    services.people_confirm(actor=cast.admin, batch=batch)
    with django_assert_max_num_queries(260):  # five chunks; SQLite takes 999 values a statement
        services.people_write(batch_id=batch.pk, actor=cast.admin)
    batch.refresh_from_db()
    assert (batch.error, batch.result) == ("", {"accounts": 1_000, "roles": 1_000})
