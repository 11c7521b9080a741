"""What anybody sees: the page for the press, files, ninjs; nothing before its hour."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path

import jsonschema
import pytest

from loa.core import clock
from loa.newsroom.rules import Consent
from loa.portal.models import PublicVersion
from loa.portal.tests.factories import make_site
from loa.press import services
from tests.press.factories import picture, upload

pytestmark = pytest.mark.django_db
SCHEMA = json.loads((Path(__file__).parent / "data/ninjs-schema_3.1.json").read_text(encoding="utf-8"))


def check_ninjs(answer):
    """Valid by the IPTC's own schema, formats and zones included."""
    data = json.loads(answer.content)
    checker = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    errors = [f"{list(error.absolute_path)}: {error.message[:200]}" for error in checker.iter_errors(data)]
    assert errors == []
    return data


def full(desk, **fields):
    """A release with everything: file, picture, number, contact."""
    release = desk.draft(**fields)
    services.file_add(actor=desk.cast.office, release_id=release.pk, file=upload())
    services.photo_add(actor=desk.cast.office, release_id=release.pk, upload=picture())
    services.photo_add(actor=desk.cast.office, release_id=release.pk, upload=picture("navy"))
    for photo in release.photos.all():
        services.photo_save(
            actor=desk.cast.office, release_id=release.pk, photo_id=photo.pk, consent="no_people",
            caption="Phòng thi", alt="Bàn ghế", credit="Văn phòng Sở",
        )  # fmt: skip
    services.release_submit(actor=desk.cast.office, release_id=release.pk)
    release.refresh_from_db()
    services.release_approve(actor=desk.speaker, release_id=release.pk, version=release.version, number=9)
    services.start_due()
    release.refresh_from_db()
    return release


def test_the_page_of_the_press(desk, client, django_assert_max_num_queries):
    release = full(desk)
    answer = client.get("/bao-chi/")
    html = answer.content.decode()
    assert "Công bố lịch thi vào lớp 10" in html
    assert "phatngon@songlam.example" in html
    assert "giaoduc@baosonglam.example" not in html
    assert "/bao-chi/mang/thi-va-tuyen-sinh/" in html
    assert "y-te-truong-hoc" not in html
    page = client.get(f"/bao-chi/thong-cao-{release.pk}/", follow=True)
    assert page.redirect_chain[0][1] == 301
    html = page.content.decode()
    assert "09/TC-" in html
    assert "Văn phòng Sở" in html
    for count in range(6):
        desk.released([], title=f"Thông cáo thứ {count}")
    with django_assert_max_num_queries(14):
        client.get("/bao-chi/")


def test_queries_of_the_page_do_not_grow(desk, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    full(desk)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get("/bao-chi/ninjs.json")
            client.get("/bao-chi/")
        counts.append(len(seen))
        for number in range(4):
            desk.released([], title=f"Thông cáo {number}")
    assert counts[1] <= counts[0] + 4  # one more topic of the register, never one for each release


def test_files_and_pictures_can_be_taken(desk, client):
    release = full(desk)
    html = client.get(f"/bao-chi/thong-cao-{release.pk}/", follow=True).content.decode()
    base = f"/bao-chi/tep/{release.pk}"
    assert f"{base}/thong-cao.pdf" in html
    pdf = client.get(f"{base}/thong-cao.pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    file = release.files.get()
    assert client.get(f"{base}/{file.pk}-{file.sha256[:12]}/").status_code == 200
    assert client.get(f"{base}/{file.pk}-{'0' * 12}/").status_code == 404
    packed = zipfile.ZipFile(io.BytesIO(b"".join(client.get(f"{base}/anh.zip").streaming_content)))
    assert sorted(packed.namelist()) == ["01-phong-thi.jpg", "02-phong-thi.jpg", "chu-thich.txt"]
    assert "Văn phòng Sở" in packed.read("chu-thich.txt").decode()
    photo = release.photos.first()
    address = f"/bao-chi/anh/{photo.pk}-{photo.sha256[:12]}-lon.jpg"
    assert client.get(address).status_code == 200
    release.photos.filter(pk=photo.pk).update(consent=Consent.REFUSED)
    assert client.get(address).status_code == 404


def test_ninjs_is_valid_by_the_schema(desk, client):
    release = full(desk)
    desk.released([], title="Không mảng", beat_ids=[], body="<p>&lt;b&gt; & “ngoặc”</p>", ai_assisted=True)
    feed = check_ninjs(client.get("/bao-chi/ninjs.json"))
    assert [item["title"] for item in feed["associations"]] == ["Không mảng", "Công bố lịch thi vào lớp 10"]
    item = check_ninjs(client.get(f"/bao-chi/thong-cao-{release.pk}/ninjs.json"))
    assert item["version"] == "1"
    assert item["pubStatus"] == "usable"
    assert item["subjects"] == [{"name": "Thi và tuyển sinh", "rel": "about"}]
    assert item["associations"][0]["by"] == "Văn phòng Sở"
    topic = check_ninjs(client.get("/bao-chi/mang/thi-va-tuyen-sinh/ninjs.json"))
    assert len(topic["associations"]) == 1
    assert client.get("/bao-chi/mang/khong-co/ninjs.json").status_code == 404


def test_ninjs_of_corrections_and_withdrawals(desk, client):
    release = full(desk)
    first = check_ninjs(client.get(f"/bao-chi/thong-cao-{release.pk}/ninjs.json"))
    new = services.release_correct(actor=desk.cast.office, release_id=release.pk)
    services.release_save(
        actor=desk.cast.office, release_id=new.pk, version=0, title=new.title, body="<p>Sửa.</p>",
        correction_note="Sai ngày.",
    )  # fmt: skip
    services.release_submit(actor=desk.cast.office, release_id=new.pk)
    new.refresh_from_db()
    services.release_approve(actor=desk.speaker, release_id=new.pk, version=new.version)
    services.start_due()
    feed = check_ninjs(client.get("/bao-chi/ninjs.json"))
    assert [(item["uri"], item["version"]) for item in feed["associations"]] == [(first["uri"], "2")]
    assert "Sai ngày." in feed["associations"][0]["edNote"]
    assert "đã được thay" in client.get(f"/bao-chi/thong-cao-{release.pk}/", follow=True).content.decode()
    services.release_withdraw(actor=desk.speaker, release_id=new.pk, reason="Chưa được phép.")
    item = check_ninjs(client.get("/bao-chi/ninjs.json"))["associations"][0]
    assert (item["pubStatus"], item["version"]) == ("canceled", "3")
    assert "bodies" not in item
    html = client.get(f"/bao-chi/thong-cao-{new.pk}/", follow=True).content.decode()
    assert "Chưa được phép." in html
    assert "Sửa." not in html
    assert client.get(f"/bao-chi/tep/{new.pk}/thong-cao.pdf").status_code == 404


def test_nothing_is_public_before_the_embargo_ends_but_the_key_opens_it(desk, client):
    end = clock.now() + dt.timedelta(hours=2)
    release = full(desk, embargo_until=end)
    photo = release.photos.first()
    shut = [
        f"/bao-chi/thong-cao-{release.pk}/",
        f"/bao-chi/thong-cao-{release.pk}/ninjs.json",
        f"/bao-chi/tep/{release.pk}/thong-cao.pdf",
        f"/bao-chi/tep/{release.pk}/anh.zip",
        f"/bao-chi/anh/{photo.pk}-{photo.sha256[:12]}-lon.jpg",
    ]
    assert [client.get(path).status_code for path in shut] == [404] * 5
    assert release.title not in client.get("/bao-chi/").content.decode()
    answer = client.get(f"/bao-chi/rieng/{release.key}/")
    html = answer.content.decode()
    assert "KHÔNG ĐĂNG, PHÁT TRƯỚC" in html
    assert answer["Cache-Control"] == "no-store"
    assert client.get(f"/bao-chi/tep/{release.pk}/thong-cao.pdf?khoa={release.key}").status_code == 200
    assert client.get(f"/bao-chi/tep/{release.pk}/thong-cao.pdf?khoa=khac").status_code == 404
    with clock.frozen(end + dt.timedelta(seconds=1)):
        assert [client.get(path, follow=True).status_code for path in shut] == [200] * 5


def test_drafts_are_nowhere(desk, client):
    release = desk.draft()
    assert client.get(f"/bao-chi/thong-cao-{release.pk}/").status_code == 404
    assert client.get(f"/bao-chi/rieng/{release.key}/").status_code == 404
    assert client.get(f"/bao-chi/tep/{release.pk}/thong-cao.pdf").status_code == 404


def test_a_member_site_shows_its_own_unit(desk, client, cast):
    make_site(cast.school, slug="son-thuong")
    desk.released([])
    html = client.get("/truong/son-thuong/bao-chi/").content.decode()
    assert "Công bố lịch thi" not in html
    assert client.get("/truong/son-thuong/bao-chi/ninjs.json").status_code == 200


def test_pages_are_told_that_something_changed(desk):
    before = PublicVersion.objects.values_list("value", flat=True).first() or 0
    desk.released([])
    assert PublicVersion.objects.values_list("value", flat=True).first() > before
