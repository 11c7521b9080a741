"""Writing chat scenarios: a draft that is edited node by node, versions that run and never change."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.channels.models import ChannelAccount
from loa.core.errors import Conflict, InvalidInput
from loa.feedback import access as doors
from loa.feedback import bot
from loa.feedback.models import Scenario, ScenarioVersion
from loa.feedback.texts import problem
from loa.lib import vi
from loa.org import access as rights
from loa.org.models import Unit

Tree = dict[str, Any]


@transaction.atomic
def scenario_create(*, actor: Any, unit_id: int, name: str) -> Scenario:
    """A scenario to begin with. Raises Refused, InvalidInput."""
    rights.require(actor, doors.MANAGE, unit_id, _("Bạn chưa được giao quản lý chatbot của đơn vị này."))
    name = vi.clean(name)[:120]
    if not name:
        raise InvalidInput(_("Hãy đặt tên kịch bản."), field="name")
    unit = Unit.objects.get(pk=unit_id)
    row = Scenario.objects.create(unit=unit, name=name, tree=bot.starter(unit.short_name), changed=True)
    log("feedback.scenario.created", actor=actor, obj=row, unit_id=unit_id)
    return row


def _edit(actor: Any, scenario_id: int, revision: int, change: Callable[[Tree], None]) -> Scenario:
    row = doors.scenario_for(actor, scenario_id, lock=True)
    if row.revision != revision:
        raise Conflict(_("Kịch bản vừa được người khác sửa. Hãy tải lại trang rồi sửa tiếp."))
    tree = copy.deepcopy(row.tree)
    change(tree)
    row.tree, row.changed, row.revision = tree, True, row.revision + 1
    row.save(update_fields=["tree", "changed", "revision"])
    log("feedback.scenario.changed", actor=actor, obj=row, unit_id=row.unit_id)
    return row


def _node(tree: Tree, key: str) -> dict[str, Any]:
    node = tree["nodes"].get(key)
    if node is None:
        raise InvalidInput(_("Mục này không còn trong kịch bản. Hãy tải lại trang."))
    found: dict[str, Any] = node
    return found


@transaction.atomic
def scenario_save(
    *, actor: Any, scenario_id: int, revision: int, name: str, greeting: str, off: str, hours: dict[str, Any]
) -> Scenario:
    """Name, greeting, office hours, words for after hours."""

    def change(tree: Tree) -> None:
        days = sorted({int(day) for day in hours.get("days") or [] if 0 <= int(day) <= 6})
        if not days or not hours.get("from") or not hours.get("to") or hours["from"] >= hours["to"]:
            raise InvalidInput(_("Hãy chọn ngày và giờ làm việc; giờ kết thúc sau giờ bắt đầu."), field="hours")
        tree["greeting"], tree["off"] = vi.clean_lines(greeting)[:1000], vi.clean_lines(off)[:500]
        tree["hours"] = {"days": days, "from": hours["from"], "to": hours["to"]}

    row = _edit(actor, scenario_id, revision, change)
    if vi.clean(name):
        row.name = vi.clean(name)[:120]
        row.save(update_fields=["name"])
    return row


@transaction.atomic
def node_add(
    *, actor: Any, scenario_id: int, revision: int, parent: str, title: str, kind: str
) -> tuple[Scenario, str]:
    """A new answer below a menu. Returns its key."""
    key = secrets.token_hex(4)

    def change(tree: Tree) -> None:
        above = _node(tree, parent)
        if above["kind"] != bot.NodeKind.MENU:
            raise InvalidInput(_("Chỉ thêm được mục con vào một menu."))
        if len(tree["nodes"]) >= bot.MOST_NODES or len(above["children"]) >= bot.MOST_CHILDREN:
            raise InvalidInput(_("Một menu có tối đa 10 mục, một kịch bản tối đa 60 mục."))
        if kind not in set(bot.NodeKind) or not vi.clean(title):
            raise InvalidInput(_("Hãy ghi tên mục và chọn loại."), field="title")
        tree["nodes"][key] = {"title": vi.clean(title)[:60], "kind": kind, "text": "", "words": [], "children": []}
        above["children"].append(key)

    return _edit(actor, scenario_id, revision, change), key


@transaction.atomic
def node_save(
    *, actor: Any, scenario_id: int, revision: int, node: str, title: str, text: str, words: str = ""
) -> Scenario:
    """The words of a node; `words`: other ways to ask for it, parted by commas."""

    def change(tree: Tree) -> None:
        one = _node(tree, node)
        if not vi.clean(title):
            raise InvalidInput(_("Hãy ghi tên mục."), field="title")
        if len(text) > bot.MOST_TEXT:
            raise InvalidInput(_("Câu trả lời dài quá 1.800 chữ. Hãy rút gọn."), field="text")
        one["title"], one["text"] = vi.clean(title)[:60], vi.clean_lines(text)
        one["words"] = [vi.clean(word)[:40] for word in words.split(",") if vi.clean(word)][:12]

    return _edit(actor, scenario_id, revision, change)


@transaction.atomic
def node_move(*, actor: Any, scenario_id: int, revision: int, node: str, up: bool) -> Scenario:
    """Up or down among its neighbours."""

    def change(tree: Tree) -> None:
        for one in tree["nodes"].values():
            row = one["children"]
            if node in row:
                here = row.index(node)
                there = here - 1 if up else here + 1
                if 0 <= there < len(row):
                    row[here], row[there] = row[there], row[here]

    return _edit(actor, scenario_id, revision, change)


@transaction.atomic
def node_remove(*, actor: Any, scenario_id: int, revision: int, node: str) -> Scenario:
    """Take a node away, with everything below it."""

    def change(tree: Tree) -> None:
        if node == tree["root"]:
            raise InvalidInput(_("Không xoá được trang đầu của kịch bản."))
        waiting = [node]
        while waiting:
            key = waiting.pop()
            waiting += (tree["nodes"].pop(key, None) or {}).get("children", [])
        for one in tree["nodes"].values():
            one["children"] = [key for key in one["children"] if key in tree["nodes"]]

    return _edit(actor, scenario_id, revision, change)


@transaction.atomic
def scenario_publish(*, actor: Any, scenario_id: int, note: str = "") -> ScenarioVersion:
    """Put the draft to work as a new version. Raises InvalidInput naming what is wrong with it."""
    row = doors.scenario_for(actor, scenario_id, lock=True)
    wrong = bot.problems(row.tree)
    if wrong:
        raise InvalidInput(" ".join(problem(code) for code in wrong[:4]))
    number = (row.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    version = ScenarioVersion.objects.create(
        scenario=row, number=number, tree=copy.deepcopy(row.tree), note=vi.clean(note)[:200], created_by=actor
    )
    row.live, row.changed = version, False
    row.save(update_fields=["live", "changed"])
    log("feedback.scenario.published", actor=actor, obj=row, unit_id=row.unit_id, number=number)
    return version


@transaction.atomic
def scenario_restore(*, actor: Any, scenario_id: int, number: int) -> Scenario:
    """Make an older version the draft again; it runs once it is published."""
    row = doors.scenario_for(actor, scenario_id, lock=True)
    version = row.versions.filter(number=number).first()
    if version is None:
        raise InvalidInput(_("Không có phiên bản này."))
    row.tree, row.changed, row.revision = copy.deepcopy(version.tree), True, row.revision + 1
    row.save(update_fields=["tree", "changed", "revision"])
    log("feedback.scenario.restored", actor=actor, obj=row, unit_id=row.unit_id, number=number)
    return row


@transaction.atomic
def scenario_switch(*, actor: Any, scenario_id: int, active: bool, account_ids: list[int]) -> Scenario:
    """Let it answer on these accounts, or nowhere. An account has one scenario at most."""
    row = doors.scenario_for(actor, scenario_id, lock=True)
    if active and row.live_id is None:
        raise Conflict(_("Hãy xuất bản kịch bản trước khi bật."))
    units = rights.units_where(actor, doors.MANAGE).values("pk")
    accounts = list(ChannelAccount.objects.filter(pk__in=account_ids, unit__in=units, active=True))
    if active and not accounts:
        raise InvalidInput(_("Hãy chọn ít nhất một trang, OA."), field="accounts")
    taken = Scenario.objects.filter(accounts__in=accounts, active=True).exclude(pk=row.pk).first()
    if active and taken is not None:
        raise Conflict(_("Trang này đang dùng kịch bản “%(name)s”. Hãy tắt kịch bản đó trước.") % {"name": taken})
    row.accounts.set(accounts)
    row.active = active
    row.save(update_fields=["active"])
    log("feedback.scenario.switched", actor=actor, obj=row, unit_id=row.unit_id, on=active)
    return row
