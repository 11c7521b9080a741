"""The only way from a request to a source, an item or a case.

Who listens for a unit (listening.read on the unit of the source) reads everything it hears; everybody with that
right reads what others hear of their own units: a school with a page of its own still reads what the papers say of
it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from loa.core.errors import NotFound, Refused
from loa.listening.models import (
    Alert,
    Case,
    Digest,
    Item,
    ItemFile,
    ItemUnit,
    SavedSearch,
    Source,
    counts_in_case,
)
from loa.listening.rules import SourceKind
from loa.org import access as rights
from loa.org.models import Unit

READ, MANAGE = "listening.read", "listening.manage"


def may_read(user: Any) -> bool:
    """Whether listening is among the person's rooms."""
    return rights.can(user, READ)


@dataclass(frozen=True)
class Reach:
    """How far a person hears."""

    #: units of theirs that have sources: what these hear is read whole, from one index
    heard: tuple[int, ...]
    #: units of others have sources too: what those hear of the person's units is read besides
    beyond: bool

    @property
    def items(self) -> Q:
        """What the units hear."""
        # One unit by "=": only so is an index that ends with the time also the order.
        return Q(unit=self.heard[0]) if len(self.heard) == 1 else Q(unit__in=self.heard)


def reach_of(user: Any) -> Reach:
    """How far the person hears. One query."""
    units = rights.units_where(user, READ)
    elsewhere = Source.objects.exclude(unit__in=units.values("pk"))
    rows = units.filter(sources__isnull=False).annotate(beyond=Exists(elsewhere)).order_by().distinct()
    found = list(rows.values_list("pk", "beyond"))
    return Reach(tuple(pk for pk, _beyond in found), any(beyond for _pk, beyond in found) if found else True)


def own_units(user: Any, limit: int) -> list[int]:
    """Units of the person's, at most `limit`: what is said of them is theirs to read."""
    return list(rights.units_where(user, READ).order_by().values_list("pk", flat=True)[:limit])


def items_for(user: Any) -> QuerySet[Item]:
    """Items the person may read: heard by their units, or by others and about them."""
    reach = reach_of(user)
    if not reach.beyond:
        return Item.objects.filter(reach.items)
    units = rights.units_where(user, READ).values("pk")
    about = Q(Exists(ItemUnit.objects.filter(item=OuterRef("pk"), unit__in=units)))
    return Item.objects.filter(reach.items | about if reach.heard else about)


def items_beyond(user: Any, reach: Reach, since: dt.datetime, until: dt.datetime) -> QuerySet[Item]:
    """Of a stretch of time what others hear of the person's units: none of it is among `reach.items`."""
    if not reach.beyond:
        return Item.objects.none()
    units = rights.units_where(user, READ).values("pk")
    about = ItemUnit.objects.filter(unit__in=units, at__gte=since, at__lt=until)
    return Item.objects.filter(pk__in=about.values("item")).exclude(unit__in=reach.heard)


def item_for_read(user: Any, pk: int) -> Item:
    """The item, or NotFound when there is none or it is not theirs."""
    item = items_for(user).select_related("source", "case").filter(pk=pk).first()
    if item is None:
        raise NotFound(_("Không tìm thấy tin này trong phạm vi của bạn."), code="listening.item.missing")
    return item


def item_for_correct(user: Any, pk: int) -> Item:
    """The item to set right: by those who listen for its unit."""
    item = item_for_read(user, pk)
    rights.require(user, MANAGE, item.unit_id, _("Bạn chưa được phân công sửa kết quả phân tích."))
    return item


def searches_for(user: Any) -> QuerySet[SavedSearch]:
    """Searches that are the person's, or shared by a unit whose listening they read."""
    mine = Q(owner=user) | Q(unit__in=rights.units_where(user, READ).values("pk"))
    return SavedSearch.objects.filter(mine) if may_read(user) else SavedSearch.objects.none()


def search_for_read(user: Any, pk: int) -> SavedSearch:
    """The saved search, or NotFound."""
    search = searches_for(user).select_related("owner", "unit").filter(pk=pk).first()
    if search is None:
        raise NotFound(_("Không tìm thấy bộ tìm này."), code="listening.search.missing")
    return search


def case_for_read(user: Any, pk: int) -> Case:
    """The case, when at least one of its items may be read."""
    case = Case.objects.filter(pk=pk).select_related("decided_by").first()
    told = items_for(user).filter(counts_in_case(), case=pk)
    if case is None or not (rights.can(user, READ, case.unit_id) or told.exists()):
        raise NotFound(_("Không tìm thấy vụ việc này trong phạm vi của bạn."), code="listening.case.missing")
    return case


def case_for_decide(user: Any, pk: int) -> Case:
    """The case to decide on."""
    case = case_for_read(user, pk)
    rights.require(user, MANAGE, case.unit_id, _("Bạn chưa được phân công xử lý vụ việc này."))
    return case


def alerts_for(user: Any) -> QuerySet[Alert]:
    """Alerts of what the person's units hear, and of the person's own units whoever hears it."""
    reach, units = reach_of(user), rights.units_where(user, READ)
    # A unit at the top hears what those below hear, and has alerts without a source of its own.
    mine = Q(unit__in=reach.heard) | Q(unit__in=units.filter(parent=None).values("pk"))
    return Alert.objects.filter(mine | Q(meant__in=units.values("pk")) if reach.beyond else mine)


def digests_for(user: Any) -> QuerySet[Digest]:
    """Digests of units whose listening the person reads; drafts are for those who keep it."""
    read, managed = (rights.units_where(user, deed).values("pk") for deed in (READ, MANAGE))
    rows = Digest.objects.filter(Q(unit__in=read) | Q(keeper__in=read))
    return rows.filter(Q(state="approved") | Q(unit__in=managed) | Q(keeper__in=managed))


def digest_for_read(user: Any, pk: int) -> Digest:
    """The digest, or NotFound."""
    digest = digests_for(user).select_related("unit", "approved_by", "edited_by").filter(pk=pk).first()
    if digest is None:
        raise NotFound(_("Không tìm thấy điểm báo này trong phạm vi của bạn."), code="listening.digest.missing")
    return digest


def digest_for_edit(user: Any, pk: int) -> Digest:
    """The digest, for those who keep it: NotFound before Refused."""
    digest = digest_for_read(user, pk)
    rights.require(user, MANAGE, digest.kept_by, _("Bạn chưa được phân công biên tập điểm báo."))
    return digest


def alert_for_read(user: Any, pk: int) -> Alert:
    """The alert, or NotFound."""
    alert = alerts_for(user).select_related("spike__case", "taken_by", "meant").filter(pk=pk).first()
    if alert is None:
        raise NotFound(_("Không tìm thấy cảnh báo này trong phạm vi của bạn."), code="listening.alert.missing")
    return alert


def sources_for(user: Any) -> QuerySet[Source]:
    """Sources of the person's units."""
    return Source.objects.filter(unit__in=rights.units_where(user, READ).values("pk"))


def source_for_read(user: Any, pk: int) -> Source:
    """The source, or NotFound."""
    source = sources_for(user).select_related("unit").filter(pk=pk).first()
    if source is None:
        raise NotFound(_("Không tìm thấy nguồn tin này."), code="listening.source.missing")
    return source


def source_for_manage(user: Any, pk: int) -> Source:
    """The source to change: NotFound before Refused."""
    source = source_for_read(user, pk)
    if not rights.can(user, MANAGE, source.unit_id):
        raise Refused(_("Bạn chưa được phân công quản lý nguồn tin."), code=MANAGE)
    return source


def kept_unit(user: Any) -> Unit | None:
    """The unit for which the person keeps listening: of several that have sources, one at the top."""
    units = managed_units(user).filter(sources__isnull=False).distinct()
    # Where nothing is said, SQLite lists units without a parent first and PostgreSQL last.
    return units.order_by(F("parent").asc(nulls_first=True), "pk").first()


def managed_units(user: Any) -> QuerySet[Unit]:
    """Units for which the person keeps sources."""
    return rights.units_where(user, MANAGE)


def keeps_all(user: Any) -> bool:
    """Whether the person keeps what holds for every unit, the topics and the models: a listener of a unit at the
    top. Who listens for a commune or a school sets its own items right and no more.
    """
    return rights.can(user, MANAGE) and managed_units(user).filter(parent=None).exists()


def require_keeps_all(user: Any, message: str) -> None:
    """Raise Refused with `message` unless `keeps_all`."""
    if not keeps_all(user):
        raise Refused(message, code=MANAGE)


def file_for_manage(user: Any, pk: int) -> ItemFile:
    """The file that was brought in, for who keeps its source."""
    row = ItemFile.objects.select_related("source").filter(pk=pk).first()
    if row is None or not rights.can(user, READ, row.source.unit_id):
        raise NotFound(_("Không tìm thấy tệp này."), code="listening.file.missing")
    rights.require(user, MANAGE, row.source.unit_id, _("Bạn chưa được phân công quản lý nguồn tin."))
    return row


def filled_sources(user: Any) -> QuerySet[Source]:
    """Sources into which the person may write by hand."""
    return Source.objects.filter(unit__in=managed_units(user).values("pk"), kind=SourceKind.HAND, active=True)
