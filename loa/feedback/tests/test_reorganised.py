"""A unit ended: its heir's people answer what was written to it."""

import pytest

from loa.audit.models import LogEntry
from loa.core import clock
from loa.feedback import access, services
from loa.feedback.models import Canned, Tag
from loa.feedback.tests.factories import comment, facebook_account, remark_of
from loa.org import events
from loa.org import services as org

pytestmark = pytest.mark.django_db


def test_conversations_and_ready_answers_go_to_the_heir(cast):
    page = facebook_account(cast.school)
    remark = remark_of(comment(page, key="c")[1])
    for unit, title in ((cast.school, "Lịch"), (cast.school, "Cơm"), (cast.primary, "Cơm")):
        Canned.objects.create(unit=unit, title=title, text="Chào")
    stakes = {str(one.label): one.count for one in events.stakes_of([cast.school.pk])}
    assert (stakes["trang, OA"], stakes["cuộc trao đổi chờ trả lời"]) == (1, 1)
    labels = [Tag.objects.create(unit=unit, name=name) for unit, name in (
        (cast.school, "Bếp ăn"), (cast.school, "Học phí"), (cast.primary, "Bếp ăn"),
    )]  # fmt: skip
    remark.thread.tags.set(labels[:2])
    org.unit_merge(actor=cast.admin, units=[cast.school], into=cast.primary, on=clock.today(), decision="1/QĐ")
    thread = access.threads_for(cast.chief, access.ANSWER).get(pk=remark.thread_id)
    assert (thread.unit, thread.home) == (cast.primary, cast.primary)
    services.thread_reply(actor=cast.chief, thread_id=thread.pk, text="Nhà trường đã sửa ạ", turn=0)
    # Two labels of one name are one; none is left behind.
    assert set(thread.tags.all()) == {labels[1], labels[2]}
    assert set(Tag.objects.filter(unit=cast.primary)) == {labels[1], labels[2]}
    assert not Tag.objects.filter(unit=cast.school).exists()
    [entry] = LogEntry.objects.filter(action="feedback.inbox.moved")
    assert (entry.object_id, entry.unit_id, entry.actor_id) == (cast.school.pk, cast.primary.pk, None)
    assert entry.data == {"threads": 1, "scenarios": 0, "canned": 1, "tags": 2}
    assert sorted(Canned.objects.filter(unit=cast.primary).values_list("title", flat=True)) == ["Cơm", "Lịch"]
