"""A file becomes findings: given, read by the job, refused with a sentence; nothing lost, nothing twice."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vanban.reading import read_document
from loa.plans import services, tasks
from loa.plans.models import Finding, Plan, PlanDocument
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.plans.services.documents import SameFile
from loa.plans.tests.factories import PLAN_TEXT, make_direct_class, plan_file

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def so(cast):
    make_direct_class()
    return cast.so


@pytest.fixture
def upload(cast, so, django_capture_on_commit_callbacks):
    """Upload a file as the office and let the job run."""

    def give(text: str | bytes = PLAN_TEXT, name: str = "ke-hoach.txt", actor=None) -> Plan:
        data = text.encode() if isinstance(text, str) else text
        with django_capture_on_commit_callbacks(execute=True):
            plan = services.upload_plan(actor=actor or cast.office, unit=so, upload=SimpleUploadedFile(name, data))
        plan.refresh_from_db()
        return plan

    return give


def test_an_uploaded_plan_is_read_and_waits_to_be_checked(cast, upload):
    with clock.frozen("2026-02-01"):
        plan = upload()
    assert plan.status == PlanStatus.CHECKING
    assert (plan.number, plan.signer) == ("218/KH-SGDĐT", "Phạm Quốc Bảo")
    assert plan.title == "Kế hoạch Truyền thông về giáo dục và đào tạo năm 2026"
    assert (str(plan.signed_on), str(plan.starts_on), str(plan.ends_on)) == (
        "2026-01-12",
        "2026-01-01",
        "2026-12-31",
    )
    kinds = [row.kind for row in plan.findings.all()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "basis": 4, "topic": 4, "recurring": 2, "quota": 2, "deadline": 1, "task": 3,
    }  # fmt: skip
    assert [row.position for row in plan.findings.all()] == list(range(1, 17))
    assert Notice.objects.get(user=cast.office).code == "plans.document.read"


def test_every_finding_points_at_its_own_words(upload):
    plan = upload()
    document = plan.documents.get()
    for row in plan.findings.exclude(kind="warning"):
        assert row.document == document
        assert " ".join(document.text[row.start : row.end].split()) == row.quote


def test_names_become_units_and_classes_or_questions(cast, upload):
    plan = upload()
    first, second, third = plan.findings.filter(kind="task")
    assert first.data["lead"] == [{"as_printed": "Văn phòng Sở", "audience": _unit(cast.van_phong)}]
    assert first.data["support"][0]["audience"]["classes"] == ["truc-thuoc"]
    assert first.question is None
    assert second.question["kind"] == "name"
    assert second.question["name"] == "Phòng CTHSSV"
    assert third.data["lead"][0]["audience"] == _unit(cast.phong_tccb)
    quota = plan.findings.filter(kind="quota").first()
    assert quota.data["audience"]["classes"] == ["truc-thuoc"]
    assert quota.question is None


def test_what_an_officer_does_is_owed_by_the_units_that_send_him(cast, upload):
    section = "2. Các đơn vị, trường học trực thuộc"
    assert section in PLAN_TEXT
    own, sent = (
        upload(PLAN_TEXT.replace(section, f"{section}\n\n{duty}"), f"{number}.txt")
        .findings.filter(kind="recurring", data__period="quarter")
        .get()
        for number, duty in enumerate(
            ("- Hằng quý báo cáo Văn phòng Sở.", "- Cử cán bộ làm đầu mối báo cáo Văn phòng Sở hằng quý.")
        )
    )
    assert (own.data["who"], sent.data["who"]) == (
        "Các đơn vị, trường học trực thuộc",
        "cán bộ đầu mối của đơn vị, trường học trực thuộc",
    )
    assert own.data["audience"]["classes"] == ["truc-thuoc"]
    assert sent.data["audience"] == own.data["audience"]
    assert sent.question is None


def test_citations_are_judged_by_the_registry(upload):
    with clock.frozen("2026-11-20"):
        plan = upload()
    told = {row.data["number"]: (row.warning or {}).get("code") for row in plan.findings.filter(kind="basis")}
    assert told == {
        "07/CT-TTg": None,
        "42/2022/NĐ-CP": "basis.expired_within",
        "09/2024/TT-BGDĐT": None,
        "37/2024/NQ/QH11": "basis.suffix",
    }


def test_the_job_may_run_twice_without_doubling_anything(upload):
    plan = upload()
    document = plan.documents.get()
    tasks.read_plan_document.func(document.pk)
    reading = read_document(PLAN_TEXT.encode(), "x.txt").to_dict(with_source=True)
    assert services.store_reading(document_id=document.pk, reading=reading) is None
    assert plan.findings.count() == 16


def test_a_job_killed_in_the_middle_leaves_nothing_and_reads_all_when_run_again(cast, so, monkeypatch):
    plan = services.upload_plan(actor=cast.office, unit=so, upload=plan_file())
    document = plan.documents.get()

    class Killed(BaseException):
        pass

    def killed(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("loa.plans.services.documents._carry_over", killed)
        with pytest.raises(Killed):
            tasks.read_plan_document.func(document.pk)
    plan.refresh_from_db()
    document.refresh_from_db()
    assert (plan.status, document.state, plan.findings.count()) == (PlanStatus.READING, "reading", 0)
    tasks.read_plan_document.func(document.pk)
    assert plan.findings.count() == 16


def test_an_unexpected_error_keeps_the_file_says_so_and_lets_the_queue_try_again(cast, so, monkeypatch):
    plan = services.upload_plan(actor=cast.office, unit=so, upload=plan_file())
    document = plan.documents.get()

    def broken(*args, **kwargs):
        raise RuntimeError("x")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "read_document", broken)
        with pytest.raises(RuntimeError):
            tasks.read_plan_document.func(document.pk)
    document.refresh_from_db()
    plan.refresh_from_db()
    assert plan.status == PlanStatus.UNREADABLE
    assert document.error_code == "internal"
    assert "Tệp vẫn được giữ" in document.error
    tasks.read_plan_document.func(document.pk)
    plan.refresh_from_db()
    assert plan.status == PlanStatus.CHECKING


def _docx_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        bomb.writestr("word/document.xml", b"0" * 200_000_000)
    return out.getvalue()


def test_what_cannot_be_read_is_kept_with_its_sentence_and_another_file_can_be_given(
    cast, upload, django_capture_on_commit_callbacks
):
    plan = upload(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ke-hoach.docx")
    document = plan.documents.get()
    assert plan.status == PlanStatus.UNREADABLE
    assert document.state == PlanDocument.State.FAILED
    assert document.error
    assert document.file.storage.exists(document.file.name)
    assert Notice.objects.get(user=cast.office).code == "plans.document.failed"
    with django_capture_on_commit_callbacks(execute=True):
        services.replace_document(actor=cast.office, plan=plan, upload=plan_file())
    plan.refresh_from_db()
    assert plan.status == PlanStatus.CHECKING
    assert plan.documents.count() == 2
    assert plan.findings.count() == 16


def test_text_in_composed_letters_is_read_like_any_other(upload):
    import unicodedata

    plan = upload(unicodedata.normalize("NFD", PLAN_TEXT), "NFD.txt")
    assert plan.findings.exclude(kind="warning").count() == 16
    assert plan.findings.filter(kind="warning", data__code="nfd").count() == 1


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("ke-hoach.txt", b"", "plans.empty"),
        ("ke-hoach.exe", b"MZ", "plans.ending"),
        ("ke-hoach", b"abc", "plans.ending"),
    ],
)
def test_what_is_no_plan_is_refused_at_the_door_and_nothing_is_kept(cast, so, name, data, code):
    with pytest.raises(InvalidInput) as refused:
        services.upload_plan(actor=cast.office, unit=so, upload=SimpleUploadedFile(name, data))
    assert refused.value.code == code
    assert not Plan.objects.exists()
    assert not PlanDocument.objects.exists()


def test_too_large_a_file_is_refused(cast, so, settings):
    settings.LOA_UPLOAD_MAX_BYTES = 100
    with pytest.raises(InvalidInput) as refused:
        services.upload_plan(actor=cast.office, unit=so, upload=plan_file())
    assert refused.value.code == "plans.too_large"
    assert not Plan.objects.exists()


def test_the_same_file_again_is_told_and_leads_to_the_plan(cast, so, upload):
    plan = upload()
    with pytest.raises(SameFile) as refused:
        services.upload_plan(actor=cast.office, unit=so, upload=plan_file(name="ten-khac.txt"))
    assert refused.value.plan_id == plan.pk
    assert Plan.objects.count() == 1


def test_only_those_who_manage_plans_may_give_one(cast, so):
    for person in (cast.owner, cast.lead, cast.editor, cast.director, cast.admin, cast.outsider):
        with pytest.raises(Refused):
            services.upload_plan(actor=person, unit=so, upload=plan_file())
    assert not Plan.objects.exists()


def test_a_better_file_keeps_what_was_decided_alike(cast, upload, django_capture_on_commit_callbacks):
    plan = upload()
    kept = plan.findings.get(kind="basis", data__number="07/CT-TTg")
    services.confirm_finding(actor=cast.office, finding=kept)
    better = PLAN_TEXT.replace("02 tin, bài/tháng", "03 tin, bài/tháng")
    with django_capture_on_commit_callbacks(execute=True):
        services.replace_document(actor=cast.office, plan=plan, upload=plan_file(better))
    plan.refresh_from_db()
    assert plan.status == PlanStatus.CHECKING
    again = plan.findings.get(kind="basis", data__number="07/CT-TTg")
    assert again.pk != kept.pk
    assert (again.state, again.decided_by) == (FindingState.CONFIRMED, cast.office)
    assert plan.findings.filter(state=FindingState.CONFIRMED).count() == 1
    assert plan.findings.filter(kind=FindingKind.QUOTA).first().data["count"] == 3


def test_while_a_file_is_being_read_no_other_is_taken(cast, so):
    plan = services.upload_plan(actor=cast.office, unit=so, upload=plan_file())
    with pytest.raises(Conflict):
        services.replace_document(actor=cast.office, plan=plan, upload=plan_file("khác"))
    with pytest.raises(Conflict):
        services.read_again(actor=cast.office, plan=plan)


def test_an_old_job_does_not_write_over_a_newer_file(cast, upload, django_capture_on_commit_callbacks):
    plan = upload(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "ke-hoach.docx")
    old = plan.documents.get()
    services.replace_document(actor=cast.office, plan=plan, upload=plan_file())
    tasks.read_plan_document.func(old.pk)
    reading = read_document(PLAN_TEXT.encode(), "x.txt").to_dict(with_source=True)
    assert services.store_reading(document_id=old.pk, reading=reading) is None
    assert Finding.objects.count() == 0


def test_deeds_are_logged(cast, upload):
    upload()
    assert set(LogEntry.objects.filter(action__startswith="plans.").values_list("action", flat=True)) == {
        "plans.document.uploaded",
        "plans.document.read",
    }


def test_the_registry_is_loaded_once_and_again_without_doubling():
    from loa.plans.models import LegalDocument

    lines = services.load_legal_documents()
    assert services.load_legal_documents() == lines == LegalDocument.objects.count()
    replaced = LegalDocument.objects.get(number="42/2022/NĐ-CP")
    assert str(replaced.valid_to) == "2026-07-01"
    assert [change.by.number for change in replaced.changes.all()] == ["224/2026/NĐ-CP"]


def _unit(unit) -> dict:
    return {"classes": [], "units": [unit.pk], "except": []}
