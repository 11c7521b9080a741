"""What giving or changing a duty would mean, in numbers and words, before it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.org.models import Unit
from loa.plans import selectors, texts
from loa.plans.models import Directive, Plan
from loa.plans.rules import DirectiveKind, Proof
from loa.plans.rules import audience as audiences
from loa.plans.rules.changes import boundary, came_due, keeps_its_day, running_share
from loa.plans.rules.directives import due_day_in, genres_of
from loa.plans.rules.periods import PERIODS
from loa.plans.rules.slots import Terms, slots
from loa.plans.selectors.changes import terms_of

#: so many units are named in a preview; the rest is a number
NAMED = 30


def of_new(plan: Plan, kind: str, values: Mapping[str, Any], first: dt.date) -> dict[str, Any]:
    """Who would owe what from `first` on: units, pieces per period, first due day. A fixed number of queries.

    `values` may be incomplete, as while somebody types.
    """
    audience = audiences.normal(values.get("audience"))
    if audiences.empty(audience):
        return {"nobody": True}
    units = selectors.units_meant(plan.unit_id, audience, day=selectors.count_day(plan))
    total = units.count()
    named = list(units.order_by("sort_key").values_list("short_name", flat=True)[:NAMED])
    period = values.get("period") or ""
    found: dict[str, Any] = {"units": total, "named": named, "more": max(total - len(named), 0)}
    last = plan.ends_on or first
    due = values.get("due_on")
    if kind == DirectiveKind.DEADLINE:
        found["due"] = due
        found["in_all"] = total
        found["words"] = texts.consequence_words(total, total, str(values.get("noun") or _("lần")), "")
        return found
    if period not in PERIODS or last < first:
        return found
    count = int(values.get("count") or 1)
    noun = str(values.get("noun") or (_("báo cáo") if values.get("proof") == "report" else _("lần")))
    terms = Terms(
        0, kind, count, period, first, last, None, int(values["due_day"]) if values.get("due_day") else None
    )
    found["words"] = texts.consequence_words(total, total * count, noun, period)
    periods = slots(terms)
    found |= {
        "periods": len(periods),
        "in_all": total * count * len(periods),
        "noun": noun,
        "each": count,
        "first": periods[0] if periods else None,
        "skipped": bool(periods) and periods[0].start > first,
    }
    return found


def of_change(directive: Directive, values: Mapping[str, Any] | None, day: dt.date) -> list[str]:
    """Sentences on what an alteration (None: a cancellation) from `day` on means for the running period."""
    terms = terms_of(directive)
    period = str((values or {}).get("period") or directive.period)
    passed = came_due(terms, day) if period == directive.period else None
    if values is None:
        if directive.kind == DirectiveKind.DEADLINE:
            return [_("Từ ngày đó không đơn vị nào còn phải làm việc này. Minh chứng đã ghi nhận vẫn giữ.")]
        if passed is not None:
            return [
                _("%(period)s đã đến hạn %(due)s nên vẫn phải làm; từ kỳ sau thì thôi. Phần còn thiếu của các kỳ "
                  "trước vẫn phải bù. Minh chứng đã ghi nhận vẫn giữ.")
                % {"period": _begun(passed.label), "due": texts.day(passed.due)}
            ]  # fmt: skip
        return [
            _("Kỳ đang chạy không phải làm nữa; phần còn thiếu của các kỳ trước vẫn phải bù. "
              "Minh chứng đã ghi nhận vẫn giữ.")
        ]  # fmt: skip
    said = []
    if directive.kind == DirectiveKind.DEADLINE:
        if values.get("due_on") and values["due_on"] != directive.due_on:
            said.append(
                _(
                    "Hạn chuyển từ %(old)s sang %(new)s cho mọi đơn vị, kể cả đơn vị đang trễ; "
                    "ai đã làm thì vẫn tính."
                )
                % {"old": texts.day(directive.due_on), "new": texts.day(values["due_on"])}
            )
    elif period != directive.period:
        first = boundary(terms, period, day)
        said.append(
            _("Kỳ đang chạy giữ nguyên cách tính cũ; cách tính theo %(period)s bắt đầu từ %(day)s.")
            % {"period": texts.PERIOD[period], "day": texts.day(first)}
        )
    elif passed is not None:
        said.append(
            _("%(period)s đã đến hạn %(due)s nên giữ nguyên như trước; thay đổi áp dụng từ kỳ sau.")
            % {"period": _begun(passed.label), "due": texts.day(passed.due)}
        )
    elif directive.kind == DirectiveKind.QUOTA:
        count = int(values.get("count") or directive.count)
        if count != directive.count:
            noun = str(values.get("noun") or directive.noun)
            said.append(
                texts.running_words(running_share(terms, count, day), directive.count, count, noun)
                or _("Mức mới tính trọn từ kỳ bắt đầu ngày %s.") % texts.day(day)
            )
    kept = keeps_its_day(terms, due_day_in(period, values.get("due_day", directive.due_day)), day)
    if kept is not None and period == directive.period:
        slot, due = kept
        said.append(
            _("%(period)s giữ hạn %(old)s, vì hạn mới của kỳ này (%(new)s) đã qua; hạn mới áp dụng từ kỳ sau.")
            % {"period": _begun(slot.label), "old": texts.day(slot.due), "new": texts.day(due)}
        )
    said += _counting(directive, values)
    audience = values.get("audience")
    if audience is not None and audiences.normal(audience) != audiences.normal(directive.audience):
        top, when = directive.plan.unit_id, clock.today()
        old = selectors.units_meant(top, directive.audience, day=when)
        new = selectors.units_meant(top, audience, day=when)
        leaving = old.exclude(pk__in=new.values("pk")).count()
        coming = Unit.objects.filter(pk__in=new.values("pk")).exclude(pk__in=old.values("pk")).count()
        words = (
            _("%(coming)s đơn vị thêm vào, %(leaving)s đơn vị thôi, kể từ kỳ sau.")
            if passed is not None
            else _("%(coming)s đơn vị thêm vào, %(leaving)s đơn vị thôi; trong kỳ đang chạy mỗi đơn vị tính theo "
                   "số ngày thuộc diện thực hiện.")
        )  # fmt: skip
        said.append(words % {"coming": texts.number(coming), "leaving": texts.number(leaving)})
    said.append(
        _(
            "Các kỳ đã hết trước %s giữ nguyên chỉ tiêu và kết quả. Minh chứng đã ghi nhận không mất, "
            "không tính hai lần."
        )
        % texts.day(day)
    )
    return said


def _counting(directive: Directive, values: Mapping[str, Any]) -> list[str]:
    """What counts from then on, when the word for it changes what does."""
    noun = str(values.get("noun") or directive.noun)
    if noun == directive.noun or directive.proof != Proof.STORY:
        return []
    genres = genres_of(noun, Proof.STORY)
    if genres == directive.genres:
        return []
    if not genres:
        return [_("Từ đó tin, bài thể loại nào cũng tính, trừ thông báo. Những gì đã tính vẫn giữ.")]
    return [_("Từ đó chỉ %s mới tính. Những gì đã tính vẫn giữ.") % noun]


def _begun(label: str) -> str:
    return label[:1].upper() + label[1:]
