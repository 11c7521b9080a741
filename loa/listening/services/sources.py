"""The register of sources."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vi import clean
from loa.listening.access import MANAGE
from loa.listening.models import Item, Source
from loa.listening.readers.films import named, on_youtube
from loa.listening.readers.model import Found
from loa.listening.rules import (
    ADDED_BY_HAND,
    FETCHED,
    MINUTES_MAX,
    MINUTES_MIN,
    PRIVATE,
    Outlet,
    SourceKind,
    canonical,
    keep_days,
    reads_articles,
    tidy,
)
from loa.listening.services.feeds import TAKEN, listened
from loa.listening.services.health import end_alarm, expect, renew_habit
from loa.org import access as rights
from loa.org.models import Unit

#: a clipping of before has a year typed wrong
FIRST_DAY = dt.date(2000, 1, 1)


def _require(actor: Any, unit_id: int) -> None:
    rights.require(actor, MANAGE, unit_id, _("Bạn chưa được phân công quản lý nguồn tin."))


def source_fields(**values: Any) -> dict[str, Any]:
    """The fields of a source, made sure of; an address of YouTube makes it a channel of films.

    Raises InvalidInput at the field that is wrong.
    """
    kind, outlet = values["kind"], values["outlet"]
    name = clean(values.get("name", ""))[:160]
    if not name:
        raise InvalidInput(_("Hãy đặt tên nguồn, ví dụ tên báo và mục."), field="name")
    if kind not in ADDED_BY_HAND:
        raise InvalidInput(_("Hãy chọn cách lấy tin trong danh sách."), field="kind")
    if outlet not in set(Outlet):
        raise InvalidInput(_("Hãy chọn loại nguồn trong danh sách."), field="outlet")
    url = tidy(str(values.get("url") or ""))
    if kind in FETCHED and (kind == SourceKind.YOUTUBE or on_youtube(url)):
        kind, outlet = SourceKind.YOUTUBE, Outlet.VIDEO
        _channel_named(url)
    if kind in FETCHED and not canonical(url):
        raise InvalidInput(_("Hãy ghi địa chỉ đầy đủ, bắt đầu bằng https:// hoặc http://."), field="url")
    every = int(values.get("every") or 30)
    if not MINUTES_MIN <= every <= MINUTES_MAX:
        raise InvalidInput(_("Chọn từ 5 phút đến 1.440 phút (một ngày)."), field="every")
    return {
        "name": name,
        "kind": kind,
        "outlet": outlet,
        "url": url if kind in FETCHED else "",
        "every": every,
        "keep_days": _days(values, outlet, kind),
        "full_text": bool(values.get("full_text", True)),
    }


def _channel_named(url: str) -> None:
    if named(url) is None:
        raise InvalidInput(
            _(
                "Không thấy kênh nào trong địa chỉ này. Mở kênh trên YouTube rồi chép địa chỉ, ví dụ"
                " https://www.youtube.com/@tenkenh."
            ),
            field="url",
        )
    if not settings.LOA_YOUTUBE_API_KEY:
        raise InvalidInput(
            _(
                "Máy chủ chưa có khoá YouTube nên chưa đọc được kênh nào. Nhờ quản trị máy chủ đặt"
                " LOA_YOUTUBE_API_KEY theo hướng dẫn cài đặt, rồi thêm kênh."
            ),
            field="url",
        )


def _days(values: dict[str, Any], outlet: str, kind: str = "") -> int:
    """For how long its words stay: as long as its sort allows, unless fewer days are wanted."""
    longest = keep_days(outlet, kind)
    days = int(values.get("keep_days") or longest)
    if not 1 <= days <= longest:
        raise InvalidInput(
            _("Nội dung của loại nguồn này được giữ nhiều nhất %(days)d ngày.") % {"days": longest},
            field="keep_days",
        )
    return days


def _new_here(unit_id: int, url: str, *, but: int | None = None) -> None:
    other = listened(unit_id, url, but=but)
    if other is not None:
        raise Conflict(
            _("Địa chỉ này đã có trong danh sách nguồn: “%(name)s”.") % {"name": other.name}, field="url"
        )


@transaction.atomic
def source_add(*, actor: Any, unit: Unit, **values: Any) -> Source:
    """Listen to one more source; a fetched one is looked at within a minute.

    Raises InvalidInput (with the field), Conflict (the address is listened to already), Refused.
    """
    _require(actor, unit.pk)
    fields = source_fields(**values)
    fetched = fields["kind"] in FETCHED
    _new_here(unit.pk, fields["url"])
    try:
        with transaction.atomic():
            source = Source(unit=unit, created_by=actor, next_at=clock.now() if fetched else None, **fields)
            expect(source, clock.now())
            source.save()
    except IntegrityError:
        raise Conflict(_("Địa chỉ này đã có trong danh sách nguồn."), field="url") from None
    log("listening.source.added", actor=actor, obj=source, unit_id=unit.pk, url=source.url)
    return source


@transaction.atomic
def source_change(*, actor: Any, source: Source, **values: Any) -> Source:
    """Change name, address, pace, kind. A new address is fetched at once, as if never seen.

    Of a channel of our own only how long its words stay can be changed. Raises as `source_add`.
    """
    source = Source.objects.select_for_update().get(pk=source.pk)
    _require(actor, source.unit_id)
    if source.kind == SourceKind.OURS:
        fields: dict[str, Any] = {"keep_days": _days(values, source.outlet)}
    else:
        fields = source_fields(**{"full_text": source.full_text, **values})
    moved = (fields.get("url", source.url), fields.get("kind", source.kind)) != (source.url, source.kind)
    if moved:
        _new_here(source.unit_id, fields["url"], but=source.pk)
    shorter = fields["keep_days"] < source.keep_days
    for name, value in fields.items():
        setattr(source, name, value)
    if moved:
        expect(source, clock.now())
        source.etag = source.last_modified = source.error = source.feed_url = source.feed_step = source.uploads = (
            ""
        )
        source.feed_at = None
        source.failures = 0
        source.told_at = None
        source.last_ok_at = None  # what stands there is of any age
        source.next_at = clock.now() if fields["kind"] in FETCHED else None
    if not reads_articles(source.kind, source.outlet, wanted=source.full_text):
        _unread_dropped(source)
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError:
        raise Conflict(_("Địa chỉ này đã có trong danh sách nguồn."), field="url") from None
    if shorter:
        _kept_shorter(source)
    log("listening.source.changed", actor=actor, obj=source, unit_id=source.unit_id, url=source.url)
    return source


@transaction.atomic
def source_pause(*, actor: Any, source: Source) -> None:
    """Stop listening to it; what was heard stays. An alarm about it ends."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    _require(actor, source.unit_id)
    if not source.active:
        return
    source.active = False
    source.save(update_fields=["active"])
    end_alarm(source, back=False)
    _unread_dropped(source)
    log("listening.source.paused", actor=actor, obj=source, unit_id=source.unit_id)


def _kept_shorter(source: Source) -> None:
    """What is kept already goes by the new time too; a longer time is only for what comes."""
    kept = Item.objects.filter(source=source, forgotten=False)
    for midnight in kept.datetimes("seen_at", "day", tzinfo=clock.VIETNAM):
        until = midnight.date() + dt.timedelta(days=source.keep_days)
        of_day = kept.filter(seen_at__gte=midnight, seen_at__lt=clock.end_of(midnight.date()))
        of_day.filter(keep_until__gt=until).update(keep_until=until)


def _unread_dropped(source: Source) -> None:
    """Nobody opens its articles any more: headlines that wait for theirs count as they are, and addresses without
    one go, so that they are found again when somebody does.
    """
    waiting = Item.objects.filter(source=source, read_due__isnull=False)
    waiting.filter(title="", text="", forgotten=False).delete()
    waiting.update(read_due=None)
    source.etag = source.last_modified = ""  # what stayed as it was is to be found then too
    source.save(update_fields=["etag", "last_modified"])


@transaction.atomic
def source_resume(*, actor: Any, source: Source) -> None:
    """Listen again, from now on."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    _require(actor, source.unit_id)
    if source.active:
        return
    source.active = True
    source.failures = 0
    if source.error == TAKEN:
        # The page is asked anew: whoever read its feed may have stopped.
        source.error = source.feed_url = ""
        source.feed_at = None
    source.next_at = clock.now() if source.kind in FETCHED else None
    # Its silence counts from today, not from the years it was off.
    expect(source, clock.now())
    source.save()
    log("listening.source.resumed", actor=actor, obj=source, unit_id=source.unit_id)


@transaction.atomic
def clipping_add(
    *,
    actor: Any,
    source: Source,
    title: str,
    on: dt.date,
    hour: dt.time | None = None,
    outlet: str = "",
    url: str = "",
    text: str = "",
) -> Item:
    """Enter one item by hand and give it.

    Raises Refused, Conflict (it is there already; the source is fetched by itself), InvalidInput (no title, a time
    to come or before FIRST_DAY).
    """
    item, added = clipping_taken(
        actor=actor, source=source, title=title, on=on, hour=hour, outlet=outlet, url=url, text=text
    )
    if not added:
        raise Conflict(_("Tin này đã có trong danh sách."), field="url" if url else "title")
    return item


def clipping_taken(
    *,
    actor: Any,
    source: Source,
    title: str,
    on: dt.date,
    hour: dt.time | None,
    outlet: str,
    url: str,
    text: str,
) -> tuple[Item, bool]:
    """The item these words are, and whether it is new. In the caller's transaction; raises as `clipping_add`."""
    from loa.listening.services.collect import store, stored

    _require(actor, source.unit_id)
    source = Source.objects.select_for_update().get(pk=source.pk)
    if source.kind != SourceKind.HAND:
        raise Conflict(_("Nguồn này Loa tự đọc. Hãy chọn nguồn nhập tay."))
    if not clean(title):
        raise InvalidInput(_("Hãy ghi tiêu đề."), field="title")
    if on > clock.today():
        raise InvalidInput(_("Ngày đăng không thể ở tương lai."), field="on")
    if on < FIRST_DAY:
        day = f"{FIRST_DAY:%d/%m/%Y}"
        raise InvalidInput(
            _("Năm %(year)d có lẽ gõ nhầm: tin phải từ %(day)s trở đi. Hãy xem lại ngày đăng.")
            % {"year": on.year, "day": day},
            field="on",
        )
    at = dt.datetime.combine(on, hour or dt.time(8), tzinfo=clock.VIETNAM)
    if hour and at > clock.now():
        raise InvalidInput(_("Giờ đăng không thể ở tương lai."), field="hour")
    if url and not canonical(url):
        raise InvalidInput(_("Hãy ghi địa chỉ đầy đủ, bắt đầu bằng https://, hoặc để trống."), field="url")
    found = Found(
        url=url, title=title, text=text, outlet=outlet, published_at=min(at, clock.now()), day_only=hour is None
    )
    added = store(source, [found])
    item = stored(source, found)
    if item is None:
        raise InvalidInput(_("Hãy ghi tiêu đề."), field="title")
    if added:
        renew_habit(source)
        source.save(update_fields=["last_item_at", "usual_gap", "silent_from"])
        if source.outlet in PRIVATE:  # the log keeps for ever what it is told
            log("listening.remark.added", actor=actor, obj=source, unit_id=source.unit_id)
        else:
            title = item.title[:200]
            log("listening.clipping.added", actor=actor, obj=source, unit_id=source.unit_id, title=title)
    return item, bool(added)
