"""Writes of the register: outlets, whom one writes to there, topics, spokespersons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import InvalidInput, NotFound
from loa.lib.mail import address_of
from loa.lib.vi import clean, slugify_vi
from loa.press import access, hooks, tokens
from loa.press.models import Beat, Contact, Outlet, Release, Spokesperson

MOST_BEATS = 30
CONTACT_LIMITS = {"name": 120, "position": 120, "phone": 30, "basis_note": 300}
SPEAKER_LIMITS = {"name": 120, "position": 120, "phone": 30, "email": 254, "decision": 160}


@transaction.atomic
def outlet_save(
    *,
    actor: Any,
    outlet_id: int | None = None,
    unit_id: int = 0,
    name: str,
    kind: str,
    website: str = "",
    active: bool = True,
) -> Outlet:
    """Enter an outlet, or change its entry. Raises NotFound, Refused, InvalidInput."""
    if outlet_id is None:
        access.require_manage(actor, unit_id)
        outlet = Outlet(unit_id=unit_id)
    else:
        outlet = access.outlet_for_manage(actor, outlet_id)
    outlet.name, outlet.kind, outlet.website, outlet.active = clean(name)[:160], kind, website.strip(), active
    if not outlet.name:
        raise InvalidInput(_("Hãy ghi tên cơ quan báo chí."), field="name")
    if kind not in Outlet.Kind.values:
        raise InvalidInput(_("Hãy chọn loại cơ quan báo chí."), field="kind")
    if Outlet.objects.filter(unit=outlet.unit_id, name=outlet.name).exclude(pk=outlet.pk).exists():
        raise InvalidInput(_("Cơ quan báo chí này đã có trong danh bạ."), field="name")
    outlet.save()
    code = "press.outlet.added" if outlet_id is None else "press.outlet.changed"
    log(code, actor=actor, obj=outlet, unit_id=outlet.unit_id)
    return outlet


@transaction.atomic
def contact_save(
    *, actor: Any, contact_id: int | None = None, outlet_id: int = 0, beat_ids: Iterable[int] = (), **fields: Any
) -> Contact:
    """Enter a journalist or a desk, or change the entry. Raises NotFound, Refused, InvalidInput (field named).

    `fields`: name, position, email, phone, basis, basis_note, consented_on, keeps_embargo.
    Nobody who left is brought back by this: `contact_back` asks for a new ground.
    """
    if contact_id is None:
        contact = Contact(outlet=access.outlet_for_manage(actor, outlet_id))
    else:
        contact = access.contact_for_manage(actor, contact_id)
    for name in CONTACT_LIMITS:
        setattr(contact, name, clean(str(fields.get(name, "")))[: CONTACT_LIMITS[name]])
    address = address_of(str(fields.get("email", "")))
    if address is None:
        raise InvalidInput(_("Địa chỉ thư điện tử chưa đúng."), field="email")
    contact.email, contact.basis = address, str(fields.get("basis", ""))
    contact.consented_on = fields.get("consented_on") or clock.today()
    contact.keeps_embargo = bool(fields.get("keeps_embargo"))
    if not contact.name:
        raise InvalidInput(_("Hãy ghi họ tên người nhận hoặc tên ban."), field="name")
    if contact.basis not in Contact.Basis.values:
        raise InvalidInput(_("Hãy chọn căn cứ để gửi thư cho người này."), field="basis")
    if not contact.basis_note:
        raise InvalidInput(
            _("Hãy ghi căn cứ lưu ở đâu, ví dụ: Giấy giới thiệu số 12 ngày 05/9."), field="basis_note"
        )
    if contact.consented_on > clock.today():
        raise InvalidInput(_("Ngày đồng ý không thể ở tương lai."), field="consented_on")
    twin = Contact.objects.filter(outlet=contact.outlet, email=address).exclude(pk=contact.pk).first()
    if twin is not None:
        raise InvalidInput(_("Địa chỉ này đã có ở cơ quan báo chí này (%s).") % twin.name, field="email")
    contact.save()
    contact.beats.set(Beat.objects.filter(unit=contact.outlet.unit_id, pk__in=list(beat_ids)))
    code = "press.contact.added" if contact_id is None else "press.contact.changed"
    log(code, actor=actor, obj=contact, unit_id=contact.outlet.unit_id)
    return contact


def _leave(contact: Contact, how: str) -> None:
    contact.active, contact.left_at, contact.left_how = False, clock.now(), how
    contact.save(update_fields=["active", "left_at", "left_how"])


@transaction.atomic
def contact_off(*, actor: Any, contact_id: int) -> Contact:
    """Write to them no more; waiting letters are skipped. Raises NotFound, Refused."""
    contact = access.contact_for_manage(actor, contact_id)
    if contact.active:
        _leave(contact, "staff")
        log("press.contact.off", actor=actor, obj=contact, unit_id=contact.outlet.unit_id)
    return contact


@transaction.atomic
def contact_back(*, actor: Any, contact_id: int, basis_note: str) -> Contact:
    """They asked to be written to again. Raises NotFound, Refused, InvalidInput (no new ground)."""
    contact = access.contact_for_manage(actor, contact_id)
    note = clean(basis_note)[:300]
    if not note or note == contact.basis_note:
        raise InvalidInput(
            _("Người này đã thôi nhận. Hãy ghi căn cứ mới cho thấy họ đề nghị nhận lại."), field="basis_note"
        )
    contact.active, contact.left_at, contact.left_how = True, None, ""
    contact.basis, contact.basis_note, contact.consented_on = Contact.Basis.ASKED, note, clock.today()
    contact.save()
    log("press.contact.back", actor=actor, obj=contact, unit_id=contact.outlet.unit_id)
    return contact


@transaction.atomic
def contact_delete(*, actor: Any, contact_id: int) -> None:
    """Forget a person; the ledger keeps the outlet alone. Raises NotFound, Refused."""
    contact = access.contact_for_manage(actor, contact_id)
    log("press.contact.deleted", actor=actor, obj=contact.outlet, unit_id=contact.outlet.unit_id)
    contact.delete()


@transaction.atomic
def contact_leave(*, token: str) -> Contact | None:
    """The owner of the link wants no more letters. The authority is the token; repeating it changes nothing.

    Raises NotFound for a link that is not ours; None when the contact was deleted.
    """
    pk = tokens.read("leave", token)
    if pk is None:
        raise NotFound(_("Đường dẫn không đúng. Xin mở lại đường dẫn từ thư đã nhận."), code="press.leave")
    contact = Contact.objects.select_for_update(of=("self",)).select_related("outlet").filter(pk=pk).first()
    if contact is not None and contact.active:
        _leave(contact, "link")
        log("press.contact.left", actor=None, obj=contact.outlet, unit_id=contact.outlet.unit_id)
    return contact


@transaction.atomic
def beats_save(*, actor: Any, unit_id: int, names: Iterable[str]) -> list[Beat]:
    """The topics of a unit's register, in order; one that is left out and not used goes. Raises Refused,
    InvalidInput (one in use left out)."""
    access.require_manage(actor, unit_id)
    wanted: dict[str, str] = {}
    for name in names:
        text = clean(name)[:80]
        if text:
            wanted.setdefault(slugify_vi(text)[:80], text)
    if len(wanted) > MOST_BEATS:
        raise InvalidInput(_("Nhiều nhất %d mảng tin.") % MOST_BEATS, field="beats")
    gone = Beat.objects.filter(unit=unit_id).exclude(slug__in=wanted)
    used = gone.filter(pk__in=Release.beats.through.objects.values("beat")).first()
    if used is not None:
        raise InvalidInput(
            _("Mảng “%s” đã có thông cáo nên không bỏ được. Hãy giữ lại dòng ấy.") % used, field="beats"
        )
    gone.delete()
    for position, (slug, name) in enumerate(wanted.items(), 1):
        Beat.objects.update_or_create(unit_id=unit_id, slug=slug, defaults={"name": name, "position": position})
    log("press.beats.saved", actor=actor, unit_id=unit_id, count=len(wanted))
    return list(Beat.objects.filter(unit=unit_id))


@transaction.atomic
def spokesperson_save(
    *, actor: Any, spokesperson_id: int | None = None, unit_id: int = 0, fields: Mapping[str, Any]
) -> Spokesperson:
    """Enter who speaks for the unit, or change the entry. Raises NotFound, Refused, InvalidInput."""
    if spokesperson_id is None:
        access.require_manage(actor, unit_id)
        row = Spokesperson(unit_id=unit_id)
    else:
        row = access.spokesperson_for_manage(actor, spokesperson_id)
    for name in SPEAKER_LIMITS:
        setattr(row, name, clean(str(fields.get(name, "")))[: SPEAKER_LIMITS[name]])
        if not getattr(row, name):
            raise InvalidInput(_("Hãy điền đủ các ô của người phát ngôn."), field=name)
    if address_of(row.email) is None:
        raise InvalidInput(_("Địa chỉ thư điện tử chưa đúng."), field="email")
    row.valid_from, row.valid_to = fields.get("valid_from") or clock.today(), fields.get("valid_to")
    row.published = bool(fields.get("published"))
    if row.valid_to is not None and row.valid_to < row.valid_from:
        raise InvalidInput(_("Ngày hết phải sau ngày bắt đầu."), field="valid_to")
    row.save()
    hooks.public_changed()
    log("press.spokesperson.saved", actor=actor, obj=row, unit_id=row.unit_id)
    return row
