"""Whole files through the upload screen and the job: what cannot be read, our own plans, the real ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

import loa.lib.vanban.tests as reader_tests
from loa.lib.vanban.tests import real_plans
from loa.lib.vanban.tests import test_bad_input as bad
from loa.org.rules import Kind
from loa.org.tests.factories import make_unit
from loa.plans import selectors
from loa.plans.models import Plan, PlanDocument
from loa.plans.rules import DirectiveKind, FindingState, PlanStatus, Proof

OWN = Path(reader_tests.__file__).parent / "fixtures"


@pytest.fixture
def office(cast) -> Client:
    client = Client()
    client.force_login(cast.office)
    return client


@pytest.fixture
def give(cast, office, django_capture_on_commit_callbacks):
    """Upload through the screen, let the job run; returns the plan."""

    def upload(data: bytes, name: str) -> Plan:
        before = set(Plan.objects.values_list("pk", flat=True))
        with django_capture_on_commit_callbacks(execute=True):
            office.post(reverse("plans:upload"), {"unit": cast.so.pk, "file": SimpleUploadedFile(name, data)})
        return Plan.objects.exclude(pk__in=before).get()

    return upload


# — what cannot be read ——————————————————————————————————————————————————————————————————


@pytest.mark.parametrize(
    ("name", "make", "code"),
    [
        ("mat-khau.pdf", bad.encrypted_pdf, "encrypted_pdf"),
        ("ban-chup.pdf", bad.scanned_pdf, "scanned_pdf"),
        ("bom.docx", bad.bomb, "zip_bomb"),
        ("bom-ngam.docx", bad.quiet_bomb, None),
        ("khong-phai.docx", lambda: bad.zipped({"a.txt": b"x"}), "broken_docx"),
        ("khong-phai-word.docx", lambda: "Đây là chữ thường".encode(), None),
        ("300-trang.pdf", lambda: bad.blank_pdf(300), None),
        ("toan-dau-cach.txt", lambda: b" \n \n", "empty"),
    ],
)
def test_each_file_that_cannot_be_read_says_so_on_the_screen(office, give, name, make, code):
    data = make()
    plan = give(data, name)
    document = plan.documents.get()
    assert plan.status == PlanStatus.UNREADABLE
    assert document.state == PlanDocument.State.FAILED
    if code:
        assert document.error_code == code
    assert document.error_code != "internal"
    page = office.get(reverse("plans:plan", args=[plan.pk])).content.decode()
    assert escape(document.error) in page
    assert "Hãy" in document.error
    assert plan.findings.count() == 0
    kept = office.get(reverse("plans:file", args=[plan.pk, document.pk]))
    assert b"".join(kept.streaming_content) == data


def test_tcvn3_is_read_and_the_officer_is_told_to_look(give):
    plan = give(bad.TCVN3.encode("latin-1"), "tcvn3.txt")
    assert plan.status == PlanStatus.CHECKING
    assert "Các trường gửi ít nhất 02 bài/tháng" in plan.documents.get().text
    warning = plan.findings.get(kind="warning", data__code="encoding")
    assert "TCVN3" in warning.label
    assert plan.findings.get(kind="quota").data["count"] == 2


# — our own plans, in three formats ——————————————————————————————————————————————————————


@pytest.mark.parametrize("ending", ["txt", "docx", "pdf"])
def test_our_own_plan_is_read_alike_from_every_format(office, give, ending):
    path = OWN / f"song-lam-2026.{ending}"
    plan = give(path.read_bytes(), path.name)
    assert plan.status == PlanStatus.CHECKING, plan.documents.get().error
    page = office.get(reverse("plans:check", args=[plan.pk])).content.decode()
    kinds = sorted(row.kind for row in plan.findings.exclude(kind="warning"))
    assert len(kinds) > 20
    for row in plan.findings.all():
        assert f'id="m{row.position}"' in page
    same = give((OWN / "song-lam-2026.txt").read_bytes() + b" ", "ban-chu.txt")
    assert sorted(row.kind for row in same.findings.exclude(kind="warning")) == kinds


# — the real plans, read in place —————————————————————————————————————————————————————————


@pytest.mark.real_plans
@pytest.mark.parametrize(
    ("name", "number", "signed_on"),
    [
        ("hoa-binh-2025.txt", "100/KH-SGD&ĐT", "2025-01-20"),
        ("tp-hcm-2024.txt", "101/KH-SGDĐT", "2024-05-20"),
        ("lai-chau-2020-2021.txt", "102/KH-SGDĐT", "2020-10-20"),
    ],
)
def test_a_real_plan_goes_all_the_way_to_what_is_owed(
    cast, office, give, django_capture_on_commit_callbacks, name, number, signed_on
):
    path = real_plans.plan(name)
    make_unit("Phòng Giáo dục Trung học", Kind.PHONG_SO, cast.so)
    plan = give(path.read_bytes(), name)
    assert plan.status == PlanStatus.CHECKING
    office.post(
        reverse("plans:header", args=[plan.pk]),
        {"number": number, "signed_on": signed_on, "title": plan.title, "signer": plan.signer,
         "starts_on": plan.starts_on.isoformat(), "ends_on": plan.ends_on.isoformat()},
    )  # fmt: skip
    _decide(office, plan)
    assert selectors.progress_of(plan).left == 0
    with django_capture_on_commit_callbacks(execute=True):
        office.post(reverse("plans:issue", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.status == PlanStatus.ISSUED
    assert plan.topics.exists()
    assert plan.directives.exists()
    assert office.get(reverse("plans:plan", args=[plan.pk])).status_code == 200


def _decide(office: Client, plan: Plan) -> None:
    """Answer with the first choice, confirm what is complete, leave out the rest."""
    for _ in range(200):
        asked = plan.findings.filter(state=FindingState.PROPOSED).exclude(question=None).first()
        if asked is None:
            break
        choice = "0" if asked.question.get("choices") or asked.question["kind"] == "conflict" else "-1"
        if not asked.question.get("name") and not asked.question.get("choices"):
            office.post(reverse("plans:dismiss", args=[plan.pk, asked.position]))
            asked.question = None
            continue
        office.post(reverse("plans:answer", args=[plan.pk, asked.position]), {"choice": choice})
        asked.refresh_from_db()
    for row in plan.findings.filter(state=FindingState.PROPOSED):
        office.post(reverse("plans:confirm", args=[plan.pk, row.position]))
        row.refresh_from_db()
        if row.state == FindingState.PROPOSED:
            office.post(reverse("plans:dismiss", args=[plan.pk, row.position]))


@pytest.mark.real_plans
def test_hoa_binh_asks_what_a_careful_officer_reads_in_it(cast, office, give):
    plan = give(real_plans.plan("hoa-binh-2025.txt").read_bytes(), "hoa-binh-2025.txt")
    found = {kind: list(plan.findings.filter(kind=kind)) for kind in ("quota", "deadline", "recurring", "basis")}
    assert [(q.data["count"], q.data["period"], q.data["proof"]) for q in found["quota"]] == [
        (1, "month", Proof.STORY),
        (8, "year", Proof.PRESS),
        (2, "year", Proof.PRESS),
    ]
    assert [d.data["due_on"] for d in found["deadline"]] == ["2025-05-30", "2025-11-29"]
    periods = [r.data["period"] for r in found["recurring"]]
    assert [p for p in periods if p] == ["month", "semester", "school_year"]
    assert len([p for p in periods if not p]) == 3
    assert DirectiveKind.QUOTA == "quota"
    doubted = {b.data["number"]: b.warning["code"] for b in found["basis"] if b.warning}
    assert doubted["42/2022/NĐ-CP"] == "basis.expired_since"
    assert doubted["37/2024/NQ/QH11"] == "basis.suffix"
    assert plan.findings.filter(kind="task").count() == 24
    tops = [t for t in plan.findings.filter(kind="topic") if t.data["level"] == 1]
    assert [t.data["number"] for t in tops] == [str(n) for n in range(1, 11)]
    direct = found["quota"][2]
    assert direct.data["audience"]["classes"] == ["truc-thuoc"]
