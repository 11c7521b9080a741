"""Whether a remark may stay: proposed, decided by another on a rule in force, with evidence; appeal by a third."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.channels.inbound import acting
from loa.channels.inbound.models import Action
from loa.channels.inbound.rules import Verb
from loa.channels.models import ChannelAccount, Health
from loa.channels.vault import opened, seal
from loa.core import clock
from loa.core.actor import request_from
from loa.core.errors import Conflict, InvalidInput, NotFound, Refused
from loa.feedback import access as doors
from loa.feedback.models import Ground, Remark, Ruling, Thread
from loa.feedback.rules import (
    EVIDENCE_DAYS,
    PRESSING,
    RULING_HOURS,
    RULING_URGENT_HOURS,
    STAGES,
    Deed,
    Klass,
    Seen,
    Side,
    Stage,
    removable,
    stuck,
)
from loa.feedback.services.answering import in_use, say, show_held, talk_of
from loa.feedback.services.wording import ruling_url
from loa.lib import vi
from loa.org import access as rights


def evidence_of(remark: Remark) -> tuple[str, str]:
    """(sealed snapshot, sha256 of what is in it): words as written, who by the channel's id, when, where."""
    text = str(opened(remark.sealed)["text"]) if remark.sealed else remark.masked
    snapshot = {
        "channel": remark.account.kind,
        "account": remark.account.external_id,
        "comment": remark.external_id,
        "post": remark.thread.place,
        "address": remark.thread.link,
        "writer": remark.speaker.external_id if remark.speaker else "",
        "text": text,
        "files": remark.files,
        "signed": signed_names([remark]).get(remark.external_id, ""),
        "said_at": remark.at.isoformat(),
        "taken_at": clock.now().isoformat(),
    }
    raw = json.dumps(snapshot, ensure_ascii=False, sort_keys=True)
    return seal({"raw": raw}), hashlib.sha256(raw.encode()).hexdigest()


def signed_names(remarks: Sequence[Remark]) -> dict[str, str]:
    """id at the channel → the name it is signed with, where a page of our own shows one; else nothing is known."""
    rows = [row for row in remarks if row.side == Side.IN and row.external_id]
    signed = getattr(talk_of(rows[0].thread), "signed", None) if rows else None
    found: dict[str, str] = signed([row.external_id for row in rows]) if signed is not None else {}
    return found


def evidence_opened(ruling: Ruling) -> dict[str, Any] | None:
    """The snapshot, None when it was altered or has gone."""
    if not ruling.evidence:
        return None
    raw = str(opened(ruling.evidence)["raw"])
    if hashlib.sha256(raw.encode()).hexdigest() != ruling.evidence_hash:
        return None
    found: dict[str, Any] = json.loads(raw)
    return found


@transaction.atomic
def ruling_propose(
    *, actor: Any, remark_id: int, klass: str, deed: str, ground_id: int | None = None, reason: str = ""
) -> Ruling:
    """Ask that a remark be kept and answered, hidden or deleted. Criticism can only be kept.

    Hiding and deleting need a rule in force today that forbids it, and a second person. Raises NotFound, Refused,
    InvalidInput, Conflict; on any of them nothing is written.
    """
    remark = doors.remark_for(actor, remark_id, doors.ANSWER)
    thread = Thread.objects.select_for_update().get(pk=remark.thread_id)
    if remark.side != Side.IN:
        raise Conflict(_("Chỉ xem xét được nội dung do người dân viết."))
    if klass not in set(Klass):
        raise InvalidInput(_("Hãy chọn nhóm nội dung."), field="klass")
    if deed not in set(Deed):
        raise InvalidInput(_("Hãy chọn cách xử lý."), field="deed")
    if remark.seen in (Seen.DELETED, Seen.TAKEN_BACK):
        raise Conflict(_("Nội dung này không còn trên kênh."))
    reason = vi.clean_lines(reason)[:1000]
    ground = None
    if deed != Deed.KEEP:
        ground = _ground_for(klass, ground_id)
        if not reason:
            raise InvalidInput(_("Hãy ghi lý do, nêu rõ câu nào vi phạm."), field="reason")
        verb = Verb.HIDE if deed == Deed.HIDE else Verb.DELETE
        talk = talk_of(remark.thread)
        if talk is None or verb not in talk.VERBS:
            raise Conflict(_("Kênh này không cho ẩn hay xoá nội dung người khác viết."))
        if deed == Deed.HIDE and remark.seen == Seen.HIDDEN:
            raise Conflict(_("Bình luận này đang ẩn rồi."))
    if Ruling.objects.filter(remark=remark, stage__in=[Stage.PROPOSED, Stage.APPEALED]).exists():
        raise Conflict(_("Nội dung này đang có một đề nghị chờ quyết định."))
    now = clock.now()
    hours = RULING_URGENT_HOURS if klass in PRESSING else RULING_HOURS
    sealed, digest = evidence_of(remark)
    ruling = Ruling.objects.create(
        remark=remark,
        klass=klass,
        ground=ground,
        deed=deed,
        reason=reason,
        stage=Stage.PROPOSED if deed != Deed.KEEP else Stage.CARRIED,
        due_at=now + dt.timedelta(hours=hours),
        evidence=sealed,
        evidence_hash=digest,
        evidence_at=now,
        evidence_until=clock.today() + dt.timedelta(days=EVIDENCE_DAYS),
        proposed_by=actor,
        proposed_at=now,
    )
    if deed != Deed.KEEP:
        notify(
            users=deciders(ruling),
            code="feedback.ruling.proposed",
            key=f"ruling-{ruling.pk}",
            url=ruling_url(ruling),
            actor=str(actor),
            deed=str(ruling.get_deed_display()).lower(),
        )
    elif remark.seen == Seen.WAITING:
        show_held(thread, actor)
    log(
        "feedback.ruling.proposed",
        actor=actor,
        obj=ruling,
        unit_id=thread.unit_id,
        klass=klass,
        deed=deed,
        ground=str(ground or ""),
    )
    return ruling


def _ground_for(klass: str, ground_id: int | None) -> Ground:
    if not removable(klass):
        raise InvalidInput(
            _("Phê bình, ý kiến trái chiều thì trả lời, không ẩn, không xoá. Hãy chọn “Để nguyên và trả lời”."),
            field="deed",
        )
    ground = Ground.objects.filter(pk=ground_id).first() if ground_id else None
    if ground is None:
        raise InvalidInput(_("Chỉ ẩn, xoá khi có căn cứ pháp luật. Hãy chọn căn cứ."), field="ground")
    if ground.klass != klass:
        raise InvalidInput(_("Căn cứ này không dùng cho nhóm nội dung đã chọn."), field="ground")
    if not ground.holds_on(clock.today()):
        raise InvalidInput(
            _("Căn cứ này không còn (hoặc chưa) có hiệu lực. Hãy chọn căn cứ khác."), field="ground"
        )
    return ground


def deciders(ruling: Ruling) -> list[Any]:
    """Who may decide it now: the second person, of an appeal the third."""
    before = (ruling.proposed_by_id, ruling.decided_by_id)
    people = rights.users_who_can(doors.DECIDE, ruling.remark.thread.unit_id)
    return [one for one in people if one.pk not in before]


def _decided(ruling: Ruling, step: str) -> None:
    """Nobody need be told any more that it waits."""
    for code in (step, "soon", "late"):
        cancel_notices(code=f"feedback.ruling.{code}", key=f"ruling-{ruling.pk}")


@transaction.atomic
def ruling_decide(*, actor: Any, ruling_id: int, agree: bool, opinion: str = "", tell: bool = False) -> Ruling:
    """The second person's decision; agreed, it is carried out. `tell`: the writer is told why, in private.

    Raises NotFound, Refused (also to whoever proposed), Conflict.
    """
    ruling = doors.ruling_for(actor, ruling_id, doors.DECIDE, lock=True)
    if actor.pk == ruling.proposed_by_id:
        raise Refused(_("Người đề nghị không tự quyết định. Hãy để người thứ hai xem."), code="feedback.second")
    target = Stage.CARRIED if agree else Stage.DECLINED
    STAGES.require(ruling.stage, target, _("Đề nghị này đã được quyết định. Hãy tải lại trang."))
    if agree and ruling.ground is not None and not ruling.ground.holds_on(clock.today()):
        raise Conflict(_("Căn cứ của đề nghị đã hết hiệu lực. Hãy đề nghị lại với căn cứ mới."))
    ruling.stage, ruling.opinion = target, vi.clean_lines(opinion)[:1000]
    ruling.decided_by, ruling.decided_at = actor, clock.now()
    remark = ruling.remark
    if agree:
        verb = Verb.HIDE if ruling.deed == Deed.HIDE else Verb.DELETE
        talk = talk_of(remark.thread)
        if tell and remark.thread.what == "comment" and talk is not None and Verb.PRIVATE in talk.VERBS:
            _tell_writer(ruling)
        ruling.action = acting.queue(
            actor=actor,
            account=remark.account,
            verb=verb,
            target=remark.external_id,
            key=f"ruling-{ruling.pk}",
        )
    ruling.save()
    if not agree and remark.seen == Seen.WAITING:
        # The second person finds that it may stand: then it stands.
        show_held(remark.thread, actor)
    _decided(ruling, "proposed")
    notify(
        users=[ruling.proposed_by],
        code="feedback.ruling.decided",
        key=f"ruling-{ruling.pk}",
        url=ruling_url(ruling),
        actor=str(actor),
        stage=str(ruling.get_stage_display()).lower(),
    )
    log("feedback.ruling.decided", actor=actor, obj=ruling, unit_id=remark.thread.unit_id, agree=agree)
    return ruling


def _tell_writer(ruling: Ruling) -> None:
    text = _(
        "%(page)s đã %(deed)s một bình luận của bạn vì lý do: %(klass)s (%(ground)s). Nếu thấy chưa đúng, "
        "bạn trả lời tin nhắn này để khiếu nại; một người khác sẽ xem lại."
    ) % {
        "page": ruling.remark.account,
        "deed": str(ruling.get_deed_display()).lower(),
        "klass": str(ruling.get_klass_display()).lower(),
        "ground": ruling.ground,
    }
    say(
        thread=ruling.remark.thread,
        side=Side.OUT,
        text=text,
        actor=ruling.decided_by,
        private=True,
        target=ruling.remark.external_id,
        key=f"ruling-{ruling.pk}-tell",
    )


@transaction.atomic
def appeal_record(*, actor: Any, ruling_id: int, text: str) -> Ruling:
    """The writer objects; whoever receives it enters it. Raises NotFound, Refused, InvalidInput, Conflict."""
    ruling = doors.ruling_for(actor, ruling_id, doors.ANSWER, lock=True)
    return _appealed(ruling, text, actor)


@transaction.atomic
def appeal_by_writer(*, account: Any, key: str, text: str) -> Ruling:
    """The writer objects, on a page of our own. The page knows that it is the writer. Raises NotFound,
    InvalidInput, Conflict.
    """
    rows = Ruling.objects.select_for_update(of=("self",)).select_related("remark__thread")
    rows = rows.filter(remark__account=account, remark__external_id=key).exclude(deed=Deed.KEEP)
    ruling = rows.order_by("-proposed_at").first()
    if ruling is None:
        raise NotFound(
            _("Ý kiến này không bị ẩn hay xoá nên không có gì để khiếu nại."), code="feedback.appeal.404"
        )
    # The reader's address is not the log's business.
    with request_from(""):
        return _appealed(ruling, text, None)


def _appealed(ruling: Ruling, text: str, actor: Any) -> Ruling:
    text = vi.clean_lines(text)[:4000]
    if not text:
        raise InvalidInput(_("Hãy ghi nội dung khiếu nại của người viết."), field="appeal")
    if ruling.deed == Deed.KEEP:
        raise Conflict(_("Nội dung này không bị ẩn hay xoá."))
    STAGES.require(ruling.stage, Stage.APPEALED, _("Hồ sơ này không ở bước nhận khiếu nại."))
    ruling.stage, ruling.appeal, ruling.appealed_at = Stage.APPEALED, text, clock.now()
    ruling.due_at, ruling.reminded = clock.now() + dt.timedelta(hours=RULING_HOURS), 0
    ruling.save()
    notify(
        users=deciders(ruling),
        code="feedback.ruling.appealed",
        key=f"ruling-{ruling.pk}",
        url=ruling_url(ruling),
        words=text[:120],
    )
    log("feedback.ruling.appealed", actor=actor, obj=ruling, unit_id=ruling.remark.thread.unit_id)
    return ruling


@transaction.atomic
def appeal_decide(*, actor: Any, ruling_id: int, uphold: bool, answer: str) -> Ruling:
    """A third person decides; a hidden remark that was hidden wrongly is shown again, a deleted one cannot be.

    Raises NotFound, Refused (to those who proposed or decided), InvalidInput, Conflict.
    """
    ruling = doors.ruling_for(actor, ruling_id, doors.DECIDE, lock=True)
    if actor.pk in (ruling.proposed_by_id, ruling.decided_by_id):
        raise Refused(
            _("Khiếu nại do người thứ ba xem, không phải người đã đề nghị hay quyết định."), code="feedback.third"
        )
    answer = vi.clean_lines(answer)[:1000]
    if not answer:
        raise InvalidInput(_("Hãy ghi câu trả lời khiếu nại."), field="answer")
    target = Stage.UPHELD if uphold else Stage.OVERTURNED
    STAGES.require(ruling.stage, target, _("Khiếu nại này đã được quyết định. Hãy tải lại trang."))
    ruling.stage, ruling.appeal_answer = target, answer
    ruling.appeal_by, ruling.appeal_decided_at = actor, clock.now()
    remark = ruling.remark
    if not uphold and ruling.deed == Deed.HIDE:
        ruling.action = acting.queue(
            actor=actor,
            account=remark.account,
            verb=Verb.UNHIDE,
            target=remark.external_id,
            key=f"ruling-{ruling.pk}-unhide",
        )
    ruling.save()
    _decided(ruling, "appealed")
    log("feedback.ruling.appeal_decided", actor=actor, obj=ruling, unit_id=remark.thread.unit_id, uphold=uphold)
    return ruling


@transaction.atomic
def ruling_redo(*, actor: Any, ruling_id: int) -> Ruling:
    """Have the channel try once more what was decided and not done. Raises NotFound, Refused, Conflict."""
    ruling = doors.ruling_for(actor, ruling_id, doors.DECIDE, lock=True)
    remark = ruling.remark
    action = Action.objects.select_for_update().filter(pk=ruling.action_id).first() if ruling.action_id else None
    if action is None or not stuck(action.verb, action.status, action.code, remark.seen):
        raise Conflict(_("Việc này không còn chờ thực hiện lại. Hãy tải lại trang."))
    if Ruling.objects.filter(remark=remark, pk__gt=ruling.pk).exists():
        raise Conflict(_("Bình luận này đã có đề nghị mới hơn. Hãy mở hồ sơ mới nhất."))
    account = ChannelAccount.objects.get(pk=action.account_id)
    in_use(account)
    if account.health == Health.BROKEN:
        raise Conflict(_("%(name)s chưa kết nối lại. Hãy kết nối lại rồi thực hiện.") % {"name": account})
    acting.again(action)
    ruling.action = action
    cancel_notices(code="feedback.ruling.stuck", key=f"action-{action.pk}")
    log("feedback.ruling.redone", actor=actor, obj=ruling, unit_id=remark.thread.unit_id, verb=action.verb)
    return ruling


def _may_keep_rules(actor: Any) -> None:
    """The rule set is one for all: kept at the top."""
    if not rights.units_where(actor, doors.DECIDE).filter(parent=None).exists():
        raise Refused(_("Danh mục căn cứ do Ban Biên tập, lãnh đạo của Sở giữ."), code="feedback.grounds")


@transaction.atomic
def ground_save(
    *, actor: Any, code: str, klass: str, law: str, article: str, text: str, valid_from: dt.date
) -> Ground:
    """Enter a rule of law. A rule that changes is ended and entered anew: rulings keep the one they stand on."""
    _may_keep_rules(actor)
    if klass not in set(Klass) - {Klass.CRITICISM}:
        raise InvalidInput(_("Hãy chọn nhóm vi phạm."), field="klass")
    law, text = vi.clean(law)[:200], vi.clean(text)[:400]
    if not law or not text:
        raise InvalidInput(_("Hãy ghi văn bản và nội dung cấm."), field="law")
    code = vi.slugify_vi(code or f"{klass} {law} {article}")[:40]
    if Ground.objects.filter(code=code).exists():
        raise InvalidInput(_("Căn cứ này đã có trong danh mục."), field="law")
    row = Ground.objects.create(
        code=code, klass=klass, law=law, article=vi.clean(article)[:120], text=text, valid_from=valid_from
    )
    log("feedback.ground.saved", actor=actor, obj=row)
    return row


@transaction.atomic
def ground_end(*, actor: Any, ground_id: int, on: dt.date) -> Ground:
    """The rule holds no more from that day."""
    _may_keep_rules(actor)
    row = Ground.objects.select_for_update().filter(pk=ground_id).first()
    if row is None or on <= row.valid_from:
        raise InvalidInput(_("Ngày hết hiệu lực phải sau ngày có hiệu lực."), field="valid_to")
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    log("feedback.ground.ended", actor=actor, obj=row, on=on.isoformat())
    return row
