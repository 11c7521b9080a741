"""Writes of the portal: open a site, set it up, and tell every page cache that something public changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http.request import validate_host
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core.errors import Conflict, InvalidInput
from loa.lib.vi import clean, clean_lines
from loa.org.models import Unit
from loa.portal import cache
from loa.portal.access import require_open, site_for_update
from loa.portal.models import FormerSlug, MemberSite, PublicVersion
from loa.portal.place import Place
from loa.portal.rules import EMBLEMS, address_of, host_valid, letters_valid
from loa.portal.selectors.stories import at

_VERSION_ROW = 1


def public_changed() -> None:
    """Make every page cache of every process forget what it holds.

    Runs in the transaction of the deed, so that the deed is never public without it; other processes see it
    within a second (cache.POLL).
    """
    if not PublicVersion.objects.filter(pk=_VERSION_ROW).update(value=F("value") + 1):
        PublicVersion.objects.get_or_create(pk=_VERSION_ROW, defaults={"value": 1})
    transaction.on_commit(cache.look_again)


@transaction.atomic
def site_open(
    *,
    unit: Unit,
    actor: Any,
    name: str = "",
    slug: str = "",
    host: str | None = None,
    is_main: bool = False,
    palette: str = MemberSite.Palette.INK,
    emblem: str = "",
    **about: str,
) -> MemberSite:
    """Open the site of a unit; opening it again wakes the one that is there.

    `actor` None is the system (the demo, an import). `about`: intro, governing, responsible, address, email,
    phone. Raises Refused, InvalidInput (a bad path, host, palette or emblem), Conflict (path or host taken).
    """
    require_open(actor, unit)
    slug = address_of(slug or unit.slug or unit.name)
    if not slug:
        raise InvalidInput(_("Địa chỉ của trang cần ít nhất một chữ cái hoặc chữ số."), field="slug")
    host = _checked_host(host)
    fields = {
        "name": clean(name) or unit.name,
        "slug": slug,
        "host": host,
        "is_main": is_main,
        "palette": _checked_palette(palette),
        "emblem": _checked_emblem(emblem),
        "active": True,
        **{field: _checked_about(field, text) for field, text in about.items()},
    }
    _claim_slug(slug, unit)
    try:
        with transaction.atomic():
            site, made = MemberSite.objects.update_or_create(unit=unit, defaults=fields)
    except IntegrityError as error:
        raise Conflict(
            _("Đường dẫn hoặc tên miền này đã có đơn vị khác dùng. Hãy chọn đường dẫn khác."), field="slug"
        ) from error
    log("portal.site_open", actor=actor, obj=site, unit_id=unit.pk, made=made, slug=slug, host=host or "")
    public_changed()
    return site


def _claim_slug(slug: str, unit: Unit) -> None:
    if FormerSlug.objects.filter(slug=slug).exclude(site__unit=unit).exists():
        raise Conflict(
            _("Đường dẫn “%(slug)s” từng là địa chỉ của một trang khác và vẫn đang dẫn người đọc về trang đó. "
              "Hãy chọn đường dẫn khác.") % {"slug": slug},
            field="slug",
        )  # fmt: skip
    FormerSlug.objects.filter(slug=slug, site__unit=unit).delete()


@transaction.atomic
def site_move(*, unit_id: int, actor: Any, slug: str, host: str | None) -> MemberSite:
    """Give a site another path or host name. Its old path redirects there for ever. For administrators.

    Raises NotFound, Refused, InvalidInput, Conflict.
    """
    site = site_for_update(actor, unit_id)
    require_open(actor, site.unit)
    slug, host, before = address_of(slug), _checked_host(host), (site.slug, site.host)
    if not slug:
        raise InvalidInput(_("Địa chỉ của trang cần ít nhất một chữ cái hoặc chữ số."), field="slug")
    if slug != site.slug:
        _claim_slug(slug, site.unit)
        FormerSlug.objects.update_or_create(slug=site.slug, defaults={"site": site})
    site.slug, site.host = slug, host
    try:
        with transaction.atomic():
            site.save(update_fields=["slug", "host"])
    except IntegrityError as error:
        raise Conflict(_("Đường dẫn hoặc tên miền này đã có đơn vị khác dùng."), field="slug") from error
    log("portal.site_move", actor=actor, obj=site, unit_id=unit_id, before=list(before), after=[slug, host])
    public_changed()
    return site


#: fields a unit's own people may set, and how long each may be
ABOUT = {"intro": 4000, "governing": 200, "responsible": 200, "address": 250, "email": 254, "phone": 30}


@transaction.atomic
def site_update(
    *,
    unit_id: int,
    actor: Any,
    version: int,
    palette: str,
    emblem: str,
    lead_story_id: int | None = None,
    **about: str,
) -> MemberSite:
    """Set colour, emblem, introduction, contacts and the story on top of a unit's site.

    `version` is the one the form was made from. Raises NotFound, InvalidInput (field named), Conflict when
    somebody has saved in between.
    """
    site = site_for_update(actor, unit_id)
    if site.version != version:
        raise Conflict(
            _("Trong lúc ông/bà sửa, trang này đã được người khác lưu. Phần đã nhập vẫn còn bên dưới: "
              "đối chiếu với bản mới rồi bấm Lưu lần nữa.")
        )  # fmt: skip
    before = {field: getattr(site, field) for field in ("palette", "emblem", "lead_story_id", *ABOUT)}
    site.palette = _checked_palette(palette)
    site.emblem = _checked_emblem(emblem)
    for field, text in about.items():
        setattr(site, field, _checked_about(field, text))
    if lead_story_id is not None:
        here = Place(site=site, main=site, prefix="", on_main_host=True)
        if not at(here).filter(pk=lead_story_id).exists():
            raise InvalidInput(_("Tin chính phải là một tin, bài đang đăng trên trang này."), field="lead_story")
    site.lead_story_id = lead_story_id
    site.version += 1
    site.save()
    changed = {field: [old, getattr(site, field)] for field, old in before.items() if getattr(site, field) != old}
    log("portal.site_update", actor=actor, obj=site, unit_id=unit_id, changed=changed)
    public_changed()
    return site


def _checked_host(host: str | None) -> str | None:
    name = clean(host or "").lower().rstrip(".")
    if not name:
        return None
    if not host_valid(name):
        raise InvalidInput(
            _("Tên miền “%(host)s” chưa đúng. Chỉ ghi tên miền, không ghi http:// và đường dẫn, "
              "ví dụ thptbenlam.edu.vn.") % {"host": name},
            field="host",
        )  # fmt: skip
    if not validate_host(name, settings.ALLOWED_HOSTS):
        raise InvalidInput(
            _("Máy chủ chưa được phép phục vụ tên miền “%(host)s”. Hãy thêm tên miền này vào LOA_ALLOWED_HOSTS "
              "rồi khởi động lại.") % {"host": name},
            field="host",
        )  # fmt: skip
    return name


def _checked_palette(palette: str) -> str:
    if palette not in MemberSite.Palette.values:
        raise InvalidInput(_("Hãy chọn một trong các bảng màu có sẵn."), field="palette")
    return palette


def _checked_emblem(emblem: str) -> str:
    emblem = clean(emblem)
    if emblem in EMBLEMS or not emblem:
        return emblem
    if not letters_valid(emblem):
        raise InvalidInput(_("Biểu trưng bằng chữ có từ 1 đến 4 chữ cái hoặc chữ số, ví dụ BL."), field="emblem")
    return emblem.upper()


def _checked_about(field: str, text: str) -> str:
    if field not in ABOUT:
        raise TypeError(f"no such field of a site: {field}")
    text = clean_lines(text) if field == "intro" else clean(text)
    if len(text) > ABOUT[field]:
        raise InvalidInput(
            _("Phần này dài quá %(most)s ký tự (đang có %(have)s). Hãy rút gọn.")
            % {"most": ABOUT[field], "have": len(text)},
            field=field,
        )
    return text
