"""What is handed out, and how a browser is told to treat it."""

from __future__ import annotations

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.test import RequestFactory

from loa.core import downloads
from loa.core.banners import banner
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused


class Row:
    """Stands in for the row of a model that keeps a file."""

    pk = 1


def kept(name: str, data: bytes = b"<script>") -> FieldFile:
    field = FileField(storage=InMemoryStorage())
    field.attname = field.name = "file"
    return FieldFile(Row(), field, field.storage.save(name, ContentFile(data)))


def test_a_document_goes_out_under_its_name_and_kind():
    answer = downloads.made(b"PK", "kế hoạch.docx")
    assert (answer["Content-Type"], answer.content) == (downloads.DOCX, b"PK")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''k%E1%BA%BF%20ho%E1%BA%A1ch.docx"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert downloads.made(b"%PDF-", "a.pdf", inline=True)["Content-Disposition"].startswith("inline; ")


@pytest.mark.parametrize(
    ("name", "asked", "shown", "kind"),
    [
        ("anh.PNG", "minh-chung-7", "minh-chung-7.png", downloads.BYTES),
        ("a.pdf", "minh-chung-7", "minh-chung-7.pdf", "application/pdf"),
        ("a.html", "a.html", "a.html", downloads.BYTES),
        ("x", "x", "x", downloads.BYTES),
    ],
)
def test_a_kept_file_is_saved_never_shown(name, asked, shown, kind):
    answer = downloads.stored(kept(name), asked)
    assert answer["Content-Disposition"] == f'attachment; filename="{shown}"'
    assert (answer["Content-Type"], b"".join(answer.streaming_content)) == (kind, b"<script>")


def test_a_file_shown_in_the_browser_runs_nothing():
    answer = downloads.stored(kept("a.pdf"), "a.pdf", inline=True)
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_file_the_store_has_lost_is_not_found():
    lost = kept("a.pdf")
    lost.storage.delete(lost.name)
    with pytest.raises(NotFound):
        downloads.stored(lost, "a.pdf")


def test_pages_are_numbered_from_one():
    assert downloads.page_picture([b"one", b"two"], 2).content == b"two"
    for number in (0, 3, -1):
        with pytest.raises(NotFound):
            downloads.page_picture([b"one", b"two"], number)


# — banners ———————————————————————————————————————————————————————————————————————————


@pytest.fixture
def request_(rf: RequestFactory):
    made = rf.post("/")
    made.session = {}
    made._messages = FallbackStorage(made)
    return made


def said(request) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in request._messages]


def test_what_a_service_refuses_is_said_where_one_returns_to(request_):
    with banner(request_, "Đã ghi."):
        raise Conflict("Người khác vừa sửa.")
    with banner(request_, "Đã ghi."):
        pass
    assert said(request_) == [("error", "Người khác vừa sửa."), ("success", "Đã ghi.")]


@pytest.mark.parametrize("error", [Refused("không"), NotFound("không"), ValueError("không")])
def test_who_may_not_gets_the_page_of_that_error(request_, error):
    with pytest.raises(type(error)), banner(request_, "Đã ghi."):
        raise error
    assert said(request_) == []


def test_leaving_from_inside_still_says_it(request_):
    def view():
        with banner(request_, "Đã ghi."):
            return "đi tiếp"
        return "quay lại"

    assert view() == "đi tiếp"
    assert said(request_) == [("success", "Đã ghi.")]


def test_bad_input_is_a_banner_too(request_):
    with banner(request_):
        raise InvalidInput("Chưa chọn tệp nào.")
    assert said(request_) == [("error", "Chưa chọn tệp nào.")]
