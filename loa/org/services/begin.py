"""The first day of an installation: the Sở, its communes, its first administrator."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from loa.accounts.models import User
from loa.accounts.services import account_create
from loa.audit.services import log
from loa.core.errors import Conflict
from loa.org.models import Unit
from loa.org.provinces import REFORM, Province
from loa.org.rules import Kind, Role
from loa.org.services.members import membership_grant
from loa.org.services.units import NewUnit, unit_found


@dataclass(frozen=True)
class Begun:
    """What there is now. `password` opens only the page to choose one's own, and is kept nowhere."""

    so: Unit
    communes: int
    admin: User
    password: str


@transaction.atomic
def installation_begin(
    *,
    name: str,
    province: Province,
    admin: str,
    username: str = "",
    email: str = "",
    short_name: str = "",
    symbol: str = "SGDĐT",
    since: dt.date = REFORM,
    communes: bool = True,
) -> Begun:
    """Found the unit at the top with an administrator, and the province's communes below it.

    `symbol`: what stands after the number of its documents. `since`: from which day the units are known to Loa;
    what is owed and reported is never older. The actor is the system: there is nobody yet.
    Other domains hear of the founding as of any (the portal opens the site of the Sở).
    Raises Conflict (there are units already), InvalidInput (naming the field).
    """
    if Unit.objects.select_for_update().exists():
        raise Conflict(
            _("Đã có đơn vị trong Loa. Việc này chỉ làm một lần, khi cơ sở dữ liệu còn trống."),
            code="org.begun",
        )
    so = unit_found(
        actor=None,
        new=NewUnit(name, Kind.SO, short_name=short_name, place=province.bare, symbol=symbol),
        on=since,
    )
    for code, commune in province.communes if communes else ():
        called = _("Ủy ban nhân dân %s") % (commune[:1].lower() + commune[1:])
        new = NewUnit(called, Kind.UBND_XA, so, short_name=commune, place=commune, commune_code=code)
        unit_found(actor=None, new=new, on=max(since, REFORM))
    person, password = account_create(actor=None, full_name=admin, email=email, username=username, unit_id=so.pk)
    membership_grant(actor=None, user=person, unit=so, role=Role.ADMIN, valid_from=since)
    count = len(province.communes) if communes else 0
    log("org.begun", actor=None, obj=so, unit_id=so.pk, province=province.name, communes=count)
    return Begun(so, count, person, password)
