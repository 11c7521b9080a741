"""Forms of plans: one per kind of finding, the head of the plan, directives by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.core.forms import DateInput
from loa.lib.typed import whole
from loa.org.access import units_where
from loa.org.models import Unit, UnitClass
from loa.org.ui.fields import ask_unit
from loa.plans import texts
from loa.plans.models import Finding, Plan
from loa.plans.names import resolve
from loa.plans.rules import FindingKind, Proof
from loa.plans.rules import audience as audiences
from loa.plans.rules.directives import DueParts, due_parts, genres_of
from loa.plans.rules.periods import PERIODS

#: fields that say by when
DUE = ("due_on", "due_weekday", "due_day", "due_after")
PROOFS = [(proof.value, texts.PROOF[proof]) for proof in Proof]


class AudienceMixin(forms.Form):
    """Who must do it: classes of units, and units by name."""

    classes = forms.MultipleChoiceField(
        label=_("Giao cho"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"})
    )
    unit_ids = forms.MultipleChoiceField(label=_("Đơn vị cụ thể"), required=False)
    unit_names = forms.CharField(
        label=_("Thêm đơn vị khác"),
        required=False,
        help_text=_("Mỗi dòng một tên, viết tắt cũng được. Ví dụ: THPT Lam Giang"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    plan: Plan

    def prepare_audience(self, plan: Plan, audience: dict[str, Any] | None, counts: dict[str, int]) -> None:
        """Fill in the choices: every class that means somebody now, and the units named so far; in a plan of a
        unit below the Sở that unit itself, whose organs are no units of their own."""
        self.plan = plan
        part = audiences.normal(audience)
        rows = [
            (one.code, f"{one.label} ({texts.number(counts.get(one.code, 0))})")
            for one in UnitClass.objects.all()
            if counts.get(one.code) or one.code in part["classes"]
        ]
        self.fields["classes"].choices = rows  # type: ignore[attr-defined]
        self.fields["classes"].initial = part["classes"]
        wanted = set(part["units"])
        if plan.unit.parent_id is not None:
            wanted.add(plan.unit_id)
        self.picked_units = set(part["units"])
        if isinstance(self.data, QueryDict) and self.is_bound:
            self.picked_units = {pk for text in self.data.getlist("unit_ids") if (pk := whole(text)) is not None}
            wanted |= self.picked_units
        self.named_units = list(Unit.objects.filter(pk__in=wanted).order_by("sort_key")) if wanted else []
        self.fields["unit_ids"].choices = [(str(unit.pk), unit.name) for unit in self.named_units]  # type: ignore[attr-defined]
        self.fields["unit_ids"].initial = [str(pk) for pk in part["units"]]
        self.excepted = part["except"]

    def clean(self) -> dict[str, Any]:
        """Read the names typed in; what is not sure is said, with what it may mean."""
        cleaned = super().clean() or self.cleaned_data
        found: dict[str, Any] = {
            "classes": cleaned.get("classes") or [],
            "units": [int(pk) for pk in cleaned.get("unit_ids") or []],
            "except": self.excepted,
        }
        names = [line.strip() for line in (cleaned.get("unit_names") or "").splitlines() if line.strip()]
        for name, meaning in resolve(names, self.plan.unit, clock.today()).items():
            if meaning.audience is not None:
                found = audiences.joined([found, meaning.audience]) | {"except": self.excepted}
                continue
            likely = "; ".join(choice.label for choice in meaning.choices[:3])
            message = (
                _("Chưa rõ “%(name)s” là đơn vị nào. Có phải: %(likely)s?")
                if likely
                else _("Không tìm thấy đơn vị “%(name)s”. Hãy viết đủ tên.")
            )
            self.add_error("unit_names", message % {"name": name, "likely": likely})
        cleaned["audience"] = audiences.normal(found)
        return cleaned


class BasisForm(forms.Form):
    """A legal basis or a document cited."""

    kind = forms.CharField(label=_("Loại văn bản"), max_length=60)
    number = forms.CharField(label=_("Số, ký hiệu"), max_length=120, required=False)
    date = forms.CharField(
        label=_("Ngày"),
        max_length=10,
        required=False,
        help_text=_("Như trong văn bản, ví dụ 21/3/2023 hoặc 2023."),
    )
    issuer = forms.CharField(label=_("Cơ quan ban hành"), max_length=200, required=False)
    note = forms.CharField(
        label=_("Ghi chú bên cạnh"),
        max_length=300,
        required=False,
        help_text=_("Ví dụ văn bản thay thế. Văn bản ký giữ nguyên, ghi chú chỉ hiện trong Loa."),
    )

    def clean_date(self) -> str:
        """ISO text of a full or partial date."""
        text = self.cleaned_data["date"].strip()
        if not text:
            return ""
        parts = text.replace("-", "/").replace(".", "/").split("/")
        if len(parts[0]) == 4:
            parts.reverse()
        try:
            numbers = [int(part) for part in parts]
            if len(numbers) == 3:
                return dt.date(numbers[2], numbers[1], numbers[0]).isoformat()
            if len(numbers) == 2:
                return dt.date(numbers[1], numbers[0], 1).isoformat()[:7]
            if len(numbers) == 1 and 1900 < numbers[0] < 2100:
                return str(numbers[0])
        except ValueError:
            pass
        raise forms.ValidationError(_("Ngày chưa đúng. Viết dạng ngày/tháng/năm, ví dụ 21/3/2023."))


class TopicForm(forms.Form):
    """A theme of the plan."""

    number = forms.CharField(label=_("Số thứ tự"), max_length=20, required=False)
    title = forms.CharField(label=_("Tên nội dung"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    short_title = forms.CharField(
        label=_("Tên gọn"),
        max_length=80,
        required=False,
        help_text=_("Hiện ở bảng theo dõi và khi chọn nội dung cho bài."),
    )
    parent = forms.CharField(
        label=_("Thuộc nội dung số"), max_length=20, required=False, help_text=_("Để trống nếu là nội dung lớn.")
    )

    def clean(self) -> dict[str, Any]:
        """The level follows from the parent."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["level"] = 2 if cleaned.get("parent") else 1
        return cleaned


class TaskForm(forms.Form):
    """A line of the assignment table."""

    number = forms.CharField(label=_("Số thứ tự"), max_length=20, required=False)
    content = forms.CharField(label=_("Nội dung"), widget=forms.Textarea(attrs={"rows": 3}))
    lead_names = forms.CharField(
        label=_("Chủ trì"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Mỗi dòng một đơn vị."),
    )
    support_names = forms.CharField(
        label=_("Phối hợp"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Mỗi dòng một đơn vị."),
    )
    product = forms.CharField(label=_("Sản phẩm"), max_length=300, required=False)
    timeframe = forms.CharField(label=_("Thời gian, như văn bản ghi"), max_length=200, required=False)
    starts_on = forms.DateField(label=_("Từ ngày"), required=False, widget=DateInput)
    due_on = forms.DateField(label=_("Đến hết ngày"), required=False, widget=DateInput)
    topic = forms.TypedChoiceField(label=_("Thuộc nội dung"), required=False, coerce=int, empty_value=None)


class DutyForm(AudienceMixin):
    """What quotas, deadlines and recurring duties have in common."""

    title = forms.CharField(label=_("Tên việc"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    proof = forms.ChoiceField(label=_("Tính là đã làm khi có"), choices=PROOFS)
    to = forms.CharField(label=_("Gửi về"), max_length=200, required=False)
    field_order = ("title", "count", "noun", "period", *DUE, "timeframe", "proof", "to")


class PeriodForm(DutyForm):
    """What comes back every period, and by which day of it. `due_day` is cleaned as `Directive.due_day`."""

    due_weekday = forms.TypedChoiceField(
        label=_("Hạn nộp trong tuần"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("cuối tuần (Chủ nhật)")),
            *((day, texts.due_day_name("week", day)) for day in (1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5)),
        ],
        help_text=_("Chỉ dùng cho việc tính theo tuần."),
    )
    due_day = forms.IntegerField(
        label=_("Hạn nộp"),
        required=False,
        min_value=1,
        max_value=31,
        help_text=_("Ngày trong tháng; với quý, học kỳ, năm là ngày của tháng cuối kỳ. Để trống: ngày cuối kỳ."),
    )
    due_after = forms.BooleanField(label=_("Ngày ấy thuộc tháng đầu của kỳ sau"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part = due_parts(self.initial.get("period") or "", self.initial.get("due_day"))
        self.initial.update(due_weekday=part.weekday, due_day=part.day, due_after=part.after)

    def clean(self) -> dict[str, Any]:
        """Of the days, the one that belongs to the period."""
        cleaned = super().clean()
        part = DueParts(
            cleaned.pop("due_weekday", None), cleaned.get("due_day"), bool(cleaned.pop("due_after", False))
        )
        cleaned["due_day"] = part.due_day(cleaned.get("period") or "")
        return cleaned


class QuotaForm(PeriodForm):
    """So many pieces per period."""

    count = forms.IntegerField(label=_("Số lượng"), min_value=1, max_value=10_000)
    noun = forms.CharField(
        label=_("Tính bằng"), max_length=30, help_text=_("bài; tin, bài; video; phóng sự; lần …"), initial="bài"
    )
    period = forms.ChoiceField(label=_("Mỗi"), choices=[(p, texts.PERIOD[p]) for p in PERIODS])

    def clean(self) -> dict[str, Any]:
        """Genres that count follow from the noun."""
        cleaned = super().clean()
        if cleaned.get("proof"):
            cleaned["genres"] = genres_of(cleaned.get("noun") or "", Proof(cleaned["proof"]))
        return cleaned


class DeadlineForm(DutyForm):
    """One thing by a day."""

    due_on = forms.DateField(
        label=_("Hạn cuối"),
        required=False,
        widget=DateInput,
        help_text=_("Ngày cuối cùng còn tính là đúng hạn. Để trống nếu thời hạn tính từ một sự việc."),
    )


class RecurringForm(PeriodForm):
    """One thing every period, or a standing duty."""

    period = forms.ChoiceField(
        label=_("Mỗi"),
        required=False,
        choices=[*((p, texts.PERIOD[p]) for p in PERIODS), ("", _("thường xuyên: không đếm, không tính trễ hạn"))],
    )


FORMS: dict[str, type[forms.Form]] = {
    FindingKind.BASIS: BasisForm,
    FindingKind.TOPIC: TopicForm,
    FindingKind.TASK: TaskForm,
    FindingKind.QUOTA: QuotaForm,
    FindingKind.DEADLINE: DeadlineForm,
    FindingKind.RECURRING: RecurringForm,
}


class HeaderForm(forms.Form):
    """The head of the plan."""

    number = forms.CharField(
        label=_("Số, ký hiệu"), max_length=60, required=False, help_text=_("Ví dụ 218/KH-SGDĐT")
    )
    signed_on = forms.DateField(label=_("Ngày ký"), required=False, widget=DateInput)
    title = forms.CharField(
        label=_("Trích yếu"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    signer = forms.CharField(label=_("Người ký"), max_length=120, required=False)
    starts_on = forms.DateField(label=_("Thực hiện từ ngày"), required=False, widget=DateInput)
    ends_on = forms.DateField(label=_("Đến hết ngày"), required=False, widget=DateInput)


class CancelForm(forms.Form):
    """Why a directive is cancelled."""

    reason = forms.CharField(
        label=_("Lý do hủy"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Các đơn vị được giao sẽ đọc lý do này."),
    )


class UploadForm(forms.Form):
    """The file of a plan, and whose plan it is when the person manages several units."""

    unit = forms.ModelChoiceField(label=_("Kế hoạch của"), queryset=Unit.objects.none())
    file = forms.FileField(label=_("Tệp kế hoạch"), allow_empty_file=True)

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, units_where(user, "plan.manage"))


def form_for(
    kind: str, plan: Plan, finding: Finding | None, counts: dict[str, int], topics: list[Finding], data: Any = None
) -> forms.Form:
    """The form of a kind, filled from the finding (None: a new one)."""
    values = dict(finding.data) if finding else {}
    for name in ("due_on", "starts_on"):
        if name in values:
            values[name] = dt.date.fromisoformat(values[name]) if values[name] else None
    if kind == FindingKind.BASIS:
        values["date"] = texts.day(values.get("date"))
    if kind == FindingKind.TASK:
        for part in ("lead", "support"):
            values[f"{part}_names"] = "\n".join(role["as_printed"] for role in values.get(part) or [])
    form = FORMS[kind](data, initial=values)
    if isinstance(form, AudienceMixin):
        form.prepare_audience(plan, values.get("audience"), counts)
    if isinstance(form, TaskForm):
        form.fields["topic"].choices = [  # type: ignore[attr-defined]
            ("", _("— chưa gắn —")),
            *((t.position, f"{t.data.get('number') or ''} {t.label}".strip()[:120]) for t in topics),
        ]
    return form
