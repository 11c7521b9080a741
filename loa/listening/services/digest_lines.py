"""What people put into a draft by hand, and take out again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, NotFound
from loa.listening import access
from loa.listening.digest.choose import Standing
from loa.listening.digest.gather import LATE, line_of, sorted_lines
from loa.listening.digest.model import Kind
from loa.listening.models import Digest, DigestLine, Item, Source
from loa.listening.readers.model import line as one_line
from loa.listening.readers.model import plain
from loa.listening.rules import PRIVATE, Outlet, SourceKind
from loa.listening.services.digests import draft_locked, touched
from loa.listening.services.sources import clipping_taken, source_add

#: more are not put in at once
MOST_AT_ONCE = 100


#: said of a digest that is a draft no more
APPROVED = gettext_lazy(
    "Điểm báo đã được duyệt nên không thêm, bớt tin được nữa. Hãy thêm vào bản nháp của điểm báo sau."
)


def _locked(actor: Any, digest: Digest) -> Digest:
    return draft_locked(actor, digest, str(APPROVED))


@transaction.atomic
def digest_add(*, actor: Any, digest: Digest, items: Collection[int], story: bool) -> int:
    """Put items that the actor may read into a draft, as stories or into the list. What is there already is not
    put in twice, what was hidden is shown again. Returns how many lines came.

    Raises Refused, Conflict (it is approved), NotFound (an item is not the actor's to read), InvalidInput (none is
    chosen; words of a private person, or words that are gone).
    """
    digest = _locked(actor, digest)
    wanted = set(items)
    if not wanted:
        raise InvalidInput(_("Hãy chọn ít nhất một tin."))
    if len(wanted) > MOST_AT_ONCE:
        raise InvalidInput(_("Mỗi lần thêm nhiều nhất %(n)d tin.") % {"n": MOST_AT_ONCE})
    rows = list(access.items_for(actor).filter(pk__in=wanted).order_by("-published_at", "-pk"))
    if len(rows) < len(wanted):
        raise NotFound(_("Không tìm thấy tin này trong phạm vi của bạn."), code="listening.item.missing")
    came = _put(actor, digest, rows, story=story)
    if came:
        log("listening.digest.added", actor=actor, obj=digest, unit_id=digest.unit_id, count=len(came))
    return len(came)


@transaction.atomic
def digest_clip(
    *,
    actor: Any,
    digest: Digest,
    story: bool,
    title: str,
    on: dt.date,
    hour: dt.time | None = None,
    source: Source | None = None,
    outlet: str = "",
    url: str = "",
    text: str = "",
    summary: str = "",
) -> DigestLine:
    """Put in what Loa has not heard: it is entered as a clipping (`source`: into which source that is filled by
    hand, the first when there is None, made when there is none) and put in. What the unit has heard after all is
    that item. `summary`: what the digest says of it.

    Raises as `digest_add` and `clipping_add`.
    """
    digest = _locked(actor, digest)
    source = source or hand_sources(digest).first() or _hand_source(actor, digest)
    if source.unit_id != digest.kept_by or source.outlet in PRIVATE:
        raise InvalidInput(_("Hãy chọn nguồn nhập tay của đơn vị soạn điểm báo."), field="source")
    item, _new = clipping_taken(
        actor=actor, source=source, title=title, on=on, hour=hour, outlet=outlet, url=url, text=text
    )
    if not (item.title or item.text or item.forgotten):
        # Its address was known and gave nothing: now it has words, and is judged like any other.
        item.title, item.text = one_line(title), plain(text)
        Item.objects.filter(pk=item.pk).update(title=item.title, text=item.text, read_due=None)
    came = _put(actor, digest, [item], story=story, text=summary)
    if not came:
        raise Conflict(_("Tin này đã có trong điểm báo."), field="url" if url else "title")
    log("listening.digest.added", actor=actor, obj=digest, unit_id=digest.unit_id, count=1)
    return came[0]


def hand_sources(digest: Digest) -> QuerySet[Source]:
    """Sources of the digest's unit that people fill by hand with what is no private person's."""
    rows = Source.objects.filter(unit=digest.kept_by, kind=SourceKind.HAND, active=True)
    return rows.exclude(outlet__in=PRIVATE).order_by("name", "pk")


def _hand_source(actor: Any, digest: Digest) -> Source:
    return source_add(
        actor=actor,
        unit=digest.keeper or digest.unit,
        name=_("Tin nhập tay: báo in, phát thanh, truyền hình"),
        kind=SourceKind.HAND,
        outlet=Outlet.LOCAL,
    )


def _put(actor: Any, digest: Digest, rows: list[Item], *, story: bool, text: str = "") -> list[DigestLine]:
    """Lines of these items, as far as there is none yet or it was hidden."""
    for item in rows:
        if item.outlet in PRIVATE:
            raise InvalidInput(_("Điểm báo không đưa lời của cá nhân trên mạng xã hội, kênh video, bình luận."))
        if item.forgotten or not (item.title or item.text):
            raise InvalidInput(_("Nội dung tin này Loa không còn giữ nên không đưa vào điểm báo được."))
    there = list(digest.lines.select_related("item"))
    standing = Standing.of(there, story=story)
    came: list[DigestLine] = []
    for item in rows:
        old = standing.line(item)
        if old is not None and old.shown:
            continue
        line = old or line_of(item, story=story)
        line.shown = True
        if old is None:
            line.digest, line.added_by = digest, actor
            if story and item.outlet_name:
                day = clock.local(item.published_at).strftime("%d/%m")
                line.text = _("%(who)s đưa tin ngày %(day)s.") % {"who": item.outlet_name, "day": day}
        line.text = f"{line.text} {text.strip()}".strip()[:4000]
        came.append(line)
        standing.put(line)
    fresh = [line for line in came if line.pk is None]
    sorted_lines([*there, *fresh])
    DigestLine.objects.bulk_update(there, ["number", "shown", "text"])
    DigestLine.objects.bulk_create(fresh)
    if len(came) > len(fresh):
        digest.save(update_fields=touched(digest, actor))
    return came


@transaction.atomic
def digest_take_out(*, actor: Any, digest: Digest, line: int) -> bool:
    """Take out a line that was put in by hand. What would be gathered anew stays hidden instead, so that it does
    not come back with the next look. Returns whether it is gone.

    Raises Refused, Conflict (it is approved; the line was gathered, or is gone).
    """
    digest = _locked(actor, digest)
    row = digest.lines.select_related("item").filter(pk=line).first()
    if row is None:
        raise Conflict(_("Tin này không còn trong điểm báo. Hãy tải lại trang."))
    if row.added_by_id is None:
        raise Conflict(_("Tin này Loa tự lấy. Hãy bỏ dấu chọn để không in ra."))
    again = _comes_again(digest, row)
    if again:
        row.shown, row.added_by = False, None
        row.save(update_fields=["shown", "added_by"])
    else:
        row.delete()
    digest.save(update_fields=touched(digest, actor))
    log("listening.digest.taken_out", actor=actor, obj=digest, unit_id=digest.unit_id, title=row.title[:200])
    return not again


def _comes_again(digest: Digest, row: DigestLine) -> bool:
    if digest.kind == Kind.MONTH or row.case_id:
        return True
    item = row.item
    return bool(
        not row.story
        and item
        and item.relevant is not False
        and item.unit_id == digest.kept_by
        and item.published_at >= digest.since - LATE
    )
