"""The road of a story from the first word to the public page, and every refusal on it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from wagtail.models import TaskState, WorkflowState

from loa.accounts.models import Notice
from loa.audit.models import LogEntry
from loa.core import clock
from loa.core.errors import AppError, Conflict, InvalidInput, NotFound, Refused
from loa.newsroom import events, services
from loa.newsroom.models import Story, StoryVersion
from loa.newsroom.rules import Reason, Stage, UnitStep, VersionKind
from loa.newsroom.tests.factories import TEXT, draft, on_board, published, sent
from loa.org.models import Membership
from loa.org.rules import Role
from loa.org.tests.factories import make_user

MORNING = dt.datetime(2026, 11, 18, 9, 0, tzinfo=clock.VIETNAM)  # a Wednesday


@pytest.fixture(autouse=True)
def _wednesday():
    with clock.frozen(MORNING):
        yield


@pytest.fixture
def heard():
    """What the listeners of upper domains heard, in order."""
    calls: list[tuple[str, int, str]] = []
    added = []
    for name in ("story_published", "story_withdrawn", "story_changed"):
        registry = getattr(events, name)

        def listen(*, story, actor, name=name):
            calls.append((name, story.pk, story.stage))

        registry.register("test", listen)
        added.append(registry)
    yield calls
    for registry in added:
        registry._entries.pop("test")


def codes(story):
    return [
        action.removeprefix("newsroom.story.")
        for action in LogEntry.objects.filter(object_id=story.pk).order_by("pk").values_list("action", flat=True)
    ]


def notices(user):
    return list(Notice.objects.filter(user=user, cancelled_at=None).order_by("pk").values_list("code", flat=True))


def snapshot():
    """Everything that a refusal must leave as it was."""
    return (
        list(Story.objects.order_by("pk").values_list("pk", "stage", "version", "title", "live", "locked_by")),
        StoryVersion.objects.count(),
        TaskState.objects.count(),
        list(WorkflowState.objects.order_by("pk").values_list("status", flat=True)),
        LogEntry.objects.count(),
        Notice.objects.count(),
    )


def refuses(error, call, **arguments):
    before = snapshot()
    with pytest.raises(error) as caught:
        call(**arguments)
    assert snapshot() == before
    return caught.value


# — the whole road ————————————————————————————————————————————————————————————————
def test_from_the_first_word_to_the_public_page(cast, heard):
    story = draft(cast)
    assert (story.stage, story.live, story.version) == (Stage.DRAFT, False, 1)
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=1)
    assert story.stage == Stage.UNIT_REVIEW
    assert notices(cast.lead) == ["newsroom.story.to_approve"]
    story = services.story_approve_unit(actor=cast.lead, story_id=story.pk, version=1)
    assert story.stage == Stage.BOARD_REVIEW
    # eight working hours from 09:00 on Wednesday: 6 h that day, then 07:30 + 2 h on Thursday
    assert clock.local(story.board_due_at).strftime("%d/%m %H:%M") == "19/11 09:30"
    assert notices(cast.lead) == []
    assert notices(cast.owner) == ["newsroom.story.approved_unit"]
    assert notices(cast.editor) == notices(cast.chief) == ["newsroom.story.to_review"]
    story = services.story_publish(actor=cast.editor, story_id=story.pk, version=1)
    story.refresh_from_db()
    assert (story.stage, story.live, story.has_unpublished_changes) == (Stage.PUBLISHED, True, False)
    assert story.slug == "bua-com-ban-tru-ngay-mua-o-son-thuong"
    assert story.published_at == MORNING
    assert story.live_revision_id == story.latest_revision_id
    assert heard == [("story_published", story.pk, Stage.PUBLISHED)]
    assert [s.status for s in TaskState.objects.order_by("pk")] == ["approved", "approved"]
    assert WorkflowState.objects.get().status == "approved"
    assert codes(story) == ["created", "submitted", "approved_unit", "published"]
    assert "newsroom.story.published" in notices(cast.owner)
    assert notices(cast.editor) == []
    assert [v.kind for v in story.versions.all()] == [VersionKind.PUBLISHED, VersionKind.SENT, VersionKind.DRAFT]
    assert mail.outbox == []  # Wagtail's mail inside the request is off


def test_a_failing_listener_takes_the_publishing_back(cast):
    story = on_board(cast)

    def broken(*, story, actor):
        raise RuntimeError("evidence")

    events.story_published.register("broken", broken)
    try:
        refuses(RuntimeError, services.story_publish, actor=cast.editor, story_id=story.pk, version=1)
    finally:
        events.story_published._entries.pop("broken")
    assert not Story.objects.get().live


# — nobody approves their own ————————————————————————————————————————————————————
def test_a_lead_who_writes_is_passed_over_when_alone(cast):
    story = draft(cast, author=cast.lead)
    story = services.story_submit(actor=cast.lead, story_id=story.pk, version=1)
    assert (story.stage, story.unit_step) == (Stage.BOARD_REVIEW, UnitStep.LEAD_WROTE)
    assert "thẳng Ban Biên tập" in str(story.unit_step_note)
    assert codes(story)[-1] == "unit_passed"


def test_a_lead_who_writes_is_approved_by_the_other_lead(cast):
    deputy = make_user("Lò Văn Khum", (Role.UNIT_LEAD, cast.school))
    story = draft(cast, author=cast.lead)
    story = services.story_submit(actor=cast.lead, story_id=story.pk, version=1)
    assert story.stage == Stage.UNIT_REVIEW
    error = refuses(Refused, services.story_approve_unit, actor=cast.lead, story_id=story.pk, version=1)
    assert "tự duyệt" in str(error)
    assert services.story_approve_unit(actor=deputy, story_id=story.pk, version=1).stage == Stage.BOARD_REVIEW


def test_a_lead_who_changed_the_text_may_not_approve_it(cast):
    story = draft(cast)
    services.story_save(actor=cast.lead, story_id=story.pk, version=1, fields={"title": "Tựa khác"})
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=2)
    assert (story.stage, story.unit_step) == (Stage.BOARD_REVIEW, UnitStep.LEAD_WROTE)


def test_opening_without_changing_is_not_writing(cast):
    story = draft(cast)
    services.story_save(actor=cast.lead, story_id=story.pk, version=1, fields=TEXT)
    assert services.story_submit(actor=cast.owner, story_id=story.pk, version=1).stage == Stage.UNIT_REVIEW


def test_a_unit_without_lead_goes_to_the_board_with_a_note(cast):
    Membership.objects.filter(user=cast.lead).delete()
    story = sent(cast)
    assert (story.stage, story.unit_step) == (Stage.BOARD_REVIEW, UnitStep.NO_LEAD)
    assert TaskState.objects.order_by("pk").first().status == "skipped"


def test_an_editor_does_not_publish_their_own(cast):
    story = draft(cast, author=cast.editor, unit=cast.so)
    story = services.story_submit(actor=cast.editor, story_id=story.pk, version=1)
    assert story.stage == Stage.BOARD_REVIEW
    assert notices(cast.editor) == []
    refuses(Refused, services.story_publish, actor=cast.editor, story_id=story.pk, version=1)
    assert services.story_publish(actor=cast.chief, story_id=story.pk, version=1).live


def test_stories_of_a_lead_who_left_are_passed_on(cast):
    story = sent(cast)
    assert services.pass_stuck() == 0
    Membership.objects.filter(user=cast.lead).update(valid_to=dt.date(2026, 11, 18))
    assert services.pass_stuck() == 1
    story.refresh_from_db()
    assert (story.stage, story.unit_step) == (Stage.BOARD_REVIEW, UnitStep.NO_LEAD)
    assert services.story_publish(actor=cast.editor, story_id=story.pk, version=1).live


# — returning and taking back ————————————————————————————————————————————————————
def test_the_lead_returns_and_it_comes_back_to_the_lead(cast):
    story = sent(cast)
    story = services.story_return(
        actor=cast.lead, story_id=story.pk, version=1, reason=Reason.FIGURES, text="Bao nhiêu phụ huynh?"
    )
    assert story.stage == Stage.RETURNED
    assert story.returned_reason == "Cần thêm số liệu hoặc tên người. Bao nhiêu phụ huynh?"
    notice = Notice.objects.get(user=cast.owner, code="newsroom.story.returned")
    assert notice.data["reason"] == story.returned_reason
    story = services.story_save(
        actor=cast.owner, story_id=story.pk, version=1, fields={"lead": "Mười một phụ huynh."}
    )
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=2)
    assert (story.stage, story.returned_reason) == (Stage.UNIT_REVIEW, "")
    notice.refresh_from_db()
    assert notice.cancelled_at


def test_what_the_board_returned_comes_back_to_the_board(cast):
    story = on_board(cast)
    services.story_return(actor=cast.editor, story_id=story.pk, version=1, reason=Reason.PHOTO)
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=1)
    assert (story.stage, story.unit_step) == (Stage.BOARD_REVIEW, UnitStep.AGAIN)
    assert "unit_passed" not in codes(story)


def test_returning_needs_words(cast):
    story = sent(cast)
    refuses(InvalidInput, services.story_return, actor=cast.lead, story_id=story.pk, version=1, text=" ")
    refuses(
        InvalidInput, services.story_return, actor=cast.lead, story_id=story.pk, version=1, reason="x", text="y"
    )


def test_recall_begins_the_review_anew(cast):
    story = on_board(cast)
    story = services.story_recall(actor=cast.owner, story_id=story.pk)
    assert (story.stage, story.unit_approved_at) == (Stage.DRAFT, None)
    assert notices(cast.editor) == ["newsroom.story.recalled"]
    story = services.story_submit(actor=cast.owner, story_id=story.pk, version=1)
    assert story.stage == Stage.UNIT_REVIEW


def test_no_recall_while_an_editor_is_at_work(cast):
    story = on_board(cast)
    services.story_claim(actor=cast.editor, story_id=story.pk)
    error = refuses(Conflict, services.story_recall, actor=cast.owner, story_id=story.pk)
    assert cast.editor.full_name in str(error)


# — who may not ——————————————————————————————————————————————————————————————————
@pytest.mark.parametrize(
    ("who", "error"),
    [("outsider", NotFound), ("outsider_lead", NotFound), ("director", NotFound), ("colleague", Refused)],
)
def test_writing_is_refused(cast, who, error):
    story = draft(cast)
    actor = getattr(cast, who)
    refuses(error, services.story_save, actor=actor, story_id=story.pk, version=1, fields={"title": "x"})
    refuses(error, services.story_submit, actor=actor, story_id=story.pk, version=1)
    refuses(error, services.story_delete_draft, actor=actor, story_id=story.pk)
    refuses(Refused, services.story_create, actor=cast.director, unit_id=cast.school.pk)


@pytest.mark.parametrize(
    ("who", "error"),
    [("outsider_lead", NotFound), ("owner", Refused), ("colleague", Refused), ("editor", Refused)],
)
def test_approving_for_the_unit_is_refused(cast, who, error):
    story = sent(cast)
    refuses(error, services.story_approve_unit, actor=getattr(cast, who), story_id=story.pk, version=1)


@pytest.mark.parametrize(
    ("who", "error"), [("outsider", NotFound), ("owner", Refused), ("lead", Refused), ("director", NotFound)]
)
def test_the_boards_deeds_are_refused(cast, who, error):
    story = on_board(cast)
    actor, at = getattr(cast, who), MORNING + dt.timedelta(hours=3)
    ids = {"actor": actor, "story_id": story.pk}
    refuses(error, services.story_publish, **ids, version=1)
    refuses(error, services.story_schedule, **ids, version=1, at=at)
    refuses(error, services.story_return, **ids, version=1, reason=Reason.PHOTO)
    refuses(error, services.story_review_edit, **ids, version=1, fields={"title": "x"})
    refuses(error, services.story_claim, **ids)
    refuses(error, services.story_withdraw, **ids, reason="x")


def test_deeds_out_of_turn_are_conflicts(cast):
    story = draft(cast)
    refuses(Conflict, services.story_publish, actor=cast.editor, story_id=story.pk, version=1)
    refuses(Conflict, services.story_approve_unit, actor=cast.lead, story_id=story.pk, version=1)
    refuses(Conflict, services.story_withdraw, actor=cast.editor, story_id=story.pk, reason="x")
    refuses(Conflict, services.story_recall, actor=cast.owner, story_id=story.pk)
    story = sent(cast)
    refuses(Refused, services.story_save, actor=cast.owner, story_id=story.pk, version=1, fields={"title": "x"})
    refuses(Conflict, services.story_publish, actor=cast.editor, story_id=story.pk, version=1)
    refuses(Conflict, services.story_delete_draft, actor=cast.owner, story_id=story.pk)


def test_a_decision_on_an_older_text_is_a_conflict(cast):
    story = on_board(cast)
    services.story_review_edit(actor=cast.editor, story_id=story.pk, version=1, fields={"title": "Tựa mới hơn"})
    refuses(services.EditConflict, services.story_publish, actor=cast.editor, story_id=story.pk, version=1)


def test_an_empty_story_is_not_sent(cast):
    story = draft(cast, title="")
    assert (
        refuses(InvalidInput, services.story_submit, actor=cast.owner, story_id=story.pk, version=1).field
        == "title"
    )
    story = draft(cast, body="<p> </p>")
    assert (
        refuses(InvalidInput, services.story_submit, actor=cast.owner, story_id=story.pk, version=1).field
        == "body"
    )


# — Wagtail's own doors ——————————————————————————————————————————————————————————
def test_wagtail_cannot_publish_round_the_service(cast):
    from django.core.management import call_command

    story = on_board(cast)
    refuses(AppError, story.latest_revision.publish, user=cast.editor)
    refuses(AppError, story.publish, revision=story.latest_revision)
    story = published(cast)
    refuses(AppError, story.unpublish)
    call_command("publish_scheduled")


def test_wagtails_task_actions_come_to_the_services(cast):
    story = sent(cast)
    state = story.current_workflow_task_state
    task = state.task.specific
    assert task.get_actions(story, cast.outsider_lead) == task.get_actions(story, cast.owner) == []
    assert [name for name, _label, _more in task.get_actions(story, cast.lead)] == ["reject", "approve"]
    assert list(TaskState.objects.reviewable_by(cast.lead)) == [state]
    assert not TaskState.objects.reviewable_by(cast.outsider_lead).exists()
    assert task.locked_for_user(story, cast.owner)
    refuses(NotFound, task.on_action, task_state=state, user=cast.outsider_lead, action_name="approve")
    task.on_action(state, cast.lead, "approve")
    story.refresh_from_db()
    assert story.stage == Stage.BOARD_REVIEW
    board = story.current_workflow_task_state
    assert list(TaskState.objects.reviewable_by(cast.editor)) == [board]
    board.task.specific.on_action(board, cast.editor, "reject", comment="Thêm số liệu")
    story.refresh_from_db()
    assert (story.stage, story.returned_reason) == (Stage.RETURNED, "Thêm số liệu")


# — the board ————————————————————————————————————————————————————————————————————
def test_the_boards_correction_leaves_the_authors_version(cast):
    story = on_board(cast)
    story = services.story_review_edit(
        actor=cast.editor,
        story_id=story.pk,
        version=1,
        fields={"title": "Bữa cơm ngày mưa", "author": 1, "stage": "x"},
    )
    assert (story.title, story.version, story.locked_by) == ("Bữa cơm ngày mưa", 2, cast.editor)
    assert story.author == cast.owner
    board, sent_version, _draft = story.versions.all()
    assert (board.kind, board.revision.content["title"]) == (VersionKind.BOARD, "Bữa cơm ngày mưa")
    assert (sent_version.kind, sent_version.revision.content["title"]) == (VersionKind.SENT, TEXT["title"])
    # correcting for the board is not writing: the editor may publish it
    assert services.story_publish(actor=cast.editor, story_id=story.pk, version=2).live


def test_two_editors_do_not_collide(cast):
    story = on_board(cast)
    services.story_claim(actor=cast.editor, story_id=story.pk)
    ids = {"actor": cast.chief, "story_id": story.pk}
    refuses(Conflict, services.story_claim, **ids)
    refuses(Conflict, services.story_review_edit, **ids, version=1, fields={"title": "x"})
    refuses(Conflict, services.story_publish, **ids, version=1)
    refuses(Conflict, services.story_release, **ids)
    story = services.story_claim(**ids, take_over=True)
    assert story.locked_by == cast.chief
    assert notices(cast.editor) == ["newsroom.story.taken_over"]
    story = services.story_release(**ids)
    assert (story.locked, story.locked_by) == (False, None)


def test_assigning(cast):
    story = on_board(cast)
    story = services.story_assign(actor=cast.chief, story_id=story.pk, editor_id=cast.editor.pk)
    assert story.locked_by == cast.editor
    assert "newsroom.story.assigned" in notices(cast.editor)
    refuses(InvalidInput, services.story_assign, actor=cast.chief, story_id=story.pk, editor_id=cast.lead.pk)


def test_remarks(cast):
    story = on_board(cast)
    remark = services.story_comment(
        actor=cast.editor, story_id=story.pk, text="Bỏ câu này\nvì chưa có căn cứ", quote="Kho chỉ còn gạo"
    )
    assert "newsroom.story.comment" in notices(cast.owner)
    services.story_comment(actor=cast.owner, story_id=story.pk, text="Em đã sửa")
    assert "newsroom.story.comment" in notices(cast.editor)
    refuses(NotFound, services.story_comment, actor=cast.outsider, story_id=story.pk, text="x")
    refuses(InvalidInput, services.story_comment, actor=cast.owner, story_id=story.pk, text="  ")
    refuses(NotFound, services.story_comment_resolve, actor=cast.outsider, comment_id=remark.pk)
    refuses(Refused, services.story_comment_resolve, actor=cast.colleague, comment_id=remark.pk)
    assert services.story_comment_resolve(actor=cast.owner, comment_id=remark.pk).resolved_by == cast.owner


def test_blocked_until_mended(cast, heard):
    story = on_board(cast, body="<p>Ủng hộ xin gọi thầy Toàn 0912 345 678.</p>")
    error = refuses(InvalidInput, services.story_publish, actor=cast.editor, story_id=story.pk, version=1)
    assert "0912 345 678" in str(error)
    assert heard == []
    services.story_review_edit(
        actor=cast.editor, story_id=story.pk, version=1, fields={"body": "<p>Liên hệ văn thư trường.</p>"}
    )
    assert services.story_publish(actor=cast.editor, story_id=story.pk, version=2).live


# — after publication ————————————————————————————————————————————————————————————
def test_withdraw_and_publish_anew(cast, heard):
    story = published(cast)
    refuses(InvalidInput, services.story_withdraw, actor=cast.editor, story_id=story.pk, reason=" ")
    story = services.story_withdraw(actor=cast.editor, story_id=story.pk, reason="Sai số liệu")
    assert (story.stage, story.live, story.withdrawn_reason) == (Stage.WITHDRAWN, False, "Sai số liệu")
    assert "newsroom.story.withdrawn" in notices(cast.owner)
    story = services.story_reopen(actor=cast.editor, story_id=story.pk)
    assert story.stage == Stage.BOARD_REVIEW
    story = services.story_publish(actor=cast.editor, story_id=story.pk, version=story.version)
    assert (story.live, story.withdrawn_reason) == (True, "")
    assert [call[0] for call in heard] == ["story_published", "story_withdrawn", "story_published"]


def test_a_correction_is_dated_and_public(cast, heard):
    story = published(cast)
    ids = {"actor": cast.editor, "story_id": story.pk}
    refuses(InvalidInput, services.story_correct, **ids, version=1, note="", fields={"lead": "187 học sinh"})
    refuses(Refused, services.story_correct, **{**ids, "actor": cast.owner}, version=1, note="x", fields={})
    story = services.story_correct(
        **ids, version=1, note="Số học sinh là 187, không phải 186.", fields={"lead": "187 học sinh"}
    )
    story.refresh_from_db()
    assert (story.live, story.lead, story.version) == (True, "187 học sinh", 2)
    assert (story.correction, story.corrected_at) == ("Số học sinh là 187, không phải 186.", MORNING)
    assert story.published_at == MORNING
    assert story.has_unpublished_changes is False
    assert heard[-1] == ("story_changed", story.pk, Stage.PUBLISHED)
    story = services.story_correct(**ids, version=2, note="Tên cô là Sen.", fields={})
    assert story.correction == "Tên cô là Sen.\n18/11/2026: Số học sinh là 187, không phải 186."


def test_a_draft_is_thrown_away_whole(cast):
    from wagtail.models import Revision

    from loa.newsroom.models import StoryImage
    from loa.newsroom.tests.factories import with_photo

    story = draft(cast)
    with_photo(cast, story)
    services.story_delete_draft(actor=cast.owner, story_id=story.pk)
    assert not Story.objects.exists()
    assert not StoryImage.objects.exists()
    assert not Revision.objects.exists()
    assert LogEntry.objects.last().data == {"title": TEXT["title"]}


def test_a_returned_draft_is_thrown_away_with_its_review(cast):
    story = sent(cast)
    services.story_return(actor=cast.lead, story_id=story.pk, version=1, reason=Reason.NOT_NOW)
    services.story_delete_draft(actor=cast.owner, story_id=story.pk)
    assert not WorkflowState.objects.exists()


def test_what_is_public_is_found_and_nothing_else(cast):
    from loa.core import fts

    def found(words):
        return [hit.object_id for hit in fts.search(words, kinds=["story"], public=True).hits]

    on_board(cast, title="Bản nháp không ai thấy")
    story = published(cast)
    assert found("bua com ban tru") == [story.pk]
    assert found("nhóm bếp") == [story.pk]
    assert found("bản nháp") == []
    services.story_correct(
        actor=cast.editor, story_id=story.pk, version=1, note="Sửa", fields={"lead": "Mười một phụ huynh gùi rau"}
    )
    assert found("gui rau") == [story.pk]
    assert fts.rebuild("story") == 1
    services.story_withdraw(actor=cast.editor, story_id=story.pk, reason="Sai")
    assert found("bua com ban tru") == []


# — at an hour ——————————————————————————————————————————————————————————————————
def test_scheduled_publishing_also_after_a_stand_still(cast, heard):
    story = on_board(cast)
    at = MORNING + dt.timedelta(hours=2)
    ids = {"actor": cast.editor, "story_id": story.pk}
    refuses(InvalidInput, services.story_schedule, **ids, version=1, at=MORNING - dt.timedelta(minutes=1))
    refuses(InvalidInput, services.story_schedule, **ids, version=1, at=MORNING + dt.timedelta(days=400))
    story = services.story_schedule(**ids, version=1, at=at)
    assert (story.stage, story.live, story.go_live_at) == (Stage.SCHEDULED, False, at)
    assert services.publish_due() == 0
    with clock.frozen(MORNING + dt.timedelta(days=2)):
        assert services.publish_due() == 1
        assert services.publish_due() == 0
    story.refresh_from_db()
    assert (story.stage, story.live, story.go_live_at) == (Stage.PUBLISHED, True, None)
    assert heard == [("story_published", story.pk, Stage.PUBLISHED)]
    assert codes(story)[-2:] == ["scheduled", "published"]
    assert "newsroom.story.published" in notices(cast.owner)


def test_the_timetable_knows_the_jobs(cast, django_capture_on_commit_callbacks):
    from django.utils.module_loading import import_string

    from config.schedule import SCHEDULE

    story = on_board(cast)
    services.story_schedule(actor=cast.editor, story_id=story.pk, version=1, at=MORNING + dt.timedelta(minutes=1))
    lines = {line.name: line for line in SCHEDULE}
    assert lines["publish-stories"].every <= dt.timedelta(seconds=30)
    import_string(lines["pass-stories"].task).func()
    with clock.frozen(MORNING + dt.timedelta(minutes=2)):
        import_string(lines["publish-stories"].task).func()
    story.refresh_from_db()
    assert story.live


def test_taking_the_hour_off(cast):
    story = on_board(cast)
    ids = {"actor": cast.editor, "story_id": story.pk}
    services.story_schedule(**ids, version=1, at=MORNING + dt.timedelta(hours=2))
    refuses(Conflict, services.story_review_edit, **ids, version=1, fields={"title": "x"})
    story = services.story_unschedule(**ids)
    assert (story.stage, story.go_live_at) == (Stage.BOARD_REVIEW, None)
    with clock.frozen(MORNING + dt.timedelta(days=1)):
        assert services.publish_due() == 0
        assert services.story_publish(**ids, version=1).live


def test_one_that_cannot_go_out_stops_no_other(cast):
    first, second = on_board(cast), on_board(cast)
    for story in (first, second):
        services.story_schedule(
            actor=cast.editor, story_id=story.pk, version=1, at=MORNING + dt.timedelta(minutes=5)
        )
    Story.objects.filter(pk=first.pk).update(title="")
    with clock.frozen(MORNING + dt.timedelta(hours=1)):
        assert services.publish_due() == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stage, second.stage) == (Stage.BOARD_REVIEW, Stage.PUBLISHED)
    assert "newsroom.story.blocked" in notices(cast.editor)


def test_membership_of_tomorrow_gives_no_right_today(cast):
    story = sent(cast)
    deputy = make_user("Lò Văn Khum")
    Membership.objects.create(
        user=deputy, unit=cast.school, role=Role.UNIT_LEAD, valid_from=MORNING.date() + dt.timedelta(days=1)
    )
    refuses(NotFound, services.story_approve_unit, actor=deputy, story_id=story.pk, version=1)
