"""Searches people keep: saved, shared with the office, looked at; and who is told of what is new in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.accounts.models import Notice
from loa.accounts.services import cancel_notices, notify
from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.lib.vi import clean
from loa.lib.vi.boolean import QueryError, Text, matches
from loa.listening import access, hooks
from loa.listening.models import Follow, SavedSearch
from loa.listening.search import Heard
from loa.listening.selectors import StreamFilter
from loa.listening.texts import query_error
from loa.org import access as rights
from loa.org.models import Unit
from loa.org.selectors import below

#: searches of one person; more is a list nobody reads
MOST_SEARCHES = 40


@transaction.atomic
def search_save(
    *,
    actor: Any,
    name: str,
    wanted: StreamFilter,
    unit: Unit | None = None,
    notify: bool = False,
    mail: bool = False,
) -> SavedSearch:
    """Keep a search under a name, for oneself or (`unit`) for all who read what that unit hears.

    Raises InvalidInput (no name, nothing asked, a query that cannot be read), Conflict (too many, a name that is
    there), Refused.
    """
    rights.require(
        actor, access.READ, None, _("Phần Dư luận dành cho người phụ trách truyền thông, lãnh đạo đơn vị.")
    )
    if unit is not None:
        rights.require(actor, access.MANAGE, unit.pk, _("Bạn chưa được phân công lập bộ tìm chung của đơn vị."))
    name = clean(name)[:80]
    if not name:
        raise InvalidInput(_("Hãy đặt tên cho bộ tìm, ví dụ “Lạm thu đầu năm”."), field="ten")
    wanted = StreamFilter.from_params({**wanted.params(), "tu": "", "den": ""})
    if not wanted.narrow:
        raise InvalidInput(_("Hãy gõ từ cần tìm hoặc chọn bộ lọc trước khi lưu."), field="ten")
    try:
        _query = wanted.query
    except QueryError as error:
        raise InvalidInput(query_error(error).sentence, field="ten") from None
    own = SavedSearch.objects.select_for_update().filter(owner=actor)
    if any(row.name == name for row in own):
        raise Conflict(_("Bạn đã có bộ tìm mang tên này. Hãy chọn tên khác."), field="ten")
    if len(own) >= MOST_SEARCHES:
        raise Conflict(_("Đã có %(n)d bộ tìm. Hãy xoá bớt bộ không dùng.") % {"n": MOST_SEARCHES}, field="ten")
    search = SavedSearch.objects.create(owner=actor, unit=unit, name=name, params=wanted.params())
    Follow.objects.create(search=search, user=actor, notify=notify, mail=notify and mail and bool(actor.email))
    log("listening.search.saved", actor=actor, obj=search, unit_id=unit.pk if unit else None)
    return search


@transaction.atomic
def search_drop(*, actor: Any, search: SavedSearch) -> None:
    """Keep it no longer: the owner, or whoever manages what the unit hears."""
    search = SavedSearch.objects.select_for_update(of=("self",)).get(pk=search.pk)
    if search.owner_id != actor.pk:
        if search.unit_id is None:
            raise Refused(_("Chỉ người lập mới xoá được bộ tìm này."), code="listening.search.not_yours")
        rights.require(
            actor, access.MANAGE, search.unit_id, _("Chỉ người lập hoặc người phụ trách mới xoá được bộ tìm này.")
        )
    cancel_notices(code="listening.search_hit", key=str(search.pk))
    log("listening.search.dropped", actor=actor, obj=search, unit_id=search.unit_id)
    search.delete()


@transaction.atomic
def search_notify(*, actor: Any, search: SavedSearch, on: bool, mail: bool = False) -> None:
    """Be told of new items inside Loa (`on`), also by gathered letters (`mail`), or no longer. Not audited:
    nothing but the person's own bell and box changes. Raises InvalidInput (letters without an address).
    """
    if mail and not actor.email:
        raise InvalidInput(_("Tài khoản của bạn chưa có thư điện tử. Hãy báo quản trị thêm địa chỉ."))
    Follow.objects.update_or_create(
        search=search, user=actor, defaults={"notify": on, "mail": on and mail, "unmailed": 0}
    )


@transaction.atomic
def search_looked(*, actor: Any, search: SavedSearch) -> None:
    """The person looks at it now: what comes from here on is new to them, a notice about it is read."""
    Notice.objects.filter(user=actor, code="listening.search_hit", key=str(search.pk), read_at=None).update(
        read_at=clock.now()
    )
    Follow.objects.update_or_create(
        search=search, user=actor, defaults={"looked_at": clock.now(), "fresh": 0, "unmailed": 0}
    )


# — new items ——————————————————————————————————————————————————————————————————————————


def tell_followers(rows: Sequence[Heard]) -> int:
    """Count these new items for everybody who keeps a search that wants them, and tell those who asked for it.

    Returns how many people were told. One unread notice a search and person: a flood is one line. Seven statements
    whatever the number of items, and two a search that matches. In the caller's transaction.
    """
    follows: dict[int, list[Follow]] = {}
    if rows:
        for follow in Follow.objects.filter(user__is_active=True).select_related("search", "user").order_by("pk"):
            follows.setdefault(follow.search_id, []).append(follow)
    if not follows:
        return 0
    texts = {row.pk: Text(row.title, row.text) for row in rows}
    readable = {one.user_id: one.user for some in follows.values() for one in some}
    may_read = {pk: _readable(user, rows) for pk, user in readable.items()}
    told = 0
    for some in follows.values():
        search = some[0].search
        wanted = StreamFilter.from_params(search.params)
        hits = [row for row in rows if fits(wanted, row, texts[row.pk])]
        if not hits:
            continue
        asked, counted = [], []
        for follow in some:
            n = sum(row.pk in may_read[follow.user_id] for row in hits)
            if n:
                counted.append(follow)
                follow.fresh = F("fresh") + n
                if follow.mail:
                    follow.unmailed = F("unmailed") + n
                if follow.notify:
                    asked.append(follow.user)
        Follow.objects.bulk_update(counted, ["fresh", "unmailed"])
        if not asked:
            continue
        told += notify(
            users=asked,
            code="listening.search_hit",
            key=str(search.pk),
            url=reverse("listening:search", args=[search.pk]),
            name=search.name,
        )
        for listener in hooks.search_matched:
            listener(search=search, items=[row.pk for row in hits], users=asked)
    return told


def fits(wanted: StreamFilter, row: Heard, text: Text) -> bool:
    """Whether an item is what the filter wants: the same as the index would say."""
    try:
        query = wanted.query
    except QueryError:
        return False
    exact = (
        (wanted.tone, row.tone), (wanted.harm, row.harm), (wanted.outlet, row.outlet),
        (wanted.source, row.source_id),
    )  # fmt: skip
    if any(want and want != have for want, have in exact) or not (row.relevant or wanted.all):
        return False
    if (wanted.topic and wanted.topic not in row.topics) or (wanted.unit and wanted.unit not in row.units):
        return False
    if wanted.region and not below(wanted.region).filter(pk__in=row.units).exists():
        return False
    return query is None or matches(query, text)


def _readable(user: Any, rows: Sequence[Heard]) -> set[int]:
    """Ids of those among `rows` that the person may read (as `access.items_for`)."""
    reach = access.reach_of(user)
    meant = {unit for row in rows for unit in row.units} if reach.beyond else set()
    own = set(rights.units_where(user, access.READ).filter(pk__in=meant).values_list("pk", flat=True))
    heard = frozenset(reach.heard)  # thousands, where every school has a page
    return {row.pk for row in rows if row.unit_id in heard or own & set(row.units)}
