"""Writes: films for posts. A file is looked at before it is kept; without consent it leaves everything."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels import access as doors
from loa.channels.models import Delivery, Video
from loa.channels.rules import Intent
from loa.channels.services.changes import withdraw_row
from loa.core import clock
from loa.core.after import after_commit
from loa.core.errors import InvalidInput
from loa.lib import vi
from loa.lib.media import NotAFilm, probe
from loa.org import access


def video_add(
    *, actor: Any, unit_id: int, upload: UploadedFile, title: str, description: str, consent: str
) -> Video:
    """Keep a film. Raises InvalidInput: too large, no MP4, broken, no description, consent not said."""
    access.require(actor, "channel.publish", unit_id, _("Bạn chưa được giao đăng bài cho đơn vị này."))
    title, description = vi.clean(title), vi.clean(description)
    if not title or not description:
        raise InvalidInput(_("Hãy ghi tên phim và phim có gì, cho người không xem được."), field="description")
    if consent not in Video.Consent.values:
        raise InvalidInput(_("Hãy cho biết người trong phim đã đồng ý hay chưa."), field="consent")
    limit = settings.LOA_VIDEO_MAX_BYTES
    if (upload.size or 0) > limit:
        raise InvalidInput(
            _("Phim nặng hơn %(mb)d MB. Hãy xuất lại ở cỡ nhỏ hơn (1080p là đủ) rồi tải lên.")
            % {"mb": limit // 1024 // 1024},
            field="file",
        )
    try:
        film = probe(cast(BinaryIO, upload.file))
    except NotAFilm as error:
        raise InvalidInput(
            _("Tệp không phải phim MP4 hoặc bị hỏng. Hãy xuất phim thành MP4 (H.264) rồi tải lại."), field="file"
        ) from error
    upload.seek(0)
    with transaction.atomic():
        row = Video(
            unit_id=unit_id,
            title=title[:160],
            description=description[:500],
            consent=consent,
            size=upload.size or 0,
            seconds=film.seconds,
            width=film.width,
            height=film.height,
            sound=film.sound,
            uploaded_by=actor,
        )
        row.file.save("phim.mp4", upload, save=False)
        row.save()
        log("channels.video.added", actor=actor, obj=row, unit_id=unit_id, consent=consent)
    return row


@transaction.atomic
def video_withdraw(*, actor: Any, video_id: int, reason: str) -> int:
    """Consent was taken back: the file goes, posts with it are called off or taken down. Returns how many."""
    row = doors.video_for(actor, video_id, lock=True)
    reason = vi.clean_lines(reason)
    if not reason:
        raise InvalidInput(_("Hãy ghi lý do gỡ phim; lý do được lưu trong nhật ký."), field="reason")
    posts = Delivery.objects.select_for_update(of=("self",)).filter(post__video=row, intent=Intent.PUBLISH)
    changed = sum(withdraw_row(one, actor) for one in posts.select_related("post", "account"))
    row.gone_at = clock.now()
    row.save(update_fields=["gone_at"])
    after_commit(row.file.storage.delete, row.file.name)
    log("channels.video.withdrawn", actor=actor, obj=row, unit_id=row.unit_id, reason=reason)
    return changed
