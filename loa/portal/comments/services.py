"""Writes of readers' comments: switches of the office, what a reader sends, takes back, objects to; forgetting."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels.inbound.reading import tell
from loa.channels.inbound.rules import Words
from loa.channels.models import ChannelAccount, Health
from loa.channels.vault import seal
from loa.core import clock
from loa.core.errors import AppError, Conflict, InvalidInput, NotFound
from loa.feedback.services import appeal_by_writer
from loa.lib import vi
from loa.lib.mail import address_of
from loa.lib.private import masked
from loa.newsroom.channels import SOURCE
from loa.newsroom.models import Story
from loa.org.access import users_who_can
from loa.portal.access import site_for_update
from loa.portal.comments import texts
from loa.portal.comments.access import site_of, story_to_switch
from loa.portal.comments.rules import (
    A_DAY,
    A_DAY_HERE,
    DAYS,
    FORM_FOR,
    KIND,
    LEAST_WORDS,
    MAIL_DAYS,
    MOST_DAYS,
    MOST_MAIL,
    MOST_NAME,
    MOST_WORDS,
    MOVES,
    QUICKEST,
    SITE_A_DAY,
    State,
    code_of,
)
from loa.portal.comments.selectors import by_code, hash_of
from loa.portal.models import Comment, CommentAnswer, CommentSetting, CommentUse, MemberSite, StoryComments
from loa.portal.place import canonical_base, path_of, story_path
from loa.portal.services import public_changed

_SALT = "loa.portal.comment"


class TooMany(AppError):
    """More than a place on the net, or a site, may send in a day."""

    status = 429


# — switches of the office ————————————————————————————————————————————————————————————
@transaction.atomic
def site_switch(*, actor: Any, unit_id: int, on: bool, days: int = DAYS) -> CommentSetting:
    """Let the site take comments, or no more. What is shown stays: closing is no way to make criticism vanish.

    Raises NotFound, InvalidInput, Conflict (nobody is there to read them).
    """
    site = site_for_update(actor, unit_id)
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(_("Số ngày nhận ý kiến từ 1 đến %(n)d.") % {"n": MOST_DAYS}, field="days")
    if on and not users_who_can("inbox.answer", unit_id).exists():
        raise Conflict(
            _("Chưa ai được giao trả lời hộp thư của đơn vị nên chưa bật được: ý kiến gửi đến phải có người đọc."),
            code="portal.comments.nobody",
        )
    row = CommentSetting.objects.filter(site=site).first()
    if row is None:
        row = CommentSetting(site=site, account=_account_of(site))
    row.on, row.days, row.changed_at = on, days, clock.now()
    row.save()
    log("portal.comments_site", actor=actor, obj=site, unit_id=unit_id, on=on, days=days)
    public_changed()
    return row


def _account_of(site: MemberSite) -> ChannelAccount:
    account, _made = ChannelAccount.objects.get_or_create(
        kind=KIND,
        external_id=f"site-{site.pk}",
        defaults={
            "unit_id": site.unit_id,
            "name": site.name[:160],
            "url": canonical_base(site) + "/",
            "health": Health.GOOD,
        },
    )
    return account


@transaction.atomic
def story_switch(*, actor: Any, unit_id: int, story_id: int, on: bool) -> StoryComments:
    """Let readers write below a story from today on for as many days as the site says, or no more.

    Raises NotFound, Conflict.
    """
    site, story = story_to_switch(actor, unit_id, story_id)
    setting = CommentSetting.objects.filter(site=site).first()
    if setting is None or not setting.on:
        raise Conflict(_("Trang chưa bật ý kiến bạn đọc. Hãy bật cho cả trang trước."), code="portal.comments.off")
    until = clock.today() + dt.timedelta(days=setting.days - 1)
    values: dict[str, Any] = {"setting": setting, "on": on, "changed_by": actor, "changed_at": clock.now()}
    row, made = StoryComments.objects.get_or_create(story=story, defaults={**values, "until": until})
    if not made:
        row.setting, row.on, row.changed_by, row.changed_at = setting, on, actor, clock.now()
        row.until = until if on else row.until
        row.save()
    log("portal.comments_story", actor=actor, obj=story, unit_id=unit_id, on=on, until=row.until.isoformat())
    public_changed()
    return row


# — what a reader sends ——————————————————————————————————————————————————————————————
def form_key(story_id: int) -> str:
    """What a form carries: for which story, since when; signed. The code its writer gets is made of it."""
    return signing.dumps([story_id, secrets.token_urlsafe(12)], salt=_SALT)


def _read_form(key: str, story_id: int) -> None:
    """Raises InvalidInput when the form is not ours, too old, or was sent faster than a person writes."""
    again = _("Trang này mở đã lâu nên chưa gửi được. Lời của ông/bà còn bên dưới: xin bấm Gửi lần nữa.")
    try:
        found = signing.loads(key, salt=_SALT, max_age=FORM_FOR)
    except signing.BadSignature as error:
        raise InvalidInput(again, field="form") from error
    if not isinstance(found, list) or len(found) != 2 or found[0] != story_id:
        raise InvalidInput(again, field="form")
    try:
        signing.loads(key, salt=_SALT, max_age=QUICKEST)
    except signing.SignatureExpired:
        return
    raise InvalidInput(_("Xin đợi vài giây rồi bấm Gửi lần nữa."), field="form")


def _mac(words: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"{_SALT}:{words}".encode(), hashlib.sha256).digest()


def comment_send(
    *, story: Story, name: str, text: str, email: str = "", agreed: bool, form: str, source: str = ""
) -> tuple[Comment, str]:
    """Take what a reader wrote, to be read before it is shown. Returns it with its writer's code.

    The same form again gives the same comment. `source`: the network address, counted for the day, never kept.
    Raises Conflict (closed), InvalidInput (field named), TooMany; on any of them nothing is written. Not in the
    audit log: it knows addresses, and nobody's rights change.
    """
    code = code_of(_mac(form))
    known = Comment.objects.filter(code_hash=hash_of(code), story=story).first()
    if known is not None:
        return known, code
    name, text = vi.clean(name)[: MOST_NAME + 1], vi.clean_lines(text)
    _checked(name, text, agreed)
    address = None
    if email.strip():
        address = address_of(email) if len(email) <= MOST_MAIL else None
        if address is None:
            raise InvalidInput(
                _("Địa chỉ thư điện tử chưa đúng. Không muốn nhận thư thì để trống."), field="email"
            )
    _read_form(form, story.pk)
    row = comment_take(story=story, name=name, text=text, address=address, code=code, source=source)
    return row, code


def _checked(name: str, text: str, agreed: bool) -> None:
    if len(name) < 2:
        raise InvalidInput(_("Xin ghi tên hiển thị, ví dụ: Một phụ huynh ở Mường Lống."), field="name")
    if len(name) > MOST_NAME:
        raise InvalidInput(_("Tên hiển thị dài nhất %(n)d chữ.") % {"n": MOST_NAME}, field="name")
    if len(text) < LEAST_WORDS:
        raise InvalidInput(_("Xin viết ý kiến."), field="text")
    if len(text) > MOST_WORDS:
        raise InvalidInput(
            _("Ý kiến dài %(n)d chữ, trang nhận đến %(most)d. Xin rút gọn.")
            % {"n": len(text), "most": MOST_WORDS},
            field="text",
        )
    if not agreed:
        raise InvalidInput(_("Xin đánh dấu vào ô đồng ý để đơn vị được lưu và hiện ý kiến."), field="agreed")


@transaction.atomic
def comment_take(
    *, story: Story, name: str, text: str, address: str | None, code: str, source: str = ""
) -> Comment:
    """Keep what was checked (`comment_send`) and hand it to the inbox. Raises Conflict (closed), TooMany."""
    switch = (
        StoryComments.objects.select_for_update(of=("self",))
        .select_related("setting__site", "setting__account")
        .filter(story=story)
        .first()
    )
    if switch is None or not switch.open or site_of(story) != switch.setting.site:
        raise Conflict(_("Bài này không còn nhận ý kiến."), code="portal.comments.closed")
    account, site = switch.setting.account, switch.setting.site
    known = Comment.objects.filter(code_hash=hash_of(code)).first()
    if known is not None:
        return known
    _count(account, story, source)
    base = canonical_base(site)
    link = base + path_of("comment_standing", code)
    comment = Comment.objects.create(
        story=story,
        account=account,
        key=f"yk-{secrets.token_urlsafe(12)}",
        name=masked(name)[:MOST_NAME],
        text=masked(text),
        code_hash=hash_of(code),
        mail=seal({"email": address, "link": link}) if address else "",
        consent=texts.NOW,
        said_at=clock.now(),
    )
    tell(
        account,
        Words(
            what="comment",
            verb="add",
            external_id=comment.key,
            thread=comment.key,
            at=comment.said_at,
            # Each comment is a writer of its own: whoever writes twice is not followed.
            author=comment.key,
            text=text,
            place=f"story-{story.pk}",
            link=base + story_path(story.pk, story.slug, story.title),
            held=True,
        ),
        title=story.title,
        source=SOURCE,
        source_id=story.pk,
    )
    return comment


def _count(account: ChannelAccount, story: Story, source: str) -> None:
    day = clock.today()
    limits = [("", account.pk, SITE_A_DAY)]
    if source:
        mark = _mac(f"net:{day.isoformat()}:{source}").hex()
        limits += [(mark, 0, A_DAY), (mark, story.pk, A_DAY_HERE)]
    for mark, place, most in limits:
        CommentUse.objects.get_or_create(day=day, source=mark, place=place)
        rows = CommentUse.objects.filter(day=day, source=mark, place=place)
        if not rows.filter(count__lt=most).update(count=F("count") + 1):
            raise TooMany(
                _(
                    "Hôm nay từ mạng này đã có nhiều ý kiến gửi đến. Lời của ông/bà còn bên dưới; "
                    "xin gửi vào ngày mai."
                )
                if mark
                else _("Hôm nay trang đã nhận nhiều ý kiến hơn mức đọc kịp. Xin gửi vào ngày mai."),
                code="portal.comments.many",
            )


def _mine(code: str) -> Comment:
    """The comment of whoever holds the code, locked. Raises NotFound."""
    found = by_code(code)
    if found is None:
        raise NotFound(
            _("Không có ý kiến nào mang mã này, hoặc ý kiến đã hết thời hạn lưu."), code="portal.comment"
        )
    return Comment.objects.select_for_update(of=("self",)).select_related("account").get(pk=found.pk)


@transaction.atomic
def comment_take_back(*, code: str) -> Comment:
    """Its writer takes it back: words, name and address go here and in the inbox. Raises NotFound, Conflict."""
    row = _mine(code)
    MOVES.require(row.state, State.TAKEN_BACK, _("Ý kiến này không còn trên trang."))
    row.state = State.TAKEN_BACK
    _empty(row)
    words = Words(
        what="comment", verb="remove", external_id=row.key, thread=row.key, at=clock.now(), author=row.key
    )
    tell(row.account, words)
    public_changed()
    return row


@transaction.atomic
def comment_appeal(*, code: str, text: str) -> Comment:
    """Its writer objects to its not being shown; a third person decides. NotFound, InvalidInput, Conflict."""
    row = _mine(code)
    appeal_by_writer(account=row.account, key=row.key, text=masked(vi.clean_lines(text)))
    return row


# — forgetting ——————————————————————————————————————————————————————————————————————
def _empty(row: Comment) -> None:
    row.name, row.text, row.mail = "", "", ""
    row.save()
    CommentAnswer.objects.filter(comment=row).delete()


def words_gone(account: ChannelAccount, keys: Sequence[str]) -> None:
    """The inbox forgot or erased these words: so does the page. In its transaction."""
    if account.kind != KIND:
        return
    rows = list(Comment.objects.select_for_update().filter(account=account, key__in=list(keys)))
    for row in rows:
        if row.state != State.FORGOTTEN:
            row.state = State.FORGOTTEN
            _empty(row)
    if rows:
        public_changed()


def tidy() -> int:
    """Counts of earlier days and addresses nothing was written to go. Returns how many addresses."""
    CommentUse.objects.filter(day__lt=clock.today()).delete()
    old = clock.now() - dt.timedelta(days=MAIL_DAYS)
    return Comment.objects.filter(said_at__lt=old).exclude(mail="").update(mail="")


__all__ = [
    "comment_appeal",
    "comment_send",
    "comment_take",
    "comment_take_back",
    "site_switch",
    "story_switch",
    "tidy",
    "words_gone",
]
