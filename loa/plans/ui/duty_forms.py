"""Forms of duties given by hand: who must do it by class, by branch and by name, with exceptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from loa.core import clock
from loa.core.forms import DateInput
from loa.org.access import in_force
from loa.org.models import Unit, UnitLink
from loa.plans import texts
from loa.plans.models import Plan, Task, Topic
from loa.plans.names import resolve
from loa.plans.rules import DirectiveKind
from loa.plans.rules import audience as audiences
from loa.plans.selectors import Counter
from loa.plans.ui.forms import DUE, AudienceMixin, DeadlineForm, QuotaForm, RecurringForm, TaskForm


def units_named(names: Iterable[str], plan: Plan) -> dict[str, int | None]:
    """name → the one unit at or below the plan's unit that it means, None when it is not sure.

    Names written exactly are found by one query; the whole catalogue is read only for the rest.
    """
    names = list(names)
    if not names:
        return {}
    below = UnitLink.objects.filter(in_force(clock.today()), above=plan.unit_id).values("below")
    found: dict[str, set[int]] = {name: set() for name in names}
    rows = Unit.objects.filter(pk__in=below)
    exact = rows.filter(short_name__in=names) | rows.filter(name__in=names)
    for pk, name, short_name in exact.values_list("pk", "name", "short_name"):
        for written in {name, short_name} & set(names):
            found[written].add(pk)
    sure: dict[str, int | None] = {name: next(iter(pks)) for name, pks in found.items() if len(pks) == 1}
    rest = [name for name in names if name not in sure]
    for name, meaning in resolve(rest, plan.unit, clock.today()).items() if rest else ():
        units = (meaning.audience or {}).get("units") or []
        one = len(units) == 1 and not (meaning.audience or {}).get("classes")
        sure[name] = units[0] if one else None
    return sure


def _lines(text: str | None) -> list[str]:
    return list(dict.fromkeys(line.strip(" ;,") for line in (text or "").splitlines() if line.strip(" ;,")))


#: choice of a topic the plan has not
OTHER = "khac"


def _topic_value(value: str) -> int | str:
    return OTHER if value == OTHER else int(value)


class BranchMixin(AudienceMixin):
    """Classes limited to branches of the tree, and units left out."""

    under_names = forms.CharField(
        label=lazy("Chỉ ở các xã, phường, đơn vị"),
        required=False,
        help_text=lazy("Mỗi dòng một tên. Để trống: mọi nơi. Ví dụ: Xã Mường Sai"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    except_names = forms.CharField(
        label=lazy("Trừ các đơn vị"),
        required=False,
        help_text=lazy("Mỗi dòng một tên."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    starts_on = forms.DateField(
        label=lazy("Từ ngày"), required=False, widget=DateInput, help_text=lazy("Để trống: từ hôm nay.")
    )
    topic = forms.TypedChoiceField(
        label=lazy("Thuộc nội dung"), required=False, coerce=_topic_value, empty_value=None
    )
    new_topic = forms.CharField(
        label=lazy("Tên chủ đề khác"),
        required=False,
        max_length=200,
        help_text=lazy("Ghi khi chọn “Chủ đề khác…”. Ví dụ: An toàn khi bơi lội"),
    )

    def prepare(
        self, plan: Plan, audience: dict[str, Any] | None, counter: Counter, *, by_day: bool = True
    ) -> None:
        """Fill in choices and the names of an audience that stands already.

        `by_day`: of a duty given at once, which has a first day and may be about a topic that is new.
        """
        self.prepare_audience(
            plan, audience, {code: counter.units({"classes": [code]}) for code in counter.classes}
        )
        part = audiences.normal(audience)
        known = [*part.get("under", ()), *part["except"]]
        names = dict(Unit.objects.filter(pk__in=known).values_list("pk", "short_name")) if known else {}
        self.fields["under_names"].initial = "\n".join(names[pk] for pk in part.get("under", ()) if pk in names)
        self.fields["except_names"].initial = "\n".join(names[pk] for pk in part["except"] if pk in names)
        self.excepted = []
        topics = Topic.objects.filter(plan=plan).order_by("position")
        self.fields["topic"].choices = [  # type: ignore[attr-defined]
            ("", _("— chưa gắn —")),
            *((topic.pk, f"{topic.number} {topic}".strip()[:120]) for topic in topics),
            *([(OTHER, _("Chủ đề khác…"))] if by_day else []),
        ]
        if not by_day:
            del self.fields["starts_on"], self.fields["new_topic"]
        order = (
            "title", "count", "noun", "period", *DUE, "starts_on", "classes", "under_names", "unit_ids",
            "unit_names", "except_names", "topic", "new_topic", "proof", "to",
        )  # fmt: skip
        self.order_fields(order)

    def clean(self) -> dict[str, Any]:
        """Read branches and exceptions; what is not sure is said at its field."""
        cleaned = super().clean()
        if cleaned.get("topic") == OTHER:
            cleaned["topic"] = None
            if not cleaned.get("new_topic"):
                self.add_error("new_topic", _("Hãy ghi tên chủ đề mới."))
        elif "new_topic" in cleaned:
            cleaned["new_topic"] = ""
        audience = dict(cleaned.get("audience") or {})
        for field, key in (("under_names", "under"), ("except_names", "except")):
            wanted = units_named(_lines(cleaned.get(field)), self.plan)
            for name in [name for name, unit in wanted.items() if unit is None]:
                self.add_error(
                    field, _("Chưa rõ “%s” là đơn vị nào. Hãy viết đủ tên như trong danh sách đơn vị.") % name
                )
            audience[key] = [unit for unit in wanted.values() if unit is not None]
        if audience.get("under") and not audience.get("classes"):
            self.add_error("classes", _("Hãy chọn loại đơn vị ở các nơi đã ghi."))
        cleaned["audience"] = audiences.normal(audience)
        return cleaned


class HandQuota(BranchMixin, QuotaForm):
    """So many pieces per period."""


class HandDeadline(BranchMixin, DeadlineForm):
    """One thing by a day."""

    due_on = forms.DateField(
        label=lazy("Hạn cuối"), widget=DateInput, help_text=lazy("Ngày cuối cùng còn tính là đúng hạn.")
    )


class HandRecurring(BranchMixin, RecurringForm):
    """One thing every period."""

    def prepare(
        self, plan: Plan, audience: dict[str, Any] | None, counter: Counter, *, by_day: bool = True
    ) -> None:
        """A standing duty is nothing that can be owed."""
        super().prepare(plan, audience, counter, by_day=by_day)
        field: Any = self.fields["period"]
        field.choices = [row for row in field.choices if row[0]]


HAND_FORMS: dict[str, type[BranchMixin]] = {
    DirectiveKind.QUOTA: HandQuota,
    DirectiveKind.DEADLINE: HandDeadline,
    DirectiveKind.RECURRING: HandRecurring,
}


class HandTask(TaskForm):
    """A task added or altered by hand: every name must be a unit or a class of units."""

    plan: Plan

    def prepare(self, plan: Plan, *, adding: bool) -> None:
        """`adding`: also asks which topic it belongs to."""
        self.plan = plan
        del self.fields["number"]
        if adding:
            topics = Topic.objects.filter(plan=plan).order_by("position")
            self.fields["topic"].choices = [  # type: ignore[attr-defined]
                ("", _("— chưa gắn —")),
                *((topic.pk, f"{topic.number} {topic}".strip()[:120]) for topic in topics),
            ]
        else:
            del self.fields["topic"]

    def hold(self, task: Task) -> None:
        """Close the fields that stay as the plan above gave them; the last day of a duty may only come earlier."""
        for name in task.fixed_fields:
            if name in self.fields:
                self.fields[name].disabled = True
        if task.latest_day is not None:
            due = self.fields["due_on"]
            due.help_text = _("Cấp trên giao hạn %s; đơn vị chỉ đặt được ngày sớm hơn.") % texts.day(
                task.latest_day
            )
            due.widget.attrs["max"] = task.latest_day.isoformat()

    def clean(self) -> dict[str, Any]:
        """Names become units and classes; days in their order."""
        cleaned = super().clean() or self.cleaned_data
        for part in ("lead", "support"):
            names = _lines(cleaned.get(f"{part}_names"))
            read = resolve(names, self.plan.unit, clock.today()) if names else {}
            cleaned[part] = []
            for name in names:
                meaning = read[name]
                if meaning.audience is None:
                    self.add_error(
                        f"{part}_names",
                        _("Chưa rõ “%s” là đơn vị nào. Hãy viết đủ tên như trong danh sách đơn vị.") % name,
                    )
                    continue
                cleaned[part].append({"as_printed": name, "audience": audiences.normal(meaning.audience)})
        first, last = cleaned.get("starts_on"), cleaned.get("due_on")
        if isinstance(first, dt.date) and isinstance(last, dt.date) and last < first:
            self.add_error("due_on", _("Ngày kết thúc trước ngày bắt đầu."))
        return cleaned


class AmendmentForm(forms.Form):
    """The head of an amendment."""

    number = forms.CharField(label=lazy("Số, ký hiệu"), max_length=60, help_text=lazy("Ví dụ 145/KH-SGDĐT"))
    title = forms.CharField(label=lazy("Trích yếu"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
    signed_on = forms.DateField(label=lazy("Ngày ký"), widget=DateInput)
    effective_on = forms.DateField(
        label=lazy("Có hiệu lực từ ngày"),
        widget=DateInput,
        help_text=lazy("Trước ngày này mọi việc, số liệu và báo cáo giữ như cũ."),
    )
    reason = forms.CharField(
        label=lazy("Lý do"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("Các đơn vị liên quan sẽ đọc lý do này."),
    )
    file = forms.FileField(
        label=lazy("Văn bản đã ký"), required=False, help_text=lazy("PDF, Word hoặc ảnh; bổ sung sau cũng được.")
    )
