"""The chatbot: what to say to the next words, by a tree the office wrote. No Django, no clock; tools are given.

A tree: {"greeting", "nodes": {id: {"title", "kind", "text", "words", "children"}}, "root",
"hours": {"days": [0…6], "from": "07:30", "to": "17:00"}, "off"}. Kinds: "menu" (its children are offered by
number), "text", "school" (which schools are where), "news" (latest notices), "feedback" (the next words are a
citizen's case), "person" (a person goes on).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from loa.feedback.rules import hours_for
from loa.lib.typed import whole
from loa.lib.vi import fold

#: misunderstood so often in a row, a person goes on
MOST_MISSES = 2
#: most nodes of a tree, children of a node, characters of a text
MOST_NODES, MOST_CHILDREN, MOST_TEXT = 60, 10, 1800


class NodeKind(StrEnum):
    """What a node does."""

    MENU = "menu"
    TEXT = "text"
    SCHOOL = "school"
    NEWS = "news"
    FEEDBACK = "feedback"
    PERSON = "person"


@dataclass(frozen=True)
class At:
    """Where a chat stands. `expects`: what the next words are ("", "school", "feedback")."""

    node: str = ""
    expects: str = ""
    misses: int = 0


@dataclass(frozen=True)
class Tools:
    """What the bot can ask. `schools`: words → an answer, empty when they name no place and no school."""

    schools: Callable[[str], str]
    news: Callable[[], str]
    #: whether it is office hours now, and when the office opens next, in words
    open_now: bool = True
    opens: str = ""


@dataclass(frozen=True)
class Turn:
    """What is said, and where the chat stands then. `hand`: "person", "feedback" when a person is to go on."""

    says: tuple[str, ...]
    at: At
    hand: str = ""


_HELLO = re.compile(r"(?:xin )?(?:chao|hello|hi|alo|bat dau|start|menu)(?: .{0,30})?")
_BACK = re.compile(r"0|menu|quay lai|tro lai|thoat")
_PERSON = re.compile(r"\b(gap|noi chuyen voi|chuyen) (nguoi|can bo|nhan vien|chuyen vien|tu van vien)\b")
_SCHOOL = re.compile(r"\btruong\b.*\b(o|tai|thuoc)\b|\btruong nao\b|\bdanh sach truong\b|\btim truong\b")
#: a question for a school has no more words; a story about one has
_MOST_ASKED = 12
_TAKEN = "Đã nhận phản ánh của bạn và chuyển đến cán bộ phụ trách."
_NOWHERE = "Chưa tìm thấy xã, phường hay trường có tên này. Bạn thử ghi đầy đủ tên."
_MORE_HINT = "Gõ số để chọn, gõ 0 để về trang đầu, gõ “gặp cán bộ” để nói chuyện với người."


def begin(tree: dict[str, Any]) -> Turn:
    """The first words, with the menu at the top."""
    greeting = str(tree.get("greeting") or "").strip()
    turn = _enter(tree, str(tree["root"]), None)
    return replace(turn, says=tuple(part for part in (greeting, *turn.says) if part))


def answer(tree: dict[str, Any], at: At, text: str, tools: Tools) -> Turn:
    """What to say to `text`. Where somebody may be in danger nothing is said but that a person goes on."""
    folded = " ".join(fold(text).split())
    bare = folded.strip(" .!?,")
    if hours_for(text)[1]:
        if at.expects == "feedback":
            return replace(_hand(tree, tools, _TAKEN), hand="feedback")
        # The title of a choice is the office's words, not a cry for help.
        if not _chosen(tree, at.node, bare):
            return _hand(tree, tools)
    if not at.node and not at.expects:
        first = _direct(tree, bare, folded, text, tools)
        return first if first is not None else begin(tree)
    if at.expects == "feedback":
        if _BACK.fullmatch(bare):
            return begin(tree)
        if len(text.strip()) < 10:
            return Turn(("Xin viết rõ nội dung phản ánh: việc gì, ở trường nào, khi nào. Gõ 0 để quay lại.",), at)
        return Turn((f"{_TAKEN} {_when(tools)}",), At(), hand="feedback")
    if _BACK.fullmatch(bare) or _HELLO.fullmatch(bare):
        return begin(tree)
    if _PERSON.search(folded):
        return _hand(tree, tools)
    child = _chosen(tree, at.node, bare)
    if child:
        return _enter(tree, child, tools)
    if at.expects == "school":
        found = tools.schools(text)
        if found:
            return Turn((found, "Gõ tên xã, phường hoặc trường khác để tra tiếp, gõ 0 để về trang đầu."), at)
        other = _direct(tree, bare, folded, text, tools)
        if other is not None:
            return other
        return _miss(tree, at, tools, _NOWHERE)
    direct = _direct(tree, bare, folded, text, tools)
    if direct is not None:
        return direct
    if _SCHOOL.search(folded) and len(folded.split()) <= _MOST_ASKED:
        return _miss(tree, at, tools, f"{_NOWHERE} {_MORE_HINT}")
    return _miss(tree, at, tools, f"Xin lỗi, tôi chưa hiểu câu này. {_MORE_HINT}")


def _direct(tree: dict[str, Any], bare: str, folded: str, text: str, tools: Tools) -> Turn | None:
    """An answer to a question asked in words, wherever the chat stands."""
    if _PERSON.search(folded):
        return _hand(tree, tools)
    if _SCHOOL.search(folded):
        found = tools.schools(text)
        if found:
            node = next((key for key, one in tree["nodes"].items() if one["kind"] == NodeKind.SCHOOL), "")
            expects = "school" if node else ""
            return Turn(
                (found, "Gõ tên xã, phường hoặc trường khác để tra tiếp, gõ 0 để về trang đầu."), At(node, expects)
            )
    best, length = "", 0
    for key, one in tree["nodes"].items():
        if key == tree["root"]:
            continue
        for word in (one.get("title") or "", *(one.get("words") or [])):
            plain = fold(word).strip()
            if plain and len(plain) > length and re.search(rf"\b{re.escape(plain)}\b", folded):
                best, length = key, len(plain)
    return _enter(tree, best, tools) if best else None


def _chosen(tree: dict[str, Any], node: str, bare: str) -> str:
    children = _children(tree, node)
    if bare.isascii() and bare.isdigit():
        number = whole(bare) or 0
        return children[number - 1] if 1 <= number <= len(children) else ""
    return next((key for key in children if fold(tree["nodes"][key]["title"]).strip() == bare), "")


def _children(tree: dict[str, Any], node: str) -> list[str]:
    one = tree["nodes"].get(node) or {}
    found = [key for key in one.get("children") or [] if key in tree["nodes"]]
    # Below an answer the menu it came from goes on: numbers keep their meaning.
    if not found and node != tree["root"]:
        above = next((key for key, other in tree["nodes"].items() if node in (other.get("children") or [])), "")
        return _children(tree, above) if above else []
    return found


def _enter(tree: dict[str, Any], node: str, tools: Tools | None) -> Turn:
    one = tree["nodes"].get(node)
    if one is None:
        return Turn((_MORE_HINT,), At())
    text, kind = str(one.get("text") or "").strip(), one["kind"]
    if kind == NodeKind.MENU:
        lines = [f"{number}. {tree['nodes'][key]['title']}" for number, key in enumerate(_children(tree, node), 1)]
        return Turn(("\n".join(part for part in (text, *lines, "" if lines else _MORE_HINT) if part),), At(node))
    if kind == NodeKind.SCHOOL:
        return Turn((text or "Bạn muốn tra trường ở xã, phường nào?",), At(node, "school"))
    if kind == NodeKind.NEWS and tools is not None:
        return Turn(tuple(part for part in (text, tools.news()) if part), At(node))
    if kind == NodeKind.FEEDBACK:
        return Turn((text or "Bạn viết nội dung phản ánh vào tin nhắn tiếp theo.",), At(node, "feedback"))
    if kind == NodeKind.PERSON and tools is not None:
        return _hand(tree, tools, text)
    return Turn((text or _MORE_HINT,), At(node))


def choices(tree: dict[str, Any], at: At) -> list[tuple[str, str]]:
    """What can be chosen where the chat stands, as (title, the words that choose it): buttons of Messenger."""
    if at.expects == "feedback":
        return [("Quay lại", "0")]
    if not at.node:
        return []
    titles = [str(tree["nodes"][key]["title"]) for key in _children(tree, at.node)]
    back = [] if at.node == tree["root"] else [("Về trang đầu", "0")]
    return [(title, title) for title in titles] + back


def _when(tools: Tools) -> str:
    if tools.open_now:
        return "Cán bộ trả lời trong giờ làm việc hôm nay."
    return f"Hiện ngoài giờ làm việc; cán bộ trả lời từ {tools.opens}."


def _hand(tree: dict[str, Any], tools: Tools, text: str = "") -> Turn:
    off = str(tree.get("off") or "").strip()
    first = text or "Tôi chuyển cuộc trò chuyện này cho cán bộ phụ trách."
    last = off if off and not tools.open_now else _when(tools)
    return Turn((f"{first} {last}",), At(), hand="person")


def _miss(tree: dict[str, Any], at: At, tools: Tools, words: str) -> Turn:
    if at.misses + 1 >= MOST_MISSES:
        return _hand(tree, tools, "Tôi chưa trả lời được câu này nên chuyển cho cán bộ phụ trách.")
    return Turn((words,), replace(at, misses=at.misses + 1))


# — office hours ————————————————————————————————————————————————————————————————————
def _time(text: Any, usual: dt.time) -> dt.time:
    try:
        return dt.time.fromisoformat(str(text))
    except ValueError:
        return usual


def office(tree: dict[str, Any], local: dt.datetime, works: Callable[[dt.date], bool]) -> tuple[bool, str]:
    """(whether the office is open at `local`, when it opens next in words). `works`: is a date no holiday."""
    hours = tree.get("hours") or {}
    days = set(hours.get("days") or range(5))
    first, last = _time(hours.get("from"), dt.time(7, 30)), _time(hours.get("to"), dt.time(17))
    now = local.time().replace(tzinfo=None)

    def at_work(day: dt.date) -> bool:
        return day.weekday() in days and (works(day) or day.weekday() >= 5)

    if at_work(local.date()) and first <= now < last:
        return True, ""
    day = local.date() if now < first else local.date() + dt.timedelta(days=1)
    for _step in range(60):
        if at_work(day):
            break
        day += dt.timedelta(days=1)
    return False, f"{first.strftime('%H:%M')} ngày {day.strftime('%d/%m/%Y')}"


# — whether a tree can be put to work ————————————————————————————————————————————————
def problems(tree: dict[str, Any]) -> list[str]:
    """Codes of what is wrong: no_root, empty_menu:<title>, empty_text:<title>, lost:<title>, long:<title>."""
    nodes = tree.get("nodes") or {}
    root = tree.get("root")
    if root not in nodes:
        return ["no_root"]
    found = []
    reached, waiting = set(), [root]
    while waiting:
        key = waiting.pop()
        if key in reached or key not in nodes:
            continue
        reached.add(key)
        waiting += nodes[key].get("children") or []
    for key, one in nodes.items():
        title = one.get("title") or key
        if key not in reached:
            found.append(f"lost:{title}")
        if one["kind"] == NodeKind.MENU and not one.get("children"):
            found.append(f"empty_menu:{title}")
        if one["kind"] == NodeKind.TEXT and not str(one.get("text") or "").strip():
            found.append(f"empty_text:{title}")
        if len(str(one.get("text") or "")) > MOST_TEXT:
            found.append(f"long:{title}")
    return found


def starter(name: str) -> dict[str, Any]:
    """A tree to begin with."""
    return {
        "greeting": f"Xin chào, tôi là trợ lý tự động của {name}.",
        "root": "dau",
        "hours": {"days": [0, 1, 2, 3, 4], "from": "07:30", "to": "17:00"},
        "off": "",
        "nodes": {
            "dau": {
                "title": "Trang đầu",
                "kind": "menu",
                "text": "Bạn cần hỏi việc gì? Gõ số để chọn:",
                "words": [],
                "children": ["truong", "tin", "phan-anh", "nguoi"],
            },
            "truong": {
                "title": "Tra cứu trường học",
                "kind": "school",
                "text": "Bạn muốn tra trường ở xã, phường nào? Ví dụ: trường tiểu học ở phường Trường Vinh.",
                "words": ["tra cứu trường", "địa chỉ trường"],
                "children": [],
            },
            "tin": {
                "title": "Thông báo mới nhất",
                "kind": "news",
                "text": "",
                "words": ["thông báo", "tin mới"],
                "children": [],
            },
            "phan-anh": {
                "title": "Gửi phản ánh",
                "kind": "feedback",
                "text": "Bạn viết nội dung phản ánh vào tin nhắn tiếp theo: việc gì, ở trường nào, khi nào. "
                "Không gửi tên, ảnh của học sinh.",
                "words": ["phản ánh", "kiến nghị", "góp ý", "khiếu nại"],
                "children": [],
            },
            "nguoi": {
                "title": "Gặp cán bộ",
                "kind": "person",
                "text": "",
                "words": ["cán bộ", "nhân viên", "tư vấn"],
                "children": [],
            },
        },
    }
