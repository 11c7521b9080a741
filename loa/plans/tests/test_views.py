"""The screens through the browser's door: who sees what, what happens, what is refused with which words."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loa.plans import services
from loa.plans.models import Directive, Finding, Plan, PlanDocument
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.plans.tests.factories import PLAN_TEXT, make_class, make_directive, make_finding, make_plan, plan_file

HTMX = {"HTTP_HX_REQUEST": "true"}


def browser(user=None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def urls(plan: Plan, directive: Directive | None = None) -> dict[str, str]:
    """Every address of a plan that is read."""
    document = plan.documents.first()
    found = {
        "plan": reverse("plans:plan", args=[plan.pk]),
        "reading": reverse("plans:reading", args=[plan.pk]),
        "check": reverse("plans:check", args=[plan.pk]),
        "header": reverse("plans:header", args=[plan.pk]),
        "add": reverse("plans:add", args=[plan.pk]),
        "card": reverse("plans:card", args=[plan.pk, 1]),
        "edit": reverse("plans:edit", args=[plan.pk, 1]),
        "issue": reverse("plans:issue", args=[plan.pk]),
        "add_directive": reverse("plans:add_directive", args=[plan.pk]),
    }
    if document:
        found["file"] = reverse("plans:file", args=[plan.pk, document.pk])
    if directive:
        found["directive"] = reverse("plans:directive", args=[plan.pk, directive.pk])
        found["cancel"] = reverse("plans:cancel_directive", args=[plan.pk, directive.pk])
    return found


DEEDS = ["confirm", "dismiss", "reopen", "answer", "annotate", "edit"]


def deeds(plan: Plan) -> list[str]:
    """Every address of a plan that changes something."""
    return [reverse(f"plans:{name}", args=[plan.pk, 1]) for name in DEEDS] + [
        reverse(f"plans:{name}", args=[plan.pk])
        for name in ("group", "header", "add", "issue", "replace", "again", "add_directive")
    ]


# — who ————————————————————————————————————————————————————————————————————————————————


def test_a_stranger_is_sent_to_log_in(read_plan):
    client = browser()
    for url in [reverse("plans:list"), reverse("plans:upload"), *urls(read_plan).values()]:
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert answer["Location"].startswith(reverse("account_login"))
    for url in deeds(read_plan):
        assert client.post(url).status_code == 302, url
    assert read_plan.findings.exclude(state=FindingState.PROPOSED).count() == 0


def test_a_draft_does_not_exist_for_others(cast, read_plan):
    for person in (cast.owner, cast.lead, cast.commune, cast.editor, cast.admin, cast.outsider):
        client = browser(person)
        for name, url in urls(read_plan).items():
            assert client.get(url).status_code == 404, (person, name)
        for url in deeds(read_plan):
            assert client.post(url, {"choice": "0"}).status_code == 404, (person, url)
        assert read_plan.title not in client.get(reverse("plans:list")).content.decode()
    read_plan.refresh_from_db()
    assert read_plan.status == PlanStatus.CHECKING
    assert read_plan.findings.exclude(state=FindingState.PROPOSED).count() == 0


def test_those_who_check_open_every_screen(cast, read_plan):
    client = browser(cast.office)
    for name, url in urls(read_plan).items():
        assert client.get(url).status_code in (200, 302), name
    assert client.get(reverse("plans:list")).status_code == 200
    assert client.get(reverse("plans:upload")).status_code == 200


def test_the_leader_issues_but_does_not_check(cast, read_plan):
    client = browser(cast.director)
    answer = client.get(reverse("plans:plan", args=[read_plan.pk]))
    assert answer["Location"] == reverse("plans:issue", args=[read_plan.pk])
    assert client.get(answer["Location"]).status_code == 200
    assert client.get(reverse("plans:check", args=[read_plan.pk])).status_code == 403
    assert client.post(reverse("plans:confirm", args=[read_plan.pk, 1])).status_code == 403
    assert read_plan.findings.get(position=1).state == FindingState.PROPOSED


def test_an_issued_plan_is_open_to_those_below_and_changed_by_none_of_them(cast):
    make_class()
    plan = make_plan(cast.so)
    row = make_directive(plan)
    PlanDocument.objects.create(
        plan=plan, filename="a.txt", sha256="x", size=1, state="read", file=SimpleUploadedFile("a.txt", b"a")
    )
    client = browser(cast.owner)
    for name in ("plan", "directive", "file"):
        assert client.get(urls(plan, row)[name]).status_code == 200, name
    for name in ("check", "issue", "add_directive", "cancel"):
        assert client.get(urls(plan, row)[name]).status_code == 403, name
    assert client.post(urls(plan, row)["cancel"], {"reason": "x"}).status_code == 403
    row.refresh_from_db()
    assert row.cancelled_at is None


def test_a_file_that_could_not_be_read_stays_with_those_who_manage(cast, read_plan):
    failed = PlanDocument.objects.create(
        plan=read_plan,
        filename="b.pdf",
        sha256="y",
        size=1,
        state="failed",
        file=SimpleUploadedFile("b.pdf", b"b"),
    )
    Plan.objects.filter(pk=read_plan.pk).update(status=PlanStatus.ISSUED)
    url = reverse("plans:file", args=[read_plan.pk, failed.pk])
    assert browser(cast.owner).get(url).status_code == 404
    assert browser(cast.office).get(url).status_code == 200


def test_the_file_comes_with_headers_that_let_nothing_run(cast, read_plan):
    answer = browser(cast.office).get(urls(read_plan)["file"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).decode() == PLAN_TEXT


# — giving a file ————————————————————————————————————————————————————————————————————————


@pytest.fixture
def give(cast, django_capture_on_commit_callbacks):
    """Upload through the screen and let the job run."""
    client = browser(cast.office)

    def upload(data: bytes, name: str):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(
                reverse("plans:upload"), {"unit": cast.so.pk, "file": SimpleUploadedFile(name, data)}, follow=True
            )
        return answer, answer.content.decode()

    return upload


def test_a_plan_goes_from_the_door_to_the_checking_screen(cast, give):
    _answer, _page = give(PLAN_TEXT.encode(), "Kế hoạch 2026.txt")
    plan = Plan.objects.get()
    page = browser(cast.office).get(reverse("plans:plan", args=[plan.pk]), follow=True).content.decode()
    assert "Đối chiếu bản đọc với văn bản đã ký" in page
    assert "0/16 đã xác nhận" in page
    assert "Còn 16 mục thì ban hành được" in page


def test_the_same_file_again_leads_to_its_plan(cast, give):
    give(PLAN_TEXT.encode(), "a.txt")
    answer, page = give(PLAN_TEXT.encode(), "b.txt")
    assert Plan.objects.count() == 1
    assert answer.redirect_chain[0][0] == reverse("plans:plan", args=[Plan.objects.get().pk])
    assert "Tệp này đã được đưa lên" in page


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "rong.txt", "trống, không có chữ nào"),
        (b"MZ", "virus.exe", "Loa đọc được tệp .docx, .pdf"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_sentence(give, data, name, words):
    answer, page = give(data, name)
    assert answer.status_code == 400
    assert words in page
    assert not Plan.objects.exists()


def test_a_request_too_large_is_refused_before_it_is_read(cast, settings):
    settings.LOA_UPLOAD_MAX_BYTES = 1024
    client = browser(cast.office)

    class Unread:
        """A body that may not be touched."""

        def read(self, *args):
            raise AssertionError("the body was read")

        readline = read

    answer = client.generic(
        "POST",
        reverse("plans:upload"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(1_000_000_000),
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert "quá mức" in answer.content.decode()
    assert not Plan.objects.exists()


def test_the_upload_is_guarded_against_other_sites(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.office)
    answer = client.post(reverse("plans:upload"), {"unit": cast.so.pk, "file": plan_file()})
    assert answer.status_code == 403
    assert not Plan.objects.exists()


def test_what_cannot_be_read_says_why_keeps_the_file_and_takes_another(
    cast, give, django_capture_on_commit_callbacks
):
    give(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ke-hoach.docx")
    plan = Plan.objects.get()
    client = browser(cast.office)
    page = client.get(reverse("plans:plan", args=[plan.pk])).content.decode()
    assert "Loa chưa đọc được tệp này" in page
    assert plan.documents.get().error in page.replace("&quot;", '"').replace("&#x27;", "'")
    assert "Tệp đã đưa lên vẫn được giữ nguyên" in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("plans:replace", args=[plan.pk]), {"file": plan_file()})
    plan.refresh_from_db()
    assert plan.status == PlanStatus.CHECKING


def test_progress_is_shown_and_asked_for_again_until_it_is_read(cast):
    plan = services.upload_plan(actor=cast.office, unit=cast.so, upload=plan_file())
    document = plan.documents.get()
    services.start_reading(document_id=document.pk)
    services.set_reading_step(document_id=document.pk, step="Đọc bảng phân công", percent=90)
    client = browser(cast.office)
    url = reverse("plans:reading", args=[plan.pk])
    page = client.get(url, **HTMX).content.decode()
    assert "Đọc bảng phân công" in page
    assert "90%" in page
    assert "hx-trigger" in page
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.CHECKING)
    assert client.get(url, **HTMX)["HX-Redirect"] == reverse("plans:check", args=[plan.pk])
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.UNREADABLE)
    assert client.get(url, **HTMX)["HX-Refresh"] == "true"


# — checking ———————————————————————————————————————————————————————————————————————————


def test_both_columns_share_their_numbers(cast, read_plan):
    page = browser(cast.office).get(urls(read_plan)["check"]).content.decode()
    for row in read_plan.findings.all():
        assert f'id="m{row.position}"' in page
        assert re.search(rf'data-n="(?:\d+ )*{row.position}[ "]', page), row
    assert "style=" not in page
    assert "onclick" not in page


def test_marked_words_are_exactly_the_words_of_the_document(cast, read_plan):
    page = browser(cast.office).get(urls(read_plan)["check"]).content.decode()
    shown = "".join(re.findall(r'<mark class="[^"]*" data-n="2" data-s="\d+">([^<]*)</mark>', page))
    assert shown == read_plan.findings.get(position=2).quote


@pytest.mark.parametrize(
    ("chosen", "count"),
    [("", 16), ("can-cu", 4), ("noi-dung", 4), ("nhiem-vu", 3), ("chi-tieu", 2), ("thoi-han", 3), ("con-lai", 16)],
)
def test_tabs_filter_the_right_column(cast, read_plan, chosen, count):
    page = browser(cast.office).get(urls(read_plan)["check"], {"loc": chosen}).content.decode()
    assert page.count('data-card="') == count


def test_enter_confirms_and_goes_on(cast, read_plan):
    answer = browser(cast.office).post(reverse("plans:confirm", args=[read_plan.pk, 1]), **HTMX)
    assert answer.status_code == 200
    event = json.loads(answer["HX-Trigger-After-Settle"])["plans:changed"]
    assert event == {"n": 1, "css": "ok", "next": 2}
    page = answer.content.decode()
    assert "1/16 đã xác nhận" in page
    assert 'hx-swap-oob="true"' in page


def test_the_warnings_above_follow_every_decision(cast, read_plan):
    rows = list(read_plan.findings.filter(kind="quota")[:2])
    question = {"kind": "audience", "name": "", "choices": [{"label": "Sở", "audience": {"units": [cast.so.pk]}}]}
    read_plan.findings.update(question=None)
    for row in rows:
        row.question = question | {"name": row.label}
        row.save()
    client = browser(cast.office)
    assert "2 mục Loa chưa chắc" in client.get(urls(read_plan)["check"]).content.decode()
    for left, row in zip((1, 0), rows, strict=True):
        answer = client.post(reverse("plans:dismiss", args=[read_plan.pk, row.position]), **HTMX).content.decode()
        assert 'id="canh-bao"' in answer
        assert ("1 mục Loa chưa chắc" in answer) is bool(left)
        assert "2 mục Loa chưa chắc" not in answer


def test_without_a_script_the_same_buttons_work(cast, read_plan):
    client = browser(cast.office)
    answer = client.post(reverse("plans:confirm", args=[read_plan.pk, 1]))
    assert answer["Location"] == f"{urls(read_plan)['check']}#m2"
    answer = client.post(reverse("plans:dismiss", args=[read_plan.pk, 1]), {"loc": "can-cu"})
    assert answer["Location"] == f"{urls(read_plan)['check']}?loc=can-cu#m1"
    assert read_plan.findings.get(position=1).state == FindingState.DISMISSED
    client.post(reverse("plans:reopen", args=[read_plan.pk, 1]))
    assert read_plan.findings.get(position=1).state == FindingState.PROPOSED


def test_a_refusal_is_said_on_the_card(cast, read_plan):
    row = read_plan.findings.filter(kind="quota").first()
    row.data["audience"] = {}
    row.save()
    answer = browser(cast.office).post(reverse("plans:confirm", args=[read_plan.pk, row.position]), **HTMX)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert f'id="m{row.position}"' in page
    assert "Hãy chọn đơn vị phải thực hiện" in page


def test_every_kind_has_its_form_and_an_edit_is_saved(cast, read_plan):
    client = browser(cast.office)
    for kind in ("basis", "topic", "task", "quota", "deadline", "recurring"):
        row = read_plan.findings.filter(kind=kind).last()
        url = reverse("plans:edit", args=[read_plan.pk, row.position])
        for extra in ({}, HTMX):
            assert client.get(url, **extra).status_code == 200, kind
    row = read_plan.findings.get(kind="deadline")
    url = reverse("plans:edit", args=[read_plan.pk, row.position])
    values = {"title": "Báo cáo năm", "due_on": "2026-05-31", "proof": "report", "classes": ["truc-thuoc"]}
    client.post(url, values | {"unit_names": "Văn phòng Sở\nPhòng TCCB"})
    row.refresh_from_db()
    assert (row.state, row.data["due_on"], row.label) == (FindingState.CONFIRMED, "2026-05-31", "Báo cáo năm")
    assert row.data["audience"] == {
        "classes": ["truc-thuoc"],
        "units": sorted([cast.van_phong.pk, cast.phong_tccb.pk]),
        "except": [],
    }


def test_an_unknown_unit_in_a_form_is_said_and_the_form_keeps_its_words(cast, read_plan):
    row = read_plan.findings.get(kind="deadline")
    url = reverse("plans:edit", args=[read_plan.pk, row.position])
    values = {
        "title": "Báo cáo năm mới",
        "due_on": "2026-05-31",
        "proof": "report",
        "unit_names": "Trường Hoa Sen Xanh",
    }
    page = browser(cast.office).post(url, values).content.decode()
    assert "Hoa Sen Xanh" in page
    assert "Báo cáo năm mới" in page
    row.refresh_from_db()
    assert row.state == FindingState.PROPOSED


def test_a_task_is_edited_with_names_read_as_units(cast, read_plan):
    row = read_plan.findings.filter(kind="task")[1]
    url = reverse("plans:edit", args=[read_plan.pk, row.position])
    values = {
        "content": "Thư viện số",
        "lead_names": "Phòng Tổ chức cán bộ",
        "support_names": "",
        "topic": row.data["topic"],
    }
    browser(cast.office).post(url, values)
    row.refresh_from_db()
    assert row.data["lead"] == [
        {
            "as_printed": "Phòng Tổ chức cán bộ",
            "audience": {"classes": [], "units": [cast.phong_tccb.pk], "except": []},
        }
    ]
    assert (row.state, row.question) == (FindingState.CONFIRMED, None)


def test_selected_words_become_a_finding(cast, read_plan):
    text = read_plan.documents.get().text
    start = text.index("Thông tin về thư viện số")
    client = browser(cast.office)
    url = urls(read_plan)["add"]
    page = client.get(url, {"loai": "quota", "tu": start, "den": start + 24}).content.decode()
    assert "Thông tin về thư viện số" in page
    answer = client.post(
        url,
        {"loai": "quota", "tu": start, "den": start + 24, "title": "Video", "count": "2", "noun": "video",
         "period": "quarter", "proof": "story", "classes": ["truc-thuoc"]},
    )  # fmt: skip
    made = read_plan.findings.get(position=17)
    assert answer["Location"].endswith("?loc=chi-tieu#m17")
    assert (made.quote, made.data["genres"], made.state) == (
        "Thông tin về thư viện số",
        ["video"],
        FindingState.CONFIRMED,
    )


def test_a_group_is_confirmed_from_its_tab(cast, read_plan):
    client = browser(cast.office)
    page = client.get(urls(read_plan)["check"], {"loc": "noi-dung"}).content.decode()
    assert "Xác nhận cả 4 mục đã rõ" in page
    client.post(reverse("plans:group", args=[read_plan.pk]), {"loc": "noi-dung"})
    assert read_plan.findings.filter(kind="topic", state=FindingState.CONFIRMED).count() == 4


def test_the_replacing_document_is_noted_beside_the_expired_one(cast, read_plan):
    row = read_plan.findings.get(data__number="42/2022/NĐ-CP")
    row.warning = {"code": "basis.expired", "tone": "act", "data": {"replaced_by": "Nghị định 224/2026/NĐ-CP"}}
    row.save()
    browser(cast.office).post(reverse("plans:annotate", args=[read_plan.pk, row.position]), **HTMX)
    row.refresh_from_db()
    assert row.data["note"] == "Thay bằng Nghị định 224/2026/NĐ-CP"
    assert row.data["number"] == "42/2022/NĐ-CP"
    assert row.state == FindingState.CONFIRMED


def test_the_checking_screen_costs_the_same_for_many_findings(cast, read_plan):
    client = browser(cast.office)
    url = urls(read_plan)["check"]

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    queries()
    few = queries()
    quota = read_plan.findings.filter(kind="quota").first()
    task = read_plan.findings.filter(kind="task").first()
    last = read_plan.findings.count()
    for n in range(1, 61):
        source = quota if n % 2 else task
        data = dict(source.data)
        choices = [{"label": "x", "audience": {"units": [cast.xa.pk]}}]
        Finding.objects.create(
            plan=read_plan,
            document=source.document,
            kind=source.kind,
            position=last + n,
            label=f"Mục {n}",
            data=data,
            original=data,
            start=source.start,
            end=source.end,
            question={"kind": "audience", "name": f"N{n}", "choices": choices},
        )
    assert queries() == few


def test_list_and_plan_page_cost_the_same_for_many_rows(cast):
    make_class()
    client = browser(cast.owner)
    plan = make_plan(cast.so)
    make_directive(plan)

    def queries(url):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    page, listing = reverse("plans:plan", args=[plan.pk]), reverse("plans:list")
    queries(page)
    few = queries(page), queries(listing)
    for _ in range(12):
        make_directive(plan)
        make_directive(make_plan(cast.so))
    assert (queries(page), queries(listing)) == few


# — issuing ————————————————————————————————————————————————————————————————————————————


def test_from_file_to_what_a_school_owes(cast, give, django_capture_on_commit_callbacks):
    give(PLAN_TEXT.encode(), "a.txt")
    plan = Plan.objects.get()
    client = browser(cast.office)
    for row in plan.findings.exclude(question=None):
        client.post(reverse("plans:answer", args=[plan.pk, row.position]), {"choice": "-1"})
    for row in plan.findings.filter(state=FindingState.PROPOSED):
        client.post(reverse("plans:confirm", args=[plan.pk, row.position]))
    page = client.get(reverse("plans:check", args=[plan.pk])).content.decode()
    assert "16/16 đã xác nhận" in page
    leader = browser(cast.director)
    page = leader.get(reverse("plans:issue", args=[plan.pk])).content.decode()
    assert "đơn vị được giao việc" in page
    assert "24 tin, bài" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = leader.post(reverse("plans:issue", args=[plan.pk]), follow=True)
    assert "Đã ban hành" in answer.content.decode()
    page = browser(cast.outsider).get(reverse("plans:plan", args=[plan.pk])).content.decode()
    assert "2 tin, bài mỗi tháng" in page
    assert "Học bạ số" in page
    assert client.get(reverse("plans:check", args=[plan.pk]))["Location"] == reverse("plans:plan", args=[plan.pk])


def test_a_blocked_issue_says_why_and_issues_nothing(cast, read_plan):
    client = browser(cast.director)
    url = reverse("plans:issue", args=[read_plan.pk])
    page = client.get(url).content.decode()
    assert "Chưa ban hành được" in page
    assert "Còn 16 mục" in page
    page = client.post(url, follow=True).content.decode()
    assert "Chưa ban hành được. Còn 16 mục" in page
    read_plan.refresh_from_db()
    assert read_plan.status == PlanStatus.CHECKING


def test_something_is_added_after_a_preview_and_cancelled_with_a_reason(cast):
    make_class()
    plan = make_plan(cast.so, year=2099)
    client = browser(cast.office)
    url = reverse("plans:add_directive", args=[plan.pk])
    for kind in ("quota", "deadline", "recurring"):
        assert client.get(url, {"loai": kind}).status_code == 200
    values = {"loai": "quota", "title": "Video", "count": "2", "noun": "video", "period": "month"}
    values |= {"proof": "story", "classes": ["moi-truong"]}
    page = client.post(url, values | {"xem": "1"}).content.decode()
    assert "3 đơn vị, 6 video mỗi tháng" in page
    assert not Directive.objects.exists()
    client.post(url, values)
    row = Directive.objects.get()
    assert row.genres == ["video"]
    cancel = reverse("plans:cancel_directive", args=[plan.pk, row.pk])
    assert client.get(cancel).status_code == 200
    assert client.post(cancel, {"reason": ""}).status_code == 200
    client.post(cancel, {"reason": "Mưa lũ"})
    row.refresh_from_db()
    assert row.cancel_reason == "Mưa lũ"
    assert "Mưa lũ" in client.get(reverse("plans:directive", args=[plan.pk, row.pk])).content.decode()


def test_the_empty_list_shows_one_next_step(cast):
    page = browser(cast.office).get(reverse("plans:list")).content.decode()
    assert "Chưa có kế hoạch nào" in page
    assert page.count(reverse("plans:upload")) == 1
    assert reverse("plans:upload") not in browser(cast.owner).get(reverse("plans:list")).content.decode()


def test_who_does_not_manage_plans_finds_no_upload(cast):
    for person in (cast.editor, cast.admin, cast.owner):
        client = browser(person)
        assert client.get(reverse("plans:upload")).status_code == 403
        assert client.post(reverse("plans:upload"), {"unit": cast.so.pk, "file": plan_file()}).status_code in (
            400,
            403,
        )
    assert not Plan.objects.exists()


def test_an_unfinished_plan_shows_its_state_in_the_list(cast):
    plan = make_plan(cast.so, status=PlanStatus.CHECKING)
    make_finding(plan, FindingKind.TOPIC, state=FindingState.CONFIRMED)
    make_finding(plan)
    page = browser(cast.office).get(reverse("plans:list")).content.decode()
    assert "Đang đối chiếu" in page
    assert "1/2" in page
