"""Writing, the second person, what is frozen; who may do what."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from docx import Document

from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.lib.vanban.write import lint_docx
from loa.newsroom.rules import Consent
from loa.portal.tests.factories import make_photo, make_story
from loa.press import papers, selectors, services
from loa.press.models import Contact, Release
from loa.press.rules import MOVES, State, letter_due, wants
from tests.press.factories import picture, upload

pytestmark = pytest.mark.django_db


def test_states_can_be_read_aloud():
    assert set(MOVES) == set(State)
    assert all(target in MOVES for targets in MOVES.values() for target in targets)


def test_who_is_meant_by_a_topic():
    assert wants([], [1])
    assert wants([1], [])
    assert wants([1, 2], [2])
    assert not wants([1], [2])


def test_an_embargo_is_kept_by_those_who_promised_and_waits_for_the_others():
    now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    end = now + dt.timedelta(hours=5)
    assert letter_due(now, end, keeps_embargo=True) == now
    assert letter_due(now, end, keeps_embargo=False) == end
    assert letter_due(now, None, keeps_embargo=False) == now


def test_whoever_wrote_cannot_approve(desk, cast):
    release = desk.draft()
    services.release_save(
        actor=cast.chief, release_id=release.pk, version=1, title="Lịch thi", body="<p>Khác.</p>"
    )
    services.release_submit(actor=cast.office, release_id=release.pk)
    release.refresh_from_db()
    for person in (cast.chief, cast.office):
        with pytest.raises(Refused):
            services.release_approve(actor=person, release_id=release.pk, version=release.version)
    release.refresh_from_db()
    assert (release.state, release.approved_by, release.docx.name) == (State.WAITING, None, "")
    services.release_approve(actor=desk.speaker, release_id=release.pk, version=release.version)


def test_what_changed_since_it_was_read_is_not_approved(desk, cast):
    release = desk.draft()
    services.release_submit(actor=cast.office, release_id=release.pk)
    with pytest.raises(Conflict):
        services.release_approve(actor=desk.speaker, release_id=release.pk, version=release.version - 1)
    assert Release.objects.get().state == State.WAITING


def test_outsiders_find_nothing_and_colleagues_change_nothing(desk, cast):
    release = desk.draft()
    with pytest.raises(NotFound):
        services.release_submit(actor=cast.outsider_lead, release_id=release.pk)
    with pytest.raises(Refused):
        services.release_create(actor=cast.outsider, unit_id=desk.unit.pk)
    with pytest.raises(Refused):
        services.outlet_save(actor=cast.editor, unit_id=desk.unit.pk, name="Báo khác", kind="paper")
    assert Release.objects.count() == 1
    assert not LogEntry.objects.filter(actor_id__in=[cast.outsider_lead.pk, cast.outsider.pk]).exists()


def test_the_document_keeps_to_the_decree(desk):
    release = desk.approved()
    release.number = 7
    with release.docx.open("rb") as stored:
        data = stored.read()
    assert lint_docx(data) == []
    text = "\n".join(row.text for row in Document(io.BytesIO(data)).paragraphs)
    assert "THÔNG CÁO" in text
    assert "Ngữ văn" in text
    assert papers.number_text(release).startswith("07/TC-")
    with release.pdf.open("rb") as stored:
        assert stored.read(5) == b"%PDF-"


def test_a_number_is_given_once_a_year(desk, cast):
    first = desk.draft()
    services.release_submit(actor=cast.office, release_id=first.pk)
    first.refresh_from_db()
    services.release_approve(actor=desk.speaker, release_id=first.pk, version=first.version, number=3)
    second = desk.draft(title="Việc khác")
    services.release_submit(actor=cast.office, release_id=second.pk)
    second.refresh_from_db()
    with pytest.raises(InvalidInput) as refused:
        services.release_approve(actor=desk.speaker, release_id=second.pk, version=second.version, number=3)
    assert refused.value.field == "number"
    second.refresh_from_db()
    assert second.state == State.WAITING


def test_an_embargo_must_lie_behind_the_release(desk, cast):
    soon = clock.now() + dt.timedelta(hours=1)
    with pytest.raises(InvalidInput):
        desk.draft(embargo_until=clock.now() - dt.timedelta(minutes=1))
    with pytest.raises(InvalidInput):
        desk.approved(embargo_until=soon, at=soon + dt.timedelta(hours=1))


def test_from_a_story_pictures_come_without_consent_to_the_press(desk, cast):
    story = make_story(cast.so, cast.owner, "Khai giảng")
    make_photo(story)
    make_photo(story, consent=Consent.REFUSED)
    release = services.release_create(actor=cast.office, unit_id=desk.unit.pk, story_id=story.pk)
    photo = release.photos.get()
    assert release.title == "Khai giảng"
    assert photo.missing == ["consent"]
    with pytest.raises(InvalidInput):
        services.release_submit(actor=cast.office, release_id=release.pk)
    services.photo_save(
        actor=cast.office, release_id=release.pk, photo_id=photo.pk, consent="obtained", caption="Lễ khai giảng",
        alt="Học sinh cầm cờ", credit="Văn phòng Sở",
    )  # fmt: skip
    assert [row.pk for row in selectors.photos_for_press(release)] == [photo.pk]
    # Whoever takes back the consent at the story takes it back here too.
    photo.story_photo.consent = Consent.REFUSED
    photo.story_photo.save()
    assert selectors.photos_for_press(release) == []


def test_files_are_taken_once_and_only_for_what_they_are(desk, cast):
    release = desk.draft()
    services.file_add(actor=cast.office, release_id=release.pk, file=upload())
    services.file_add(actor=cast.office, release_id=release.pk, file=upload("lai.pdf"))
    with pytest.raises(InvalidInput):
        services.file_add(actor=cast.office, release_id=release.pk, file=upload("giả.pdf", b"MZ\x90\x00"))
    assert release.files.count() == 1
    services.photo_add(actor=cast.office, release_id=release.pk, upload=picture())
    with pytest.raises(InvalidInput):
        services.photo_add(actor=cast.office, release_id=release.pk, upload=upload("anh.jpg"))
    assert release.photos.count() == 1


def test_what_is_approved_cannot_be_changed(desk, cast):
    release = desk.approved(at=clock.now() + dt.timedelta(days=1))
    for change in (
        lambda: services.release_save(actor=cast.office, release_id=release.pk, version=1, title="Khác"),
        lambda: services.file_add(actor=cast.office, release_id=release.pk, file=upload()),
        lambda: services.photo_add(actor=cast.office, release_id=release.pk, upload=picture()),
    ):
        with pytest.raises(Conflict):
            change()
    services.release_return(actor=cast.office, release_id=release.pk)
    release.refresh_from_db()
    assert (release.state, release.approved_by, release.docx.name) == (State.DRAFT, None, "")


def test_nobody_is_written_to_without_a_ground(desk, cast):
    with pytest.raises(InvalidInput) as refused:
        services.contact_save(
            actor=cast.office,
            outlet_id=desk.paper.pk,
            name="X",
            email="x@bao.example",
            basis="asked",
            basis_note=" ",
        )
    assert refused.value.field == "basis_note"
    with pytest.raises(InvalidInput):
        services.contact_save(
            actor=cast.office, outlet_id=desk.paper.pk, name="X", email="AN@baosonglam.example", basis="asked",
            basis_note="Thư",
        )  # fmt: skip
    assert Contact.objects.count() == 3
    services.contact_off(actor=cast.office, contact_id=desk.an.pk)
    with pytest.raises(InvalidInput):
        services.contact_back(actor=cast.office, contact_id=desk.an.pk, basis_note=desk.an.basis_note)
    services.contact_back(actor=cast.office, contact_id=desk.an.pk, basis_note="Thư mới ngày 10/10")
    desk.an.refresh_from_db()
    assert desk.an.active


def test_topics_in_use_stay(desk, cast):
    desk.draft()
    with pytest.raises(InvalidInput):
        services.beats_save(actor=cast.office, unit_id=desk.unit.pk, names=["Y tế trường học"])
    services.beats_save(actor=cast.office, unit_id=desk.unit.pk, names=["Thi và tuyển sinh", "Chuyển đổi số"])
    assert [beat.name for beat in selectors.beats_of(desk.unit.pk)] == ["Thi và tuyển sinh", "Chuyển đổi số"]


def test_proposed_receivers_follow_the_topic(desk):
    assert set(selectors.proposed(desk.unit.pk, {desk.exams.pk})) == {desk.desk.pk, desk.binh.pk}
