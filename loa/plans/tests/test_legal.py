"""The register of legal documents: loading, editing, table in and out, what cites a document, its screens."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.plans import services
from loa.plans.models import LegalChange, LegalCitation, LegalDocument, TableImport
from loa.plans.rules import PlanStatus
from loa.plans.selectors import legal as selectors
from loa.plans.tables import legal as tables
from loa.plans.tests.factories import make_plan

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 29)
VALUES = {
    "kind": "Quyết định",
    "number": "812/QĐ-SGDĐT",
    "signed_on": dt.date(2026, 5, 4),
    "issuer": "Sở Giáo dục và Đào tạo",
    "subject": "Quy chế cộng tác viên truyền thông",
    "valid_from": dt.date(2026, 5, 4),
    "source": "Bản giấy",
    "verified": True,
}


@pytest.fixture
def register(db):
    services.load_legal_documents()


def save(cast, document=None, **values):
    return services.legal_save(actor=cast.office, document=document, values=VALUES | values)


# — loading ————————————————————————————————————————————————————————————————————————————


def test_the_projects_file_is_linked_and_marked_as_not_held_against_the_original(register):
    old = LegalDocument.objects.get(number="42/2022/NĐ-CP")
    assert [(c.kind, c.by.number, c.since) for c in old.changes.all()] == [
        ("replaced", "224/2026/NĐ-CP", dt.date(2026, 7, 1))
    ]
    both = LegalDocument.objects.get(number="13/2023/NĐ-CP").changes.all()
    assert [change.by.number for change in both] == ["91/2025/QH15", "356/2025/NĐ-CP"]
    assert not LegalDocument.objects.filter(verified=True).exists()
    assert not LegalDocument.objects.filter(source="").exists()


def test_local_documents_the_plans_cite_are_in_the_projects_file(register):
    local = LegalDocument.objects.filter(number__regex="UBND|HĐND|SGDĐT")
    assert local.count() == 19
    for row in local:
        assert row.kind, row.number
        assert row.signed_on, row.number
        assert row.issuer.startswith(("Ủy ban nhân dân ", "Hội đồng nhân dân ", "Sở Giáo dục và Đào tạo ")), (
            row.number
        )
        assert "chưa đối chiếu văn bản gốc" in row.source
    assert LegalDocument.objects.get(number="24/QĐ-SGDĐT").issuer == "Sở Giáo dục và Đào tạo Nam Định"


def test_what_a_person_edited_is_not_loaded_over(register, cast):
    old = LegalDocument.objects.get(number="30/2020/NĐ-CP")
    services.legal_save(actor=cast.office, document=old, values={"note": "Xem bản hợp nhất", "verified": True})
    services.load_legal_documents()
    old.refresh_from_db()
    assert (old.note, old.verified, old.edited_by) == ("Xem bản hợp nhất", True, cast.office)
    assert LegalDocument.objects.filter(number="30/2020/NĐ-CP").count() == 1


# — editing ————————————————————————————————————————————————————————————————————————————


def test_the_office_adds_a_document_and_what_became_of_it(register, cast):
    made = save(cast, replaced="Quyết định 900/QĐ-SGDĐT ngày 01/9/2026\nNghị định 30/2020/NĐ-CP")
    waiting, known = made.changes.all()
    assert (waiting.by, known.by.number) == (None, "30/2020/NĐ-CP")
    assert made.year == 2026
    later = save(cast, number="900/QĐ-SGDĐT", signed_on=dt.date(2026, 9, 1))
    waiting.refresh_from_db()
    assert waiting.by == later  # linked once the register has it
    assert LogEntry.objects.filter(action="plans.legal.added", object_id=made.pk).count() == 1


def test_two_documents_of_one_number_are_told_apart_by_their_year(register, cast):
    first = save(cast, number="07/CT-TTg", kind="Chỉ thị", signed_on=dt.date(2025, 2, 12))
    assert LegalDocument.objects.filter(number="07/CT-TTg").count() == 2
    with pytest.raises(Conflict) as refused:
        save(cast, number="07 / CT-TTg", kind="Chỉ thị", signed_on=dt.date(2025, 3, 1))
    assert refused.value.field == "number"
    mention = selectors.references_in("Chỉ thị 07/CT-TTg ngày 12/02/2025 của Thủ tướng Chính phủ", day=DAY)[0]
    assert mention.document == first


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "không số"}, "number"),
        ({"number": ""}, "number"),
        ({"kind": " "}, "kind"),
        ({"valid_to": dt.date(2026, 1, 1)}, "valid_to"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(cast, values, field):
    with pytest.raises(InvalidInput) as refused:
        save(cast, **values)
    assert refused.value.field == field
    assert not LegalDocument.objects.exclude(edited_at=None).exists()
    assert not LogEntry.objects.filter(action__startswith="plans.legal").exists()


def test_a_document_does_not_replace_itself(cast):
    made = save(cast)
    with pytest.raises(InvalidInput):
        save(cast, made, replaced="Quyết định 812/QĐ-SGDĐT")
    assert not made.changes.exists()


@pytest.mark.parametrize("who", ["owner", "lead", "commune", "editor", "outsider_lead", "admin"])
def test_only_the_office_of_the_so_keeps_the_register(cast, who):
    with pytest.raises(Refused):
        services.legal_save(actor=getattr(cast, who), document=None, values=VALUES)
    with pytest.raises(Refused):
        services.legal_table_read(actor=getattr(cast, who), data=b"x", filename="x.csv")
    assert not LegalDocument.objects.exclude(edited_at=None).exists()


# — reading ————————————————————————————————————————————————————————————————————————————


def test_states_on_a_day_and_search_without_accents(register, django_assert_num_queries):
    counts = selectors.legal_counts(DAY)
    assert counts["all"] == LegalDocument.objects.count()
    assert counts["all"] == sum(counts[name] for name in ("valid", "partly", "ahead", "expired"))
    for state in ("valid", "partly", "ahead", "expired"):
        rows = list(selectors.legal_list(state=state, day=DAY))
        assert len(rows) == counts[state]
        assert {selectors.state_of(row, DAY) for row in rows} <= {state}
    with django_assert_num_queries(2):
        found = [row.number for row in selectors.legal_list(query="cong tac van thu", day=DAY)]
    assert found == ["30/2020/NĐ-CP"]
    assert [row.number for row in selectors.legal_list(query="luật báo chí 103", day=DAY)] == ["103/2016/QH13"]


def test_looking_over_a_text_asks_the_register_three_times_at_most(register, django_assert_max_num_queries):
    text = "\n".join(
        f"Nghị định {n}/2022/NĐ-CP ngày 24/6/2022 của Chính phủ và Luật Báo chí 2016" for n in range(1, 90)
    )
    with django_assert_max_num_queries(3):
        codes = {notice.code for notice in selectors.notices_of(text, scope="story")}
    assert "basis.expired" in codes


def test_citations_are_kept_by_number_and_shown_to_those_who_may_see_them(register, cast, client):
    mine = make_plan(cast.so)
    draft = make_plan(cast.so, status=PlanStatus.CHECKING)
    for plan in (mine, draft):
        services.note_citations(
            source=LegalCitation.Source.PLAN,
            object_id=plan.pk,
            unit=cast.so,
            title=f"Kế hoạch {plan.pk}",
            on=DAY,
            text="Nghị định 30/2020/NĐ-CP ngày 05/3/2020\nQuyết định 812/QĐ-SGDĐT ngày 04/5/2026\nLuật Báo chí",
        )
    document = LegalDocument.objects.get(number="30/2020/NĐ-CP")
    client.force_login(cast.owner)
    page = client.get(reverse("legal:page", args=[document.pk])).content.decode()
    assert f"Kế hoạch {mine.pk}<" in page
    assert f"Kế hoạch {draft.pk}<" not in page
    later = save(cast)
    assert selectors.citations_of(later).count() == 2  # it was cited before the register had it
    assert selectors.citations_of(LegalDocument.objects.get(number="126/2025/QH15")).count() == 2
    services.note_citations(
        source=LegalCitation.Source.PLAN, object_id=mine.pk, unit=cast.so, title="x", on=DAY, text="không dẫn gì"
    )
    assert selectors.citations_of(document).count() == 1


def test_an_amendment_is_looked_over_and_cites(register, cast, client):
    plan = make_plan(cast.so)
    head = {
        "number": "96/KH-SGDĐT", "title": "Điều chỉnh kế hoạch", "signed_on": dt.date(2026, 5, 14),
        "effective_on": dt.date(2026, 5, 16),
        "reason": "Theo Nghị định số 42/2022/NĐ-CP và Nghị quyết 88/2013/NQ-QH13",
    }  # fmt: skip
    document = LegalDocument.objects.get(number="42/2022/NĐ-CP")
    client.force_login(cast.office)
    with clock.frozen("2026-05-16"):
        row = services.amendment_start(actor=cast.office, plan=plan, values=head)
        task = {"content": "Hướng dẫn theo Nghị định số 30/2020/NĐ-CP", "due_on": dt.date(2026, 6, 1)}
        services.add_to_amendment(actor=cast.office, amendment=row, kind="task", values=task)
        address = reverse("plans:amendment", args=[plan.pk, row.pk])
        page = client.get(address).content.decode()
        assert "điều nên xem trước khi ký" in page
        assert "88/2013/NQ-QH13" in page
        assert reverse("legal:page", args=[document.pk]) in page
        assert not selectors.citations_of(document).exists()
        services.issue_amendment(actor=cast.office, amendment=row)
        page = client.get(address).content.decode()
        assert "điều nên xem trước khi ký" not in page
        assert reverse("legal:page", args=[document.pk]) in page
    for number in ("42/2022/NĐ-CP", "30/2020/NĐ-CP"):
        (cited,) = selectors.citations_of(LegalDocument.objects.get(number=number))
        assert (cited.source, cited.object_id, cited.on) == ("amendment", row.pk, dt.date(2026, 5, 14))
    seen = client.get(reverse("legal:page", args=[document.pk])).content.decode()
    assert address in seen
    client.force_login(cast.outsider)
    assert client.get(reverse("legal:page", args=[document.pk])).status_code == 200


# — tables ————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_register_comes_back_as_it_went(register, cast, client, form):
    save(cast, note="Dòng một\nDòng hai", subject="=1+1; “trích yếu”, có dấu phẩy")
    client.force_login(cast.office)
    data = client.get(reverse("legal:export", args=[form])).content
    batch = services.legal_table_read(actor=cast.office, data=data, filename=f"so-van-ban.{form}")
    steps = tables.compare(batch.rows)
    assert len(steps) == LegalDocument.objects.count()
    assert {step.deed for step in steps} == {tables.SAME}, [s for s in steps if s.deed != tables.SAME][:3]


CSV = """Tên loại;Số, ký hiệu;Ngày ban hành;Trích yếu;Hết hiệu lực từ;Bị thay thế bởi
Quyết định;1/QĐ-SGDĐT;05/01/2026;Quy chế;;
Nghị định;30/2020/NĐ-CP;05/03/2020;Công tác văn thư;01/01/2027;Nghị định 1/2026/NĐ-CP
{bad}"""


def test_a_table_is_looked_at_then_written_as_a_whole(register, cast, client):
    client.force_login(cast.office)
    bad = "Quyết định;;31/02/2026;;;\nQuyết định;1 / QĐ-SGDĐT;06/01/2026;Lặp;;\n"
    for text, ready in ((CSV.format(bad=bad), False), (CSV.format(bad=""), True)):
        upload = SimpleUploadedFile("so.csv", text.encode("utf-8"))
        answer = client.post(reverse("legal:import"), {"file": upload})
        batch = TableImport.objects.latest("pk")
        assert answer.url == reverse("legal:import_show", args=[batch.pk])
        page = client.get(answer.url).content.decode()
        steps = {step.line: step for step in tables.compare(batch.rows)}
        assert (steps[2].deed, steps[3].deed) == (tables.NEW, tables.CHANGED)
        if not ready:
            assert steps[4].errors == [
                "“31/02/2026” ở cột “Ngày ban hành” không phải ngày dd/mm/yyyy.",
                "Thiếu số, ký hiệu.",
            ]
            assert steps[5].errors == ["Trùng với dòng 2 của tệp."]
            assert "31/02/2026" in page
        client.post(reverse("legal:import_apply", args=[batch.pk]))
        assert LegalDocument.objects.filter(number="1/QĐ-SGDĐT").exists() is ready
    changed = LegalDocument.objects.get(number="30/2020/NĐ-CP")
    assert changed.valid_to == dt.date(2027, 1, 1)
    assert changed.issuer == "Chính phủ"  # the file has no such column
    assert [c.by_printed for c in changed.changes.filter(kind=LegalChange.Kind.REPLACED)] == [
        "Nghị định 1/2026/NĐ-CP"
    ]
    with pytest.raises(Conflict):
        services.legal_table_apply(actor=cast.office, batch=batch)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 broken", b"khong co tieu de\n1\n", b"\xd0\xcf\x11\xe0", b"\0\1\2"]
)
def test_a_file_that_is_no_table_is_refused_with_words(cast, data):
    with pytest.raises(InvalidInput) as refused:
        services.legal_table_read(
            actor=cast.office, data=data, filename="so.xlsx" if data[:2] == b"PK" else "so.csv"
        )
    assert refused.value.field == "file"
    assert not TableImport.objects.exists()


# — screens ————————————————————————————————————————————————————————————————————————————


def test_every_screen_with_the_cast(register, cast, client):
    document = LegalDocument.objects.get(number="42/2022/NĐ-CP")
    batch = TableImport.objects.create(kind="legal", filename="x.csv", rows=[], created_by=cast.office)
    reads = [
        reverse("legal:list"),
        reverse("legal:page", args=[document.pk]),
        reverse("legal:export", args=["csv"]),
        reverse("legal:export", args=["xlsx"]),
    ]
    writes = [
        reverse("legal:add"),
        reverse("legal:edit", args=[document.pk]),
        reverse("legal:import"),
        reverse("legal:import_show", args=[batch.pk]),
    ]
    for who, read, write in ((cast.office, 200, 200), (cast.owner, 200, 403), (None, 302, 302)):
        client.logout()
        if who is not None:
            client.force_login(who)
        assert {client.get(path).status_code for path in reads} == {read}
        assert {client.get(path).status_code for path in writes} == {write}
    client.force_login(cast.owner)
    client.post(writes[1], {"kind": "Nghị định", "number": "1/2026/NĐ-CP"})
    client.post(reverse("legal:import_apply", args=[batch.pk]))
    document.refresh_from_db()
    assert document.number == "42/2022/NĐ-CP"
    batch.refresh_from_db()
    assert batch.applied_at is None


def test_the_list_asks_as_much_for_one_line_as_for_all(register, cast, client, django_assert_num_queries):
    client.force_login(cast.office)
    path = reverse("legal:list")
    client.get(path)

    with CaptureQueriesContext(connection) as few:
        client.get(path + "?q=42/2022")
    with django_assert_num_queries(len(few)):
        client.get(path)


def test_the_page_says_whether_it_holds_and_what_took_its_place(register, cast, client):
    client.force_login(cast.owner)
    document = LegalDocument.objects.get(number="42/2022/NĐ-CP")
    page = client.get(reverse("legal:page", args=[document.pk])).content.decode()
    assert "Từ 15/08/2022 đến hết 30/06/2026; thay bằng Nghị định 224/2026/NĐ-CP" in page
    assert "chưa đối chiếu văn bản gốc" in page
    assert reverse("legal:page", args=[LegalDocument.objects.get(number="224/2026/NĐ-CP").pk]) in page
    newer = client.get(
        reverse("legal:page", args=[LegalDocument.objects.get(number="224/2026/NĐ-CP").pk])
    ).content.decode()
    assert "Thay thế</dt>" in newer
    assert "Nghị định 42/2022/NĐ-CP" in newer
