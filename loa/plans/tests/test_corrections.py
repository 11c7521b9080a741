"""Correction letters: drafted from what was found, written, signed, issued; citations linked to the register."""

from __future__ import annotations

import datetime as dt
import doctest
import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vanban.write import lint_docx, write_docx
from loa.org.rules import Role
from loa.org.tests.factories import make_user
from loa.plans import services
from loa.plans.models import Correction, Finding, LegalBasis
from loa.plans.rules import FindingKind, FindingState, PlanStatus, corrections
from loa.plans.selectors import corrections as selectors
from loa.plans.tests.factories import make_finding, make_plan, make_topic

D = dt.date
SIGNED = {"number": "310/SGDĐT-VP", "signed_on": D(2026, 5, 14), "signer": "Phạm Quốc Bảo"}


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen("2026-05-16"):
        yield


@pytest.fixture
def plan(cast):
    """A plan in force with three doubtful places."""
    plan = make_plan(cast.so)
    rows = [
        make_finding(
            plan, FindingKind.BASIS, quote="Nghị quyết số 88/2013/NQ-QH13", page=1, line=12,
            data={"kind": "Nghị quyết", "number": "88/2013/NQ-QH13", "role": "basis", "date": ""},
            warning={"code": "basis.form", "tone": "wait",
                     "data": {"likely": "Nghị quyết 88/2014/QH13 (Đổi mới)"}},
        ),
        make_finding(
            plan, FindingKind.BASIS, quote="Kế hoạch số 141/KH-BGDĐT ngày 05/02/2024", page=1,
            data={"kind": "Kế hoạch", "number": "141/KH-BGDĐT", "role": "basis", "date": "2024-02-05"},
            warning={"code": "basis.expiring", "tone": "wait", "data": {"valid_to": "2026-12-01"}},
        ),
        make_finding(
            plan, FindingKind.WARNING, quote="- Phòng GD&ĐT các huyện", page=4, line=3,
            state=FindingState.CONFIRMED,
            data={"code": "recipient.gone", "message": "“Phòng GD&ĐT” không còn từ 01/07/2025"},
            warning={"code": "recipient.gone", "tone": "act",
                     "data": {"name": "Phòng GD&ĐT", "gone_from": "2025-07-01", "now": "Phòng Văn hóa - Xã hội"}},
        ),
    ]  # fmt: skip
    LegalBasis.objects.create(
        plan=plan, kind="Nghị quyết", number="88/2013/NQ-QH13", role="basis", finding=rows[0]
    )
    return plan


def start(cast, plan, **chosen) -> Correction:
    rows = Finding.objects.filter(plan=plan, kind__in=chosen.get("kinds", ("basis", "warning"))).exclude(
        warning__code="basis.expiring"
    )
    return services.correction_start(actor=cast.office, plan=plan, findings=[row.pk for row in rows])


def signed(cast, letter: Correction) -> Correction:
    values = {
        "subject": letter.subject,
        "items": letter.items,
        "addressees": letter.addressees,
        "recipients": "Như trên",
    }
    services.correction_write(actor=cast.office, correction=letter, values=values | SIGNED)
    return services.correction_sign(
        actor=cast.office, correction=letter, upload=SimpleUploadedFile("310.pdf", b"%PDF-1.4 ky")
    )


def test_the_table_of_suggestions():
    assert doctest.testmod(corrections).failed == 0
    said = corrections.suggested
    near = {"code": "basis.near", "data": {"number": "118/QĐ-TTg", "known": "Quyết định 117/QĐ-TTg"}}
    assert said("Quyết định số 118/QĐ-TTg", near, {}, {}) == "Quyết định số 117/QĐ-TTg"
    date = {"code": "basis.date", "data": {"date": "2014-10-28", "known_date": "2014-11-28"}}
    assert said("NQ 88/2014/QH13 ngày 28 tháng 10 năm 2014", date, {}, {}).endswith("ngày 28 tháng 11 năm 2014")
    assert said("NQ 88/2014/QH13 năm ấy", date, {}, {}) == "", "what cannot be told is left to the officer"
    assert said("0912 345 678", {"code": "person.phone", "data": {}}, {}, {}) == ""


def test_what_is_offered_is_a_mistake_in_the_print(plan):
    offered = [row["item"] for row in selectors.candidates(plan)]
    assert [(one["place"], one["right"]) for one in offered] == [
        ("Phần căn cứ, trang 1, dòng 12", "Nghị quyết số 88/2014/QH13"),
        ("Trang 4, dòng 3", "Phòng Văn hóa - Xã hội"),
    ]


def test_an_edit_of_the_officer_is_offered_too(plan):
    row = Finding.objects.get(plan=plan, warning__code="basis.expiring")
    row.data["date"] = "2024-05-02"
    row.save()
    assert selectors.candidates(plan)[1]["item"]["right"] == "Kế hoạch số 141/KH-BGDĐT ngày 02/05/2024"


def test_what_took_its_place_is_named_in_full(cast, plan):
    services.legal_save(
        actor=cast.office, document=None,
        values={"kind": "Nghị định", "number": "924/2026/NĐ-CP", "signed_on": D(2026, 6, 24),
                "issuer": "Chính phủ"},
    )  # fmt: skip
    row = Finding.objects.get(plan=plan, warning__code="basis.expiring")
    row.warning = {"code": "basis.expired", "data": {"replaced_by": "Nghị định 924/2026/NĐ-CP"}}
    assert selectors.items_of([row])[0]["right"] == "Nghị định số 924/2026/NĐ-CP ngày 24/06/2026 của Chính phủ"


def test_the_letter_keeps_to_the_decree_and_says_each_place(cast, plan):
    letter = start(cast, plan)
    document = selectors.official_document(letter)
    assert document.type_code == ""
    assert document.subject == "đính chính Kế hoạch số 12/KH-SGDĐT ngày 05/01/2026"
    data = write_docx(document)
    assert lint_docx(data, day=D(2026, 5, 16)) == []
    text = "\n".join(
        p.text for p in docx.Document(io.BytesIO(data)).element.body.iter() if hasattr(p, "text") and p.text
    )
    assert "88/2014/QH13" in text
    assert "nay sửa thành" in text.lower()


def test_signed_and_issued_it_stands_in_the_plan(cast, plan, client):
    letter = start(cast, plan)
    with pytest.raises(InvalidInput, match="số, ký hiệu, ngày ký, văn bản đã ký"):
        services.correction_issue(actor=cast.director, correction=letter)
    signed(cast, letter)
    below = make_plan(cast.xa, parent_plan=plan)
    person = make_user("Vi Thị Lan", (Role.UNIT_LEAD, cast.xa))
    services.correction_issue(actor=cast.director, correction=letter)
    assert Notice.objects.filter(code="plans.correction.issued", user=person).count() == 1
    assert below.status == PlanStatus.ISSUED
    with pytest.raises(Conflict):
        services.correction_write(actor=cast.office, correction=letter, values={"subject": "khác"})
    client.force_login(cast.owner)
    page = client.get(reverse("plans:plan", args=[plan.pk])).content.decode()
    assert "Đính chính tại Công văn số 310/SGDĐT-VP ngày 14/05/2026" in page
    assert "Nghị quyết số 88/2014/QH13" in page
    assert client.get(reverse("plans:correction", args=[plan.pk, letter.pk])).status_code == 200
    assert client.get(reverse("plans:correction_file", args=[plan.pk, letter.pk])).status_code == 200
    page = client.get(reverse("plans:amendments", args=[plan.pk])).content.decode()
    assert "310/SGDĐT-VP" in page
    assert Finding.objects.get(plan=plan, position=1).data["number"] == "88/2013/NQ-QH13", (
        "the print stays as it is"
    )


def test_what_is_written_is_checked(cast, plan):
    letter = start(cast, plan)
    for items, part in (
        ([{"printed": "a", "right": "a"}], "giống hệt"),
        ([{"printed": "", "right": "b"}], "lời đã in"),
        ([{"printed": "a", "right": "b" * 2001}], "dài quá"),
        ([{"printed": f"a{n}", "right": "b"} for n in range(41)], "nhiều nhất 40"),
    ):
        with pytest.raises(InvalidInput, match=part):
            services.correction_write(
                actor=cast.office, correction=letter, values={"subject": "x", "items": items}
            )
    letter.refresh_from_db()
    assert len(letter.items) == 2
    stranger = make_topic(make_plan(cast.so)).pk + 10_000
    services.correction_write(
        actor=cast.office, correction=letter,
        values={"subject": "x", "items": [{"printed": "a", "right": "b", "finding": stranger}]},
    )  # fmt: skip
    letter.refresh_from_db()
    assert letter.items == [{"place": "", "printed": "a", "right": "b", "finding": None}]


def test_who_may(cast, plan, client):
    for who in (cast.outsider, cast.colleague, cast.owner, cast.editor):
        with pytest.raises(Refused):
            services.correction_start(actor=who, plan=plan)
    assert not Correction.objects.exists()
    assert not LogEntry.objects.filter(action="plans.correction.started").exists()
    letter = signed(cast, start(cast, plan))
    with pytest.raises(Refused):
        services.correction_issue(actor=cast.owner, correction=letter)
    with pytest.raises(Refused):
        services.correction_discard(actor=cast.owner, correction=letter)
    for name in ("correction", "correction_file"):
        client.force_login(cast.owner)
        assert client.get(reverse(f"plans:{name}", args=[plan.pk, letter.pk])).status_code == 404, (
            "a draft is hidden"
        )
    assert client.get(reverse("plans:correction_start", args=[plan.pk])).status_code == 403
    client.logout()
    assert client.get(reverse("plans:correction", args=[plan.pk, letter.pk])).status_code == 302
    draft = make_plan(cast.so, status=PlanStatus.DRAFTING)
    with pytest.raises(Conflict, match="sửa thẳng vào bản soạn"):
        services.correction_start(actor=cast.office, plan=draft)


def test_the_screens(cast, plan, client):
    client.force_login(cast.office)
    url = reverse("plans:correction_start", args=[plan.pk])
    page = client.get(url).content.decode()
    assert "88/2013/NQ-QH13" in page
    chosen = [row["finding"].pk for row in selectors.candidates(plan)]
    letter_url = client.post(url, {"muc": chosen})["Location"]
    letter = Correction.objects.get()
    page = client.get(letter_url).content.decode()
    assert "Còn thiếu" in page
    data = {
        "subject": "đính chính Kế hoạch", "signer": "Phạm Quốc Bảo", "number": "", "signed_on": "",
        "cho-TOTAL_FORMS": "3", "cho-INITIAL_FORMS": "2",
        "cho-0-finding": chosen[0], "cho-0-place": "Phần căn cứ", "cho-0-printed": "Cũ", "cho-0-right": "Mới",
        "cho-1-finding": chosen[1], "cho-1-printed": "Bỏ", "cho-1-right": "x", "cho-1-DELETE": "on",
        "cho-2-printed": "Thêm tay", "cho-2-right": "Đúng",
    }  # fmt: skip
    assert client.post(letter_url, data)["Location"] == letter_url
    letter.refresh_from_db()
    assert [(one["printed"], one["right"], one["finding"]) for one in letter.items] == [
        ("Cũ", "Mới", chosen[0]), ("Thêm tay", "Đúng", None),
    ]  # fmt: skip
    assert client.post(letter_url, data | {"subject": ""}).status_code == 400
    for form in ("docx", "pdf"):
        answer = client.get(reverse("plans:correction_paper", args=[plan.pk, letter.pk, form]))
        assert len(answer.content) > 4000
    assert client.get(reverse("plans:correction_page", args=[plan.pk, letter.pk, 1])).content[:4] == b"\x89PNG"
    assert client.get(reverse("plans:correction_page", args=[plan.pk, letter.pk, 9])).status_code == 404
    client.post(reverse("plans:correction_discard", args=[plan.pk, letter.pk]))
    assert not Correction.objects.exists()


def test_bases_link_to_the_register(cast, plan, client, django_assert_num_queries):
    from loa.plans.models import LegalDocument

    services.legal_save(
        actor=cast.office, document=None,
        values={"kind": "Nghị quyết", "number": "77/NQ-CP", "signed_on": D(2025, 4, 10),
                "valid_to": D(2026, 2, 1)},
    )  # fmt: skip
    LegalBasis.objects.create(
        plan=plan, kind="Nghị quyết", number="77/NQ-CP", signed_on="2025-04-10", role="basis"
    )
    client.force_login(cast.owner)
    page = client.get(reverse("plans:plan", args=[plan.pk])).content.decode()
    number = LegalDocument.objects.get(number="77/NQ-CP").pk
    assert f'href="{reverse("legal:page", args=[number])}"' in page
    assert "chưa có trong sổ văn bản" in page
    with django_assert_num_queries(4):
        selectors.bases_of(plan)
    for n in range(20):
        LegalBasis.objects.create(plan=plan, kind="Nghị quyết", number=f"{n}/NQ-CP", role="cited")
    with django_assert_num_queries(4):
        selectors.bases_of(plan)
