"""Writing a release, its files and pictures, and having it approved by a second person."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.channels.drafts import as_jpeg
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.transitions import Transitions
from loa.core.uploads import checked_file
from loa.lib.vanban.write import write_docx, write_pdf
from loa.lib.vi import clean, clean_lines
from loa.newsroom.body import BODY_LIMIT, clean_body, plain
from loa.newsroom.images import read_upload
from loa.newsroom.rules import Consent
from loa.newsroom.selectors import photos_of
from loa.org.access import can, in_force, units_where, users_who_can
from loa.org.models import Membership
from loa.org.rules import Role
from loa.press import access, papers, selectors
from loa.press.models import Beat, Contact, Release, ReleaseFile, ReleasePhoto, Spokesperson
from loa.press.rules import FURTHEST, MOST_FILES, MOST_PHOTOS, MOVES, STOPPABLE, State

TABLE = Transitions("press.release", MOVES)
#: what stands before a name where a picture is credited; here the label is ours
_CREDIT = re.compile(r"^\s*(?:Ảnh|Nguồn ảnh|Nguồn)\s*:\s*", re.IGNORECASE)
PHOTO_LIMITS = {"caption": 300, "alt": 300, "credit": 160}
LIMITS = {"title": 200, "lead": 600, "contact": 300, "correction_note": 1000}


def move(release: Release, target: State, message: str = "") -> None:
    """Move a locked release along the table; the caller saves."""
    TABLE.require(release.state, target, message or _("Thông cáo đã đổi trạng thái. Xin mở lại để xem."))
    release.state = target


def _address(release: Release) -> str:
    return reverse("press:release", args=[release.pk])


def _new(unit_id: int, actor: Any, **fields: Any) -> Release:
    speaker = selectors.spokespersons_of(
        units_where(actor, "press.read").filter(pk=unit_id), clock.today()
    ).first()
    values = {
        "uid": uuid.uuid4().hex,
        "spokesperson": speaker,
        "contact": f"{speaker.name}, {speaker.position}, {speaker.phone}, {speaker.email}" if speaker else "",
        **fields,
    }
    release: Release = Release.objects.create(
        unit_id=unit_id, key=secrets.token_urlsafe(24), created_by=actor, **values
    )
    release.hands.add(actor)
    return release


@transaction.atomic
def release_create(*, actor: Any, unit_id: int, story_id: int | None = None) -> Release:
    """A draft: empty, or with the words and pictures of a public story. Raises Refused, InvalidInput.

    Pictures come without consent: that people agreed to the portal does not mean they agreed to the press.
    """
    if not can(actor, "press.write", unit_id):
        raise Refused(_("Ông/bà không soạn thông cáo báo chí cho đơn vị này."), code="press.write")
    if story_id is None:
        release = _new(unit_id, actor, title="")
    else:
        story = selectors.stories_to_start_from(actor).filter(pk=story_id).first()
        if story is None:
            raise InvalidInput(_("Tin, bài này không còn đăng. Hãy chọn bài khác."), field="story")
        release = _new(
            unit_id, actor, story=story, title=story.title, lead=story.lead, body=clean_body(story.body),
            ai_assisted=story.ai_assisted,
        )  # fmt: skip
        for photo in photos_of(story)[:MOST_PHOTOS]:
            if photo.publishable:
                _photo_of_story(release, photo)
    log("press.release.created", actor=actor, obj=release, unit_id=unit_id)
    return release


def _photo_of_story(release: Release, photo: Any) -> None:
    try:
        with photo.image.file.open("rb") as stored:
            raw = stored.read()
    except OSError:
        return  # the file is gone: the story shows none either
    _keep_photo(
        release, raw, story_photo=photo, caption=photo.caption[:300], alt=photo.alt[:300],
        credit=_CREDIT.sub("", photo.source or photo.image.credit)[:160],
    )  # fmt: skip


def _keep_photo(release: Release, raw: bytes, **fields: Any) -> ReleasePhoto:
    """Newspapers take JPEG; a picture is kept as large as it is, and small for pages."""
    digest = hashlib.sha256(raw).hexdigest()
    known = release.photos.filter(sha256=digest).first()
    if known is not None:
        return known
    large, width, height = as_jpeg(raw, width=3200, most=8_000_000)
    small, _width, _height = as_jpeg(raw, width=640, most=160_000)
    row = ReleasePhoto(release=release, sha256=digest, width=width, height=height, size=len(large), **fields)
    row.file.save("anh.jpg", ContentFile(large), save=False)
    row.thumb.save("nho.jpg", ContentFile(small), save=False)
    row.save()
    return row


def _touch(release: Release, actor: Any) -> None:
    if release.state != State.DRAFT:
        raise Conflict(
            _("Thông cáo không còn là bản nháp nên không sửa được. Hãy rút về nháp trước."), code="press.save"
        )
    release.version += 1
    release.edited_at = clock.now()
    release.hands.add(actor)


@transaction.atomic
def release_save(
    *,
    actor: Any,
    release_id: int,
    version: int,
    beat_ids: Iterable[int] = (),
    receiver_ids: Iterable[int] = (),
    spokesperson_id: int | None = None,
    embargo_until: dt.datetime | None = None,
    ai_assisted: bool = False,
    body: str = "",
    **texts: str,
) -> Release:
    """Save words, topics and whom it goes to. Raises NotFound, Refused, InvalidInput (field named), Conflict."""
    release = access.release_for_write(actor, release_id)
    if release.version != version and release.state == State.DRAFT:
        raise Conflict(
            _("Trong lúc ông/bà sửa, thông cáo đã được người khác lưu. Hãy mở lại, đối chiếu rồi lưu lần nữa."),
            code="press.version",
        )
    _touch(release, actor)
    for name, text in texts.items():
        value = clean(text) if name in ("title", "contact") else clean_lines(text)
        if len(value) > LIMITS[name]:
            raise InvalidInput(
                _("Phần này dài quá %(most)d ký tự (đang có %(have)d). Hãy rút gọn.")
                % {"most": LIMITS[name], "have": len(value)},
                field=name,
            )
        setattr(release, name, value)
    if not release.title:
        raise InvalidInput(_("Thông cáo cần có tiêu đề."), field="title")
    release.body = clean_body(body)
    if len(release.body) > BODY_LIMIT:
        raise InvalidInput(_("Nội dung quá dài. Hãy rút gọn hoặc đính kèm tệp."), field="body")
    _check_embargo(embargo_until)
    release.embargo_until, release.ai_assisted, release.note = embargo_until, ai_assisted, ""
    release.spokesperson = Spokesperson.objects.filter(pk=spokesperson_id or 0, unit=release.unit_id).first()
    release.save()
    release.beats.set(Beat.objects.filter(unit=release.unit_id, pk__in=list(beat_ids)))
    release.receivers.set(Contact.objects.filter(outlet__unit=release.unit_id, pk__in=list(receiver_ids)))
    log("press.release.saved", actor=actor, obj=release, unit_id=release.unit_id)
    return release


def _check_embargo(embargo: dt.datetime | None, after: dt.datetime | None = None) -> None:
    if embargo is None:
        return
    if embargo <= (after or clock.now()):
        raise InvalidInput(
            _("Giờ được đăng phải sau giờ phát hành. Hãy chọn giờ khác hoặc để trống."), field="embargo_until"
        )
    if embargo > clock.now() + FURTHEST:
        raise InvalidInput(_("Giờ được đăng không thể xa quá 60 ngày."), field="embargo_until")


# — files and pictures ———————————————————————————————————————————————————————————————
@transaction.atomic
def file_add(*, actor: Any, release_id: int, file: Any) -> ReleaseFile:
    """Attach a document (PDF, Word, Excel, picture). The same file twice is one. Raises also InvalidInput."""
    release = access.release_for_write(actor, release_id)
    _touch(release, actor)
    digest = checked_file(file)
    known = release.files.filter(sha256=digest).first()
    if known is not None:
        return known
    if release.files.count() >= MOST_FILES:
        raise InvalidInput(_("Một thông cáo kèm nhiều nhất %d tệp.") % MOST_FILES, field="file")
    row = ReleaseFile(release=release, name=clean(file.name)[-160:], size=file.size, sha256=digest)
    row.file.save(file.name, file, save=False)
    row.save()
    release.save()
    log("press.file.added", actor=actor, obj=release, unit_id=release.unit_id, name=row.name)
    return row


@transaction.atomic
def file_remove(*, actor: Any, release_id: int, file_id: int) -> None:
    """Take a document off a draft."""
    release = access.release_for_write(actor, release_id)
    _touch(release, actor)
    for row in release.files.filter(pk=file_id):
        log("press.file.removed", actor=actor, obj=release, unit_id=release.unit_id, name=row.name)
        row.delete()
    release.save()


@transaction.atomic
def photo_add(*, actor: Any, release_id: int, upload: Any) -> ReleasePhoto:
    """Add a picture for the press: opened and written anew, so that nothing but pixels is left of the file."""
    release = access.release_for_write(actor, release_id)
    _touch(release, actor)
    if release.photos.count() >= MOST_PHOTOS:
        raise InvalidInput(_("Một thông cáo kèm nhiều nhất %d ảnh.") % MOST_PHOTOS, field="photo")
    picture = read_upload(upload)
    row = _keep_photo(release, picture.file.read())
    release.save()
    log("press.photo.added", actor=actor, obj=release, unit_id=release.unit_id)
    return row


@transaction.atomic
def photo_save(
    *, actor: Any, release_id: int, photo_id: int, consent: str, on_channels: bool = False, **texts: str
) -> None:
    """Words and consent of a picture. `texts`: caption, alt, credit; `on_channels`: it covers public pages."""
    release = access.release_for_write(actor, release_id)
    _touch(release, actor)
    row = release.photos.filter(pk=photo_id).first()
    if row is None:
        raise InvalidInput(_("Ảnh này không còn trong thông cáo. Hãy tải lại trang."))
    if consent not in {one.value for one in Consent}:
        raise InvalidInput(_("Hãy chọn một trong các câu về sự đồng ý."), field="consent")
    for name in PHOTO_LIMITS:
        setattr(row, name, clean(texts.get(name, ""))[: PHOTO_LIMITS[name]])
    row.consent, row.on_channels = consent, on_channels
    row.save()
    release.save()
    log("press.photo.saved", actor=actor, obj=release, unit_id=release.unit_id, consent=consent)


@transaction.atomic
def photo_remove(*, actor: Any, release_id: int, photo_id: int) -> None:
    """Take a picture off a draft."""
    release = access.release_for_write(actor, release_id)
    _touch(release, actor)
    if release.photos.filter(pk=photo_id).delete()[0]:
        log("press.photo.removed", actor=actor, obj=release, unit_id=release.unit_id)
    release.save()


# — approval —————————————————————————————————————————————————————————————————————————
@transaction.atomic
def release_submit(*, actor: Any, release_id: int) -> Release:
    """Ask for approval. Raises NotFound, Refused, InvalidInput, Conflict."""
    release = access.release_for_write(actor, release_id)
    if not release.title or not plain(release.body).strip():
        raise InvalidInput(_("Thông cáo cần có tiêu đề và nội dung trước khi gửi duyệt."), field="body")
    if release.corrects_id and not release.correction_note:
        raise InvalidInput(_("Hãy ghi điều được đính chính để báo chí biết."), field="correction_note")
    if any(photo.missing for photo in release.photos.all()):
        raise InvalidInput(
            _("Có ảnh chưa đủ chú thích, mô tả, nguồn hoặc sự đồng ý cho báo chí dùng. Hãy bổ sung hoặc bỏ ảnh."),
            field="photo",
        )
    _check_embargo(release.embargo_until)
    move(release, State.WAITING, _("Chỉ gửi duyệt được bản nháp."))
    release.note = ""
    release.save()
    release.hands.add(actor)
    hands = set(release.hands.values_list("pk", flat=True))
    notify(
        users=[user for user in users_who_can("press.approve", release.unit_id) if user.pk not in hands],
        code="press.to_approve",
        key=str(release.pk),
        url=_address(release),
        title=release.title,
        who=str(actor),
    )
    log("press.release.submitted", actor=actor, obj=release, unit_id=release.unit_id)
    return release


@transaction.atomic
def release_return(*, actor: Any, release_id: int, reason: str = "") -> Release:
    """Back to a draft: by an approver with a reason, or taken back by its writers before it goes out."""
    release = access.release_for_control(actor, release_id)
    own = release.hands.filter(pk=actor.pk).exists()
    reason = clean_lines(reason)[:1000]
    if not own and not can(actor, "press.approve", release.unit_id):
        raise Refused(_("Chỉ người duyệt hoặc người soạn đưa được thông cáo về nháp."), code="press.return")
    if not own and not reason:
        raise InvalidInput(_("Hãy ghi điều cần sửa để người soạn biết."), field="reason")
    back_to_draft(release, actor, reason, tell=not own)
    return release


def back_to_draft(release: Release, actor: Any, reason: str, *, tell: bool) -> None:
    """What has not left is a draft again, its writers told why (`tell`). In the caller's transaction."""
    move(release, State.DRAFT, _("Thông cáo đã phát hành nên không đưa về nháp được."))
    release.note, release.approved_by, release.approved_at = reason, None, None
    release.release_at, release.signer_title, release.docx, release.pdf = None, "", "", ""
    release.version += 1
    release.save()
    cancel_notices(code="press.to_approve", key=str(release.pk))
    if tell:
        notify(
            users=release.hands.all(),
            code="press.returned",
            key=str(release.pk),
            url=_address(release),
            title=release.title,
            who=str(actor),
            reason=reason,
        )
    log("press.release.returned", actor=actor, obj=release, unit_id=release.unit_id, reason=reason)


def _title_of(user: Any, unit_id: int) -> str:
    held = Membership.objects.filter(
        in_force(clock.today()), user=user, unit=unit_id, role__in=(Role.LEADER, Role.UNIT_LEAD, Role.SPOKESPERSON)
    )
    return held.exclude(title="").values_list("title", flat=True).first() or ""


def _number(release: Release, number: int | None) -> int | None:
    if release.corrects_id and number is None:
        return None
    if number is None:
        return None
    if not 1 <= number <= 99999:
        raise InvalidInput(_("Số văn bản là một số từ 1 đến 99999."), field="number")
    year = clock.today().year
    taken = Release.objects.filter(unit=release.unit_id, number=number, approved_at__year=year)
    if taken.exclude(pk=release.pk).exists():
        raise InvalidInput(
            _("Số %(number)s đã dùng cho một thông cáo khác trong năm %(year)s.")
            % {"number": number, "year": year},
            field="number",
        )
    return number


@transaction.atomic
def release_approve(
    *,
    actor: Any,
    release_id: int,
    version: int,
    number: int | None = None,
    release_at: dt.datetime | None = None,
) -> Release:
    """Approve what stands there now; from here on it is frozen in its two documents.

    `release_at`: when letters begin to go (None: at once). `number`: of the register of outgoing documents.
    Raises NotFound, Refused (own work), InvalidInput, Conflict (changed since it was read).
    """
    release = access.release_for_approve(actor, release_id)
    if release.version != version:
        raise Conflict(
            _("Thông cáo đã được sửa sau khi ông/bà mở trang này. Xin đọc lại rồi duyệt."), code="press.version"
        )
    now = clock.now()
    if release_at is not None and release_at > now + FURTHEST:
        raise InvalidInput(_("Chỉ hẹn phát hành được trong vòng 60 ngày."), field="release_at")
    start = max(release_at or now, now)
    _check_embargo(release.embargo_until, after=start)
    move(release, State.APPROVED, _("Thông cáo này không chờ duyệt."))
    release.number = _number(release, number)
    release.approved_by, release.approved_at, release.release_at = actor, now, start
    release.signer_title = _title_of(actor, release.unit_id)
    document = papers.official(release)
    release.docx.save("thong-cao.docx", ContentFile(write_docx(document, made_at=now)), save=False)
    release.pdf.save("thong-cao.pdf", ContentFile(write_pdf(document, made_at=now)), save=False)
    release.save()
    cancel_notices(code="press.to_approve", key=str(release.pk))
    log("press.release.approved", actor=actor, obj=release, unit_id=release.unit_id, at=start.isoformat())
    return release


@transaction.atomic
def release_cancel(*, actor: Any, release_id: int) -> Release:
    """Call off what has not left. Raises NotFound, Refused, Conflict."""
    release = access.release_for_control(actor, release_id)
    if release.state not in STOPPABLE:
        raise Conflict(
            _("Thông cáo đã phát hành nên không huỷ được. Hãy thu hồi hoặc đính chính."), code="press.cancel"
        )
    move(release, State.CANCELLED)
    release.save()
    cancel_notices(code="press.to_approve", key=str(release.pk))
    log("press.release.cancelled", actor=actor, obj=release, unit_id=release.unit_id)
    return release


@transaction.atomic
def release_correct(*, actor: Any, release_id: int) -> Release:
    """Begin a correction: a new edition that goes the same way and takes the place of the old one when it is out.

    Asking twice gives the same draft. Raises NotFound, Refused, Conflict.
    """
    old = access.release_for_write(actor, release_id)
    if old.state != State.RELEASED:
        raise Conflict(_("Chỉ đính chính được thông cáo đang phát hành."), code="press.correct")
    open_one = Release.objects.filter(uid=old.uid).filter(
        Q(state__in=[State.DRAFT, State.WAITING, State.APPROVED])
    )
    known = open_one.first()
    if known is not None:
        return known
    last = Release.objects.filter(uid=old.uid).aggregate(n=Max("edition"))["n"]
    new = _new(
        old.unit_id, actor, uid=old.uid, edition=last + 1, corrects=old, story=old.story, title=old.title,
        lead=old.lead, body=old.body, spokesperson=old.spokesperson, contact=old.contact,
        ai_assisted=old.ai_assisted,
        embargo_until=old.embargo_until if old.embargo_until and old.embargo_until > clock.now() else None,
    )  # fmt: skip
    new.beats.set(old.beats.all())
    # Whoever got the first one must hear that it was wrong.
    new.receivers.set(old.receivers.all())
    for photo in old.photos.all():
        ReleasePhoto.objects.create(
            release=new, story_photo_id=photo.story_photo_id, file=photo.file.name, thumb=photo.thumb.name,
            sha256=photo.sha256,
            width=photo.width, height=photo.height, size=photo.size, caption=photo.caption, alt=photo.alt,
            credit=photo.credit, consent=photo.consent, on_channels=photo.on_channels,
        )  # fmt: skip
    for file in old.files.all():
        ReleaseFile.objects.create(
            release=new, name=file.name, file=file.file.name, size=file.size, sha256=file.sha256
        )
    log("press.release.correcting", actor=actor, obj=new, unit_id=new.unit_id)
    return new
