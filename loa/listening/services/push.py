"""Calls of programs that push items: signed over the raw body, each taken once, all of them counted.

The secret is derived from the installation's own key and the source's serial number: nothing to store, nothing
to leak from a backup of the database; a new serial makes the old secret worthless.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core import clock
from loa.core.errors import Conflict, InvalidInput
from loa.listening.access import MANAGE
from loa.listening.models import PushCall, PushCount, Source
from loa.listening.readers.table import Grid, guess, lines, read_table
from loa.listening.rules import SourceKind
from loa.listening.services.collect import fetch_stored
from loa.org import access as rights

#: a body larger than this is not read; more items than this are not taken at once
MOST_BYTES, MOST_ITEMS = 2 * 1024 * 1024, 1000
#: seconds a call may be old, or ahead
WINDOW = 300


@dataclass
class Answer:
    """What the caller is told."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)


def secret_of(source: Source) -> str:
    """The secret with which calls for this source are signed (64 hex digits)."""
    words = f"listening.push:{source.pk}:{source.push_serial}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()


def sign(secret: str, stamp: str, body: bytes) -> str:
    """What the header must say: HMAC-SHA256 over the time, a point, and the body as sent."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


@transaction.atomic
def push_secret_shown(*, actor: Any, source: Source) -> str:
    """The secret, for a person who sets up the other program; written down. Raises Refused, Conflict."""
    _require(actor, source)
    log("listening.push.shown", actor=actor, obj=source, unit_id=source.unit_id)
    return secret_of(source)


@transaction.atomic
def push_secret_changed(*, actor: Any, source: Source) -> str:
    """A new secret; the old one is worth nothing from now on."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    _require(actor, source)
    source.push_serial += 1
    source.save(update_fields=["push_serial"])
    log("listening.push.changed", actor=actor, obj=source, unit_id=source.unit_id)
    return secret_of(source)


def _require(actor: Any, source: Source) -> None:
    rights.require(actor, MANAGE, source.unit_id, _("Bạn chưa được phân công quản lý nguồn tin."))
    if source.kind != SourceKind.PUSH:
        raise Conflict(_("Chỉ nguồn “nhận từ hệ thống khác” mới có khoá."))


def push_oversize(source_id: int) -> None:
    """A call whose body was not read."""
    if Source.objects.filter(pk=source_id, kind=SourceKind.PUSH).exists():
        _count(source_id, "oversize")


def push_take(*, source_id: int, stamp: str, signature: str, body: bytes) -> Answer:
    """Take one call. 202 and what became of its items; 401 (signature, time), 404, 409 (the same call again),
    410 (source paused), 413, 422 (cannot be read). A refused call writes its count and nothing else.
    """
    source = Source.objects.filter(pk=source_id, kind=SourceKind.PUSH).first()
    if source is None:
        return Answer(404)
    if len(body) > MOST_BYTES:
        _count(source_id, "oversize")
        return Answer(413, {"error": "too_large", "limit": MOST_BYTES})
    expected = sign(secret_of(source), stamp, body)
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12) or not hmac.compare_digest(
        expected.encode(), signature.removeprefix("sha256=").strip().lower().encode("utf-8", "replace")
    ):
        _count(source_id, "forged")
        return Answer(401, {"error": "signature"})
    if abs(clock.now().timestamp() - int(stamp)) > WINDOW:
        _count(source_id, "old")
        return Answer(401, {"error": "time", "window": WINDOW})
    if not source.active:
        return Answer(410, {"error": "paused"})
    return _once(source, expected, body)


class _Replayed(Exception):
    pass


def _mark(source: Source, signature: str) -> None:
    """The same call again, perhaps at this very moment, stops at this row."""
    try:
        with transaction.atomic():
            PushCall.objects.create(source=source, signature=signature)
    except IntegrityError:
        raise _Replayed from None


def _once(source: Source, signature: str, body: bytes) -> Answer:
    try:
        with transaction.atomic():
            _mark(source, signature)
            return _stored(source, body)
    except _Replayed:
        _count(source.pk, "replayed")
        return Answer(409, {"error": "replayed"})
    except InvalidInput as error:
        # Its row went back with the rest: mended and signed anew it may come again.
        _count(source.pk, "unreadable")
        return Answer(422, {"error": "unreadable", "message": str(error)})


def _stored(source: Source, body: bytes) -> Answer:
    grid = _grid(body)
    mapping = guess(grid.columns)
    if not {"title", "text"} & set(mapping):
        raise InvalidInput(_("Không có trường title hoặc text nào."))
    found, wrong = [], []
    for line in lines(grid, mapping, now=clock.now()):
        if line.found is None:
            wrong.append({"line": line.number, "message": line.wrong})
        else:
            found.append(line.found)
    added = fetch_stored(source_id=source.pk, found=found, status=202, size=len(body), ms=0)
    _count(source.pk, "ok")
    return Answer(202, {"added": added, "known": len(found) - added, "wrong": wrong[:100]})


def _grid(body: bytes) -> Grid:
    """The items of a body: a JSON list, {"items": [...]}, or JSON Lines."""
    try:
        whole = json.loads(body)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and isinstance(whole.get("items"), list):
        body = json.dumps(whole["items"], ensure_ascii=False).encode()
    grid = read_table(body, "push.jsonl")
    if len(grid.rows) > MOST_ITEMS:
        raise InvalidInput(_("Một lần gửi nhiều nhất %(n)d tin.") % {"n": MOST_ITEMS})
    return grid


def _count(source_id: int, outcome: str) -> None:
    table = PushCount._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (source_id, day, outcome, n) VALUES (%s, %s, %s, 1) "  # noqa: S608 (constant name)
            f"ON CONFLICT (source_id, day, outcome) DO UPDATE SET n = {table}.n + 1",
            [source_id, clock.today(), outcome],
        )


def forget_calls() -> int:
    """Calls whose signature is too old to be used again."""
    return PushCall.objects.filter(at__lt=clock.now() - dt.timedelta(seconds=3 * WINDOW)).delete()[0]
