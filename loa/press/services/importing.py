"""Writes: whom one writes to, from a table. Read and shown first; nothing is kept between the two but what the
person holds in a signed form."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vi import slugify_vi
from loa.press import access
from loa.press.importers.contacts import Line, read
from loa.press.models import Beat, Contact, Outlet
from loa.press.services.register import contact_save, outlet_save

SALT = "loa.press.import"
#: how long a reading may be looked at, seconds
LIVES = 3600


@dataclass(frozen=True)
class Step:
    """What becomes of a line: "new", "there" (kept as it is), "left" (does not want letters), "wrong"."""

    line: Line
    deed: str
    new_outlet: bool = False


@dataclass(frozen=True)
class Reading:
    """A file as the register would take it. `token`: what `contacts_import` wants back."""

    unit_id: int
    steps: list[Step]
    remarks: list[str]
    token: str

    def count(self, deed: str) -> int:
        """How many lines."""
        return sum(step.deed == deed for step in self.steps)


def _steps(unit_id: int, lines: list[Line]) -> list[Step]:
    """Compare with the register: three queries, however many lines."""
    outlets = {row.name.casefold(): row for row in Outlet.objects.filter(unit=unit_id)}
    people = {
        (row.outlet_id, row.email): row
        for row in Contact.objects.filter(outlet__unit=unit_id).only("outlet_id", "email", "active")
    }
    beats = set(Beat.objects.filter(unit=unit_id).values_list("slug", flat=True))
    seen: dict[tuple[str, str], int] = {}
    fresh: set[str] = set()
    steps = []
    for line in lines:
        values, errors = line.values, list(line.errors)
        unknown = [name for name in values["beats"] if slugify_vi(name)[:80] not in beats]
        if unknown:
            errors.append(
                _("Chưa có mảng “%s”: thêm mảng ở danh bạ trước, hoặc bỏ khỏi tệp.") % "”, “".join(unknown[:3])
            )
        if values["consented_on"] and dt.date.fromisoformat(values["consented_on"]) > clock.today():
            errors.append(_("Ngày đồng ý không thể ở tương lai."))
        key = (values["outlet"].casefold(), values["email"])
        if values["email"] and key in seen:
            errors.append(_("Trùng với dòng %d.") % seen[key])
        seen.setdefault(key, line.number)
        outlet = outlets.get(key[0])
        known = people.get((outlet.pk, values["email"])) if outlet is not None else None
        told = Line(line.number, values, errors)
        if errors:
            steps.append(Step(told, "wrong"))
        elif known is not None:
            steps.append(Step(told, "there" if known.active else "left"))
        else:
            steps.append(Step(told, "new", new_outlet=outlet is None and key[0] not in fresh))
            if outlet is None:
                fresh.add(key[0])
    return steps


def contacts_read(*, actor: Any, unit_id: int, data: bytes, filename: str) -> Reading:
    """Read a file and compare it with the register of the unit; writes nothing. Raises Refused, InvalidInput."""
    access.require_manage(actor, unit_id)
    lines, remarks = read(data, filename)
    token = signing.dumps(
        {"unit": unit_id, "user": actor.pk, "lines": [asdict(line) for line in lines]}, salt=SALT, compress=True
    )
    return Reading(unit_id, _steps(unit_id, lines), remarks, token)


def contacts_shown(*, actor: Any, token: str) -> Reading:
    """The reading of a token again, compared with the register as it is now. Raises InvalidInput, Refused."""
    try:
        kept = signing.loads(token, salt=SALT, max_age=LIVES)
    except signing.BadSignature:
        kept = {}
    if kept.get("user") != actor.pk:
        raise InvalidInput(
            _("Lần đọc tệp này quá một giờ hoặc không phải của bạn. Hãy chọn lại tệp."), field="file"
        )
    access.require_manage(actor, kept["unit"])
    return Reading(kept["unit"], _steps(kept["unit"], [Line(**line) for line in kept["lines"]]), [], token)


@transaction.atomic
def contacts_import(*, actor: Any, token: str) -> int:
    """Enter the people of a reading that are new and not wrong; all of them or none. Returns how many.

    Who is there keeps their entry; who left stays left. Raises InvalidInput, Refused, Conflict (nobody is new).
    """
    reading = contacts_shown(actor=actor, token=token)
    new = [step.line for step in reading.steps if step.deed == "new"]
    if not new:
        raise Conflict(_("Tệp không có người nào mới để thêm."))
    outlets = {row.name.casefold(): row for row in Outlet.objects.filter(unit=reading.unit_id)}
    beats = dict(Beat.objects.filter(unit=reading.unit_id).values_list("slug", "pk"))
    for line in new:
        values = line.values
        key = values["outlet"].casefold()
        if key not in outlets:
            outlets[key] = outlet_save(
                actor=actor, unit_id=reading.unit_id, name=values["outlet"],
                kind=values["kind"] or Outlet.Kind.PAPER, website=values["website"],
            )  # fmt: skip
        contact_save(
            actor=actor,
            outlet_id=outlets[key].pk,
            beat_ids=[beats[slugify_vi(name)[:80]] for name in values["beats"]],
            **{name: values[name] for name in ("name", "position", "email", "phone", "basis", "basis_note")},
            consented_on=dt.date.fromisoformat(values["consented_on"]),
            keeps_embargo=values["keeps_embargo"],
        )
    log("press.contacts.imported", actor=actor, unit_id=reading.unit_id, count=len(new))
    return len(new)
