"""Code → Vietnamese words of this domain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from loa.lib.calendar import WEEKDAYS
from loa.lib.vanban.lint import KEPT, RULES, message
from loa.plans.rules import DirectiveKind, FindingKind, FindingState, PlanStatus, Proof
from loa.plans.rules.changes import ChangeKind
from loa.plans.rules.directives import Problem, due_day_in
from loa.plans.rules.tasks import TaskState

STATUS = {
    PlanStatus.READING: lazy("Đang đọc"),
    PlanStatus.UNREADABLE: lazy("Chưa đọc được"),
    PlanStatus.CHECKING: lazy("Đang đối chiếu"),
    PlanStatus.DRAFTING: lazy("Đang soạn"),
    PlanStatus.ISSUED: lazy("Đang thực hiện"),
    PlanStatus.CLOSED: lazy("Đã hết kỳ"),
}
STATUS_CHIP = {
    PlanStatus.READING: "ink",
    PlanStatus.UNREADABLE: "act",
    PlanStatus.CHECKING: "wait",
    PlanStatus.DRAFTING: "wait",
    PlanStatus.ISSUED: "done",
    PlanStatus.CLOSED: "",
}
KIND = {
    FindingKind.BASIS: lazy("Căn cứ"),
    FindingKind.TOPIC: lazy("Nội dung"),
    FindingKind.TASK: lazy("Nhiệm vụ"),
    FindingKind.QUOTA: lazy("Chỉ tiêu"),
    FindingKind.DEADLINE: lazy("Thời hạn"),
    FindingKind.RECURRING: lazy("Định kỳ"),
    FindingKind.WARNING: lazy("Lưu ý"),
}
DIRECTIVE_KIND = {
    DirectiveKind.QUOTA: lazy("Chỉ tiêu"),
    DirectiveKind.DEADLINE: lazy("Thời hạn"),
    DirectiveKind.RECURRING: lazy("Định kỳ"),
}
STATE = {
    FindingState.PROPOSED: lazy("Chưa xác nhận"),
    FindingState.CONFIRMED: lazy("Đã xác nhận"),
    FindingState.DISMISSED: lazy("Đã bỏ"),
}
PROOF = {
    Proof.STORY: lazy("Tin, bài đăng trên Loa (tự đếm)"),
    Proof.PRESS: lazy("Tin, bài báo chí đã đăng"),
    Proof.REPORT: lazy("Báo cáo gửi trên Loa"),
    Proof.OTHER: lazy("Minh chứng khác (đường dẫn, tệp)"),
}
PERIOD = {
    "week": lazy("tuần"),
    "month": lazy("tháng"),
    "quarter": lazy("quý"),
    "semester": lazy("học kỳ"),
    "year": lazy("năm"),
    "school_year": lazy("năm học"),
}
BOUND = {"before": lazy("trước ngày"), "by": lazy("chậm nhất ngày"), "on": lazy("vào ngày")}
TASK_STATE = {
    TaskState.TODO: lazy("Chưa làm"),
    TaskState.DOING: lazy("Đang làm"),
    TaskState.WAITING: lazy("Chờ"),
    TaskState.DONE: lazy("Xong"),
    TaskState.CANCELLED: lazy("Hủy"),
}
CHANGE = {
    ChangeKind.ADD: lazy("Bổ sung"),
    ChangeKind.ALTER: lazy("Điều chỉnh"),
    ChangeKind.CANCEL: lazy("Hủy"),
}
#: names of the fields that amendments change
FIELD = {
    "title": lazy("Tên việc"),
    "count": lazy("Số lượng"),
    "noun": lazy("Tính bằng"),
    "period": lazy("Mỗi"),
    "due_on": lazy("Hạn cuối"),
    "due_day": lazy("Hạn nộp"),
    "recipient": lazy("Gửi về"),
    "audience": lazy("Đơn vị thực hiện"),
    "content": lazy("Nội dung"),
    "product": lazy("Sản phẩm"),
    "timeframe": lazy("Thời gian"),
    "starts_on": lazy("Từ ngày"),
    "lead": lazy("Chủ trì"),
    "support": lazy("Phối hợp"),
}
#: state of a legal document → (words, chip)
LEGAL_STATE = {
    "valid": (lazy("Còn hiệu lực"), "done"),
    "partly": (lazy("Đã sửa đổi một phần"), "wait"),
    "ahead": (lazy("Chưa có hiệu lực"), "ink"),
    "expired": (lazy("Hết hiệu lực"), "act"),
}
PROBLEM = {
    "title": lazy("Hãy ghi tên việc."),
    "number": lazy("Hãy ghi số, ký hiệu hoặc tên văn bản."),
    "content": lazy("Hãy ghi nội dung nhiệm vụ."),
    "count": lazy("Số lượng phải từ 1 trở lên."),
    "period": lazy("Hãy chọn kỳ tính: tuần, tháng, quý, học kỳ hay năm."),
    "due_on": lazy("Văn bản không ghi ngày cụ thể. Hãy nhập hạn cuối."),
    "audience": lazy("Hãy chọn đơn vị phải thực hiện."),
}


def day(value: dt.date | str | None) -> str:
    """dd/mm/yyyy of a date or of ISO text; partial ISO text gives "mm/yyyy" or the year."""
    if not value:
        return ""
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    return "/".join(reversed(text[:10].split("-")))


def number(value: int) -> str:
    """1.204: thousands parted by dots."""
    return f"{value:,}".replace(",", ".")


def problem_words(problem: Problem) -> str:
    """What is missing before a finding can be confirmed."""
    return str(PROBLEM[problem.code])


def warning_words(warning: Mapping[str, Any] | None) -> tuple[str, str]:
    """(short name for the chip, sentence) of a finding's warning; empty texts without one."""
    if not warning:
        return "", ""
    code, data = warning.get("code") or "", warning.get("data") or {}
    if code in RULES:
        kept = "" if code == "basis.expired_since" else f" {KEPT}"
        return RULES[code].short, message(code, data) + kept
    if code == "reader.suffix":
        return _("Số hiệu lạ"), str(data.get("message") or "")
    return _("Cần xem"), str(data.get("message") or "")


def validity_words(document: Any, state: str) -> str:
    """ "Từ 15/08/2022 đến hết 30/06/2026; thay bằng Nghị định 224/2026/NĐ-CP": the validity line of a document."""
    first, last = day(document.valid_from), document.valid_to
    if last:
        ended = day(last - dt.timedelta(days=1))
        line = _("Từ %(first)s đến hết %(last)s") if first else _("Đến hết %(last)s")
        line %= {"first": first, "last": ended}
    elif first:
        line = _("Từ %s") % first
    else:
        line = _("Chưa ghi ngày có hiệu lực")
    told = [change.by_printed for change in document.changes.all() if change.kind == "replaced"]
    if told:
        line += "; " + _("thay bằng %s") % ", ".join(told)
    changed = [change.by_printed for change in document.changes.all() if change.kind != "replaced"]
    if changed and state != "expired":
        line += "; " + _("sửa đổi bởi %s") % ", ".join(changed)
    return line


def proof_words(proof: str) -> str:
    """What counts as done; empty for a code we do not know."""
    return str(PROOF[Proof(proof)]) if proof in tuple(Proof) else ""


def quota_words(data: Mapping[str, Any]) -> str:
    """ "ít nhất 8 bài mỗi năm"."""
    words = {
        "n": number(int(data.get("count") or 0)),
        "noun": data.get("noun") or _("bài"),
        "period": PERIOD.get(data.get("period") or "", ""),
    }
    if not words["period"]:
        return (_("ít nhất %(n)s %(noun)s") if data.get("min") else _("%(n)s %(noun)s")) % words
    told = _("ít nhất %(n)s %(noun)s mỗi %(period)s") if data.get("min") else _("%(n)s %(noun)s mỗi %(period)s")
    return told % words + due_day_words(data)


def due_words(data: Mapping[str, Any]) -> str:
    """ "trước ngày 31/05/2025 (hạn cuối 30/05/2025)"."""
    due = day(data.get("due_on"))
    printed = data.get("date") or ""
    if not due:
        return str(data.get("relative") or _("chưa rõ ngày"))
    if printed and printed != data.get("due_on") and data.get("bound") == "before":
        return _("trước ngày %(printed)s, tức hạn cuối %(due)s") % {"printed": day(printed), "due": due}
    return _("hạn cuối %(due)s") % {"due": due}


def recurrence_words(data: Mapping[str, Any]) -> str:
    """ "mỗi tháng, chậm nhất ngày 25", "mỗi tuần, chậm nhất thứ Sáu" or "thường xuyên"."""
    period = data.get("period") or ""
    if not period:
        return str(data.get("timeframe") or _("thường xuyên")).lower()
    return _("mỗi %(period)s") % {"period": PERIOD[period]} + due_day_words(data)


def due_day_words(data: Mapping[str, Any]) -> str:
    """ ", chậm nhất ngày 25": by which day of its period something is due; empty when by its end."""
    when = due_day_name(data.get("period") or "", data.get("due_day"))
    return _(", chậm nhất %s") % when if when else ""


def due_day_name(period: str, value: Any) -> str:
    """ "thứ Sáu", "ngày 25", "ngày 20 của tháng cuối", "5 ngày sau khi hết kỳ"; empty: the end of the period."""
    number = due_day_in(period, value)
    if number is None:
        return ""
    if period == "week" and number >= -len(WEEKDAYS):
        return (
            WEEKDAYS[number - 1] if number > 0 else _("%(weekday)s tuần sau") % {"weekday": WEEKDAYS[-number - 1]}
        )
    if number < 0:
        return _("%(days)s ngày sau khi hết kỳ") % {"days": -number}
    words = _("ngày %(day)s") if period == "month" else _("ngày %(day)s của tháng cuối")
    return words % {"day": number}


def kind_words(kind: str, data: Mapping[str, Any]) -> str:
    """The small line over a finding's title: its kind and what measures it."""
    name = str(KIND[FindingKind(kind)])
    detail = ""
    if kind == FindingKind.QUOTA:
        detail = quota_words(data)
    elif kind == FindingKind.DEADLINE:
        detail = due_words(data)
    elif kind == FindingKind.RECURRING:
        detail = recurrence_words(data)
    elif kind in (FindingKind.TASK, FindingKind.TOPIC) and data.get("number"):
        return f"{name} {data['number']}"
    elif kind == FindingKind.BASIS and data.get("role") == "cited":
        detail = _("viện dẫn")
    return f"{name} · {detail}" if detail else name


def consequence_words(units: int, each_period: int, noun: str, period: str) -> str:
    """ "133 đơn vị, 266 bài mỗi tháng": what a choice means in numbers."""
    told = ngettext("%(units)s đơn vị", "%(units)s đơn vị", units) % {"units": number(units)}
    if not units:
        return _("Hiện chưa có đơn vị nào")
    if period:
        return _("%(told)s, %(n)s %(noun)s mỗi %(period)s") % {
            "told": told,
            "n": number(each_period),
            "noun": noun or _("việc"),
            "period": PERIOD.get(period, period),
        }
    return _("%(told)s, mỗi đơn vị một lần") % {"told": told}


def directive_words(directive: Any) -> str:
    """How much and how often a directive asks: "8 bài mỗi năm", "hạn cuối 30/05/2025", "mỗi tháng, ngày 25"."""
    if directive.kind == DirectiveKind.QUOTA:
        return quota_words({name: getattr(directive, name) for name in ("count", "noun", "period", "due_day")})
    if directive.kind == DirectiveKind.DEADLINE:
        return due_words({"due_on": directive.due_on.isoformat()})
    return recurrence_words({"period": directive.period, "due_day": directive.due_day})


def due_phrase(due_on: dt.date | None) -> str:
    """ "hạn 30/09/2026", or "không định ngày"."""
    return _("hạn %s") % day(due_on) if due_on else _("không định ngày")


def share_url(task: Any, unit_id: int) -> str:
    """Address of one unit's work on one task, for notices."""
    return f"/lam-viec/nhiem-vu/{task.pk}/{unit_id}/"


def audience_words(classes: list[Any], units: list[Any], under: list[Any], excepted: list[Any]) -> str:
    """ "Các trường tiểu học thuộc Xã Mường Sai; Văn phòng Sở, trừ Trường Tiểu học Sơn Hạ"."""
    parts = []
    if classes:
        named = "; ".join(str(name) for name in classes)
        parts.append(
            _("%(who)s thuộc %(where)s") % {"who": named, "where": ", ".join(str(name) for name in under)}
            if under
            else named
        )
    parts += [str(name) for name in units]
    text = "; ".join(parts)
    if excepted and text:
        text = _("%(who)s, trừ %(those)s") % {"who": text, "those": ", ".join(str(name) for name in excepted)}
    return text


def change_title(change: Any) -> str:
    """ "Hủy: Báo cáo tháng", "Điều chỉnh: Tin, bài hằng quý"."""
    thing = change.task or change.directive
    name = str(thing) if thing is not None else str(change.after.get("title") or change.after.get("content") or "")
    return f"{CHANGE[ChangeKind(change.kind)]}: {name}"


def value_words(name: str, value: Any, names: Any, period: str = "") -> str:
    """A changed value in words; `names` knows audiences (selectors.changes.Names), `period` is that of the day."""
    if name == "due_day":
        return due_day_name(period, value) or _("cuối kỳ")
    if name == "audience":
        return names.audience(value) or "–"
    if name in ("lead", "support"):
        return (
            "; ".join(one.get("as_printed") or names.audience(one.get("audience")) for one in value or []) or "–"
        )
    if name in ("due_on", "starts_on"):
        return day(value) or _("không định ngày")
    if name == "period":
        return str(PERIOD.get(value, value or "–"))
    if name == "count":
        return number(int(value or 0))
    return str(value) if value not in (None, "") else "–"


def change_lines(change: Any, names: Any) -> list[tuple[str, str, str]]:
    """(field, as it was, as it is now) of an altered thing; of a new one the second is empty."""
    fields = [name for name in FIELD if name in change.after]
    was = change.before.get("period") or getattr(change.directive, "period", "")
    now = change.after.get("period") or was
    return [
        (
            str(FIELD[name]),
            value_words(name, change.before.get(name), names, was) if change.kind == ChangeKind.ALTER else "",
            value_words(name, change.after[name], names, now),
        )
        for name in fields
    ]


def running_words(share: tuple[Any, int, int, int] | None, old: int, new: int, noun: str) -> str:
    """How the running period is shared between an old and a new number."""
    if share is None:
        return ""
    slot, before, after, owed = share
    return _(
        "%(period)s đang chạy tính theo ngày: %(before)s ngày theo mức %(old)s, %(after)s ngày theo mức %(new)s, "
        "mỗi đơn vị phải có %(owed)s %(noun)s."
    ) % {
        "period": slot.label[:1].upper() + slot.label[1:],
        "before": before,
        "after": after,
        "old": number(old),
        "new": number(new),
        "owed": number(owed),
        "noun": noun,
    }
