"""What happens to an approved issue when a story or a picture in it is taken back, or a story is corrected.

What was approved is frozen: it would go out with what the portal shows no more. Before its hour it waits for
approval again; under way it stops, and who approves decides about the rest. Listeners of newsroom.events, in the
transaction of the deed.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.bulletins.engine.mail import compose
from loa.bulletins.models import Bulletin, Delivery
from loa.bulletins.rules import Letter, State, Why
from loa.bulletins.services.sending import move
from loa.core import clock
from loa.newsroom.models import Story, StoryPhoto
from loa.org.access import users_who_can

CODE = "bulletins.overtaken"


def story_gone(*, story: Story, actor: Any) -> None:
    """A story was taken down: it is mailed to nobody any more."""
    reason = _("Tin, bài “%(title)s” đã gỡ: %(reason)s") % {"title": story.title, "reason": story.withdrawn_reason}
    for bulletin in _with(story.pk):
        _overtaken(bulletin, reason, actor)


def story_changed(*, story: Story, actor: Any) -> None:
    """A public story was corrected: matters where the letter prints what changed (title, lead, address)."""
    reason = _("Tin, bài “%(title)s” đã đính chính sau khi bản tin được duyệt.") % {"title": story.title}
    for bulletin in _with(story.pk):
        if _printed(bulletin, 1):
            _overtaken(bulletin, reason, actor)


def photo_taken_back(*, photo: StoryPhoto, actor: Any) -> None:
    """Consent to a picture was taken back: matters where the letter shows it."""
    reason = _("Ảnh của tin, bài “%(title)s” không còn được dùng: sự đồng ý đã rút lại.") % {
        "title": photo.story.title
    }
    for bulletin in _with(photo.story_id):
        if _printed(bulletin, 0):
            _overtaken(bulletin, reason, actor)


def _printed(bulletin: Bulletin, part: int) -> bool:
    """Whether the letter (0: its HTML, 1: its words alone) would be another one now. What is overtaken already is
    made anew as it is then."""
    if bulletin.overtaken:
        return False
    return not bulletin.html or compose(bulletin)[part] != (bulletin.html, bulletin.text)[part]


def _with(story_id: int) -> list[Bulletin]:
    """Issues with that story of which a letter may still go, locked: one that is being approved at this moment is
    waited for."""
    unknown = Delivery.objects.filter(bulletin=OuterRef("pk"), state=Letter.FAILED, why=Why.UNKNOWN)
    found = Bulletin.objects.filter(
        Q(state__in=[State.WAITING, State.SCHEDULED, State.SENDING, State.HELD])
        | Q(Exists(unknown), state=State.SENT),
        items__story=story_id,
    )
    rows = Bulletin.objects.select_for_update(of=("self",)).select_related("mailing_list__unit")
    return list(rows.filter(pk__in=list(found.values_list("pk", flat=True))).order_by("pk"))


def _overtaken(bulletin: Bulletin, reason: str, actor: Any) -> None:
    if bulletin.state == State.WAITING:
        # Whoever has it open to approve looks again.
        bulletin.version += 1
        bulletin.save(update_fields=["version"])
        return
    if bulletin.state == State.SENT:
        # Letters nobody knows of may still be sent again (`unknown_decide`).
        bulletin.overtaken = True
        bulletin.save(update_fields=["overtaken"])
        return
    if bulletin.state == State.SCHEDULED:
        move(bulletin, State.WAITING)
        bulletin.html = bulletin.text = ""
        bulletin.approved_by = bulletin.approved_at = None
        bulletin.sent_for_approval_at = clock.now()
        bulletin.version += 1
    else:
        if bulletin.state == State.SENDING:
            move(bulletin, State.HELD)
            bulletin.note, bulletin.away, bulletin.wait_until = "", 0, None
        bulletin.overtaken = True
    bulletin.note = "\n".join(dict.fromkeys([*bulletin.note.splitlines(), reason]))
    bulletin.save()
    unit_id = bulletin.mailing_list.unit_id
    hands = set(bulletin.hands.values_list("pk", flat=True))
    # What was told before is told anew, with the reason of now.
    cancel_notices(code=CODE, key=str(bulletin.pk))
    notify(
        users=[user for user in users_who_can("bulletin.approve", unit_id) if user.pk not in hands],
        code=CODE,
        key=str(bulletin.pk),
        url=reverse("bulletins:bulletin", args=[bulletin.pk]),
        title=bulletin.subject,
        reason=reason,
    )
    log(CODE, actor=actor, obj=bulletin, unit_id=unit_id, reason=reason)
