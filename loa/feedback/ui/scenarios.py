"""Chat scenarios: the tree as cards, one answer at a time, versions, a chat to try it."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from loa.core.errors import AppError
from loa.feedback import access, bot, selectors, services
from loa.feedback.models import Scenario
from loa.feedback.services.bot import tools_for
from loa.feedback.texts import problem
from loa.feedback.ui.common import deed, number, staff
from loa.org import access as rights

KIND_LABELS = {
    bot.NodeKind.MENU: lazy("Menu có các mục con"),
    bot.NodeKind.TEXT: lazy("Câu trả lời"),
    bot.NodeKind.SCHOOL: lazy("Tra cứu trường học"),
    bot.NodeKind.NEWS: lazy("Thông báo mới nhất"),
    bot.NodeKind.FEEDBACK: lazy("Nhận phản ánh"),
    bot.NodeKind.PERSON: lazy("Chuyển cho cán bộ"),
}
DAYS = [
    lazy("Thứ Hai"),
    lazy("Thứ Ba"),
    lazy("Thứ Tư"),
    lazy("Thứ Năm"),
    lazy("Thứ Sáu"),
    lazy("Thứ Bảy"),
    lazy("Chủ Nhật"),
]
SALT = "feedback.preview"


@staff("GET", "POST")
def scenarios(request: HttpRequest) -> HttpResponse:
    """The scenarios; a new one."""
    rights.require(request.user, access.MANAGE, None, _("Chatbot do đầu mối truyền thông, Ban Biên tập giữ."))
    units = rights.units_where(request.user, access.MANAGE).order_by("sort_key")
    if request.method == "POST":
        try:
            row = services.scenario_create(
                actor=request.user,
                unit_id=number(request.POST.get("unit")) or 0,
                name=request.POST.get("name", ""),
            )
            return redirect("feedback:scenario", pk=row.pk)
        except AppError as error:
            if error.status == 403:
                raise
            messages.error(request, str(error))
    context = {
        "rows": selectors.scenarios(request.user),
        "units": list(units.filter(parent=None)) or list(units[:30]),
        "here": "bot",
        "may_manage": True,
    }
    return render(request, "feedback/scenarios.html", context)


def _lines(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """The tree flattened in reading order, with depth."""
    found: list[dict[str, Any]] = []
    nodes = tree["nodes"]

    def walk(key: str, depth: int, seen: frozenset[str]) -> None:
        if key not in nodes or key in seen:
            return
        one = nodes[key]
        kind = bot.NodeKind(one["kind"])
        found.append({"key": key, "depth": min(depth, 4), "kind": kind, "label": KIND_LABELS[kind], **one})
        for child in one.get("children") or []:
            walk(child, depth + 1, seen | {key})

    walk(str(tree["root"]), 0, frozenset())
    return found


@staff("GET")
def scenario(request: HttpRequest, pk: int) -> HttpResponse:
    """One scenario: its tree, office hours, where it runs, its versions, a chat to try the draft."""
    row = access.scenario_for(request.user, pk)
    chosen = request.GET.get("muc", "")
    lines = _lines(row.tree)
    node = next((one for one in lines if one["key"] == chosen), None)
    context = {
        "row": row,
        "lines": lines,
        "node": node,
        "words": ", ".join(node["words"]) if node else "",
        "kinds": [(kind.value, label) for kind, label in KIND_LABELS.items()],
        "days": list(enumerate(DAYS)),
        "wrong": [problem(code) for code in bot.problems(row.tree)],
        "versions": list(row.versions.select_related("created_by")[:12]),
        "accounts": selectors.bot_accounts(request.user),
        "running": set(row.accounts.values_list("pk", flat=True)),
        "chat": _preview(row, ""),
        "here": "bot",
        "may_manage": True,
    }
    return render(request, "feedback/scenario.html", context)


def _revision(request: HttpRequest) -> int:
    return number(request.POST.get("revision")) or 0


@deed("feedback:scenario")
def save(request: HttpRequest, pk: int) -> None:
    """Name, greeting, hours."""
    services.scenario_save(
        actor=request.user,
        scenario_id=pk,
        revision=_revision(request),
        name=request.POST.get("name", ""),
        greeting=request.POST.get("greeting", ""),
        off=request.POST.get("off", ""),
        hours={
            "days": [day for day in request.POST.getlist("day") if number(day) is not None],
            "from": request.POST.get("from", "")[:5],
            "to": request.POST.get("to", "")[:5],
        },
    )
    messages.success(request, _("Đã lưu bản nháp. Kịch bản đang chạy chưa đổi cho đến khi xuất bản."))


def _back(pk: int, node: str) -> HttpResponse:
    answer = redirect("feedback:scenario", pk=pk)
    answer["Location"] += f"?muc={node}#sua"
    return answer


@deed("feedback:scenario")
def node_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A new answer below a menu."""
    _row, key = services.node_add(
        actor=request.user,
        scenario_id=pk,
        revision=_revision(request),
        parent=request.POST.get("parent", ""),
        title=request.POST.get("title", ""),
        kind=request.POST.get("kind", ""),
    )
    return _back(pk, key)


@deed("feedback:scenario")
def node_save(request: HttpRequest, pk: int) -> HttpResponse:
    """The words of a node."""
    node = request.POST.get("node", "")
    services.node_save(
        actor=request.user,
        scenario_id=pk,
        revision=_revision(request),
        node=node,
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        words=request.POST.get("words", ""),
    )
    messages.success(request, _("Đã lưu mục này vào bản nháp."))
    return _back(pk, node)


@deed("feedback:scenario")
def node_change(request: HttpRequest, pk: int) -> HttpResponse | None:
    """Up, down, away."""
    common: dict[str, Any] = {"actor": request.user, "scenario_id": pk, "revision": _revision(request)}
    node, what = request.POST.get("node", ""), request.POST.get("what", "")
    if what == "remove":
        services.node_remove(**common, node=node)
        messages.success(request, _("Đã bỏ mục khỏi bản nháp."))
        return None
    services.node_move(**common, node=node, up=what == "up")
    return _back(pk, node)


@deed("feedback:scenario")
def publish(request: HttpRequest, pk: int) -> None:
    """Put the draft to work."""
    version = services.scenario_publish(actor=request.user, scenario_id=pk, note=request.POST.get("note", ""))
    messages.success(request, _("Đã xuất bản phiên bản %(n)d.") % {"n": version.number})


@deed("feedback:scenario")
def restore(request: HttpRequest, pk: int) -> None:
    """An older version as the draft."""
    services.scenario_restore(actor=request.user, scenario_id=pk, number=number(request.POST.get("number")) or 0)
    messages.success(request, _("Đã lấy lại phiên bản cũ làm bản nháp. Xem thử rồi xuất bản."))


@deed("feedback:scenario")
def switch(request: HttpRequest, pk: int) -> None:
    """On for these accounts, or off."""
    active = request.POST.get("active") == "1"
    chosen = [found for given in request.POST.getlist("account") if (found := number(given))]
    services.scenario_switch(actor=request.user, scenario_id=pk, active=active, account_ids=chosen)
    messages.success(request, _("Chatbot đã bật.") if active else _("Chatbot đã tắt; người trả lời mọi tin nhắn."))


def _preview(row: Scenario, text: str, state: dict[str, Any] | None = None) -> dict[str, Any]:
    """One step of the trial chat: nothing is kept but what the page carries."""
    state = state or {"lines": [], "node": "", "expects": "", "misses": 0}
    if not text:
        turn = bot.begin(row.tree)
    else:
        at = bot.At(state["node"], state["expects"], state["misses"])
        if at.node and at.node not in row.tree["nodes"]:
            at = bot.At()
        turn = bot.answer(row.tree, at, text, tools_for(row, row.tree))
    lines = [*state["lines"], *([["me", text]] if text else []), *(["oa", said] for said in turn.says)][-30:]
    kept = {"lines": lines, "node": turn.at.node, "expects": turn.at.expects, "misses": turn.at.misses}
    return {**kept, "hand": turn.hand, "signed": signing.dumps(kept, salt=SALT, compress=True)}


@staff("POST")
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft answers a few words, as a citizen would see it."""
    row = access.scenario_for(request.user, pk)
    state = None
    try:
        state = signing.loads(request.POST.get("state", ""), salt=SALT, max_age=86_400)
    except (signing.BadSignature, json.JSONDecodeError):
        state = None
    text = request.POST.get("text", "").strip()[:500]
    chat = _preview(row, text, state)
    return render(request, "feedback/_chat.html", {"row": row, "chat": chat})
