"""What the office does with readers' comments, as the inbox asks for it: answers, showing, hiding, deleting.

The page is our own: nothing is sent anywhere, so that doing a thing twice is doing it once, and looking whether it
was done is looking into the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from loa.channels.inbound.rules import Verb
from loa.channels.rules import Outcome, Result
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.portal.comments.rules import MOST_ANSWER, MOVES, STANDING, State
from loa.portal.models import Comment, CommentAnswer
from loa.portal.services import public_changed

#: nothing is connected, and what comes is held until one of us has read it
OWN = True
MOST = {Verb.REPLY: MOST_ANSWER}
VERBS = frozenset({Verb.REPLY, Verb.HIDE, Verb.UNHIDE, Verb.DELETE})


@transaction.atomic
def do(doing: Any, action: Any) -> Outcome:
    """Carry it out."""
    comment = Comment.objects.select_for_update().filter(account=action.account_id, key=action.target).first()
    if comment is None or comment.state not in STANDING:
        return Outcome(Result.SENT) if _gone_anyway(comment, action.verb) else Outcome(Result.REFUSED, "gone")
    if action.verb == Verb.REPLY:
        return _answer(comment, action)
    target = {Verb.UNHIDE: State.SHOWN, Verb.HIDE: State.HIDDEN, Verb.DELETE: State.DELETED}.get(action.verb)
    if target is None:
        return Outcome(Result.REFUSED, "no_api")
    if comment.state != target:
        MOVES.require(comment.state, target, "")
        comment.state = target
        if target == State.SHOWN:
            comment.shown_at = comment.shown_at or clock.now()
        if target == State.DELETED:
            comment.name, comment.text = "", ""
        comment.save()
        public_changed()
        if target in (State.HIDDEN, State.DELETED):
            _tell(comment)
    return Outcome(Result.SENT)


def _gone_anyway(comment: Comment | None, verb: str) -> bool:
    return comment is not None and verb in (Verb.HIDE, Verb.DELETE)


def _answer(comment: Comment, action: Any) -> Outcome:
    answer, made = CommentAnswer.objects.get_or_create(
        action=action.pk,
        defaults={
            "comment": comment,
            "signed": str(action.payload.get("signed") or action.account)[:200],
            "text": str(action.payload.get("text") or ""),
            "at": clock.now(),
        },
    )
    if made:
        public_changed()
        _tell(comment)
    return Outcome(Result.SENT, external_id=f"tl{answer.pk}")


def _tell(comment: Comment) -> None:
    if comment.mail:
        from loa.portal.comments.tasks import tell_writer

        enqueue_after_commit(tell_writer, comment.pk)


def find(doing: Any, action: Any) -> Outcome:
    """Whether an answer is there."""
    answer = CommentAnswer.objects.filter(action=action.pk).first()
    return Outcome(Result.SENT, external_id=f"tl{answer.pk}") if answer else Outcome(Result.ABSENT, "looked")


def signed(keys: Sequence[str]) -> dict[str, str]:
    """key → the name its writer wants to be shown with: read before it is shown, like the words."""
    return dict(Comment.objects.filter(key__in=list(keys)).exclude(name="").values_list("key", "name"))
