"""Forms of the staff screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loa.bulletins.models import WEEKDAYS, MailingList
from loa.core.forms import DateInput, DateTimeInput
from loa.org.access import units_where
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit
from loa.plans.models import Topic
from loa.plans.selectors import leading_plan


def topics_offered(user: Any, mailing_list: MailingList) -> QuerySet[Topic]:
    """Topics of the plan that leads the list's unit (of a new list: the person's), and the one it has."""
    unit = mailing_list.unit_id or units_where(user, "bulletin.manage").values_list("pk", flat=True).first()
    plan = leading_plan(unit) if unit else None
    has = Q(pk=mailing_list.topic_id) if mailing_list.topic_id else Q(pk=None)
    return Topic.objects.filter((Q(plan=plan) if plan else Q(pk=None)) | has, parent=None).order_by(
        "position", "pk"
    )


class ListForm(forms.ModelForm):
    """A list; the unit is chosen once."""

    unit = forms.ModelChoiceField(label=_("Đơn vị"), queryset=Unit.objects.none())
    draft_on = forms.TypedChoiceField(
        label=_("Tự soạn nháp mỗi tuần vào"), required=False, empty_value=None, coerce=int,
        choices=[("", _("Không tự soạn")), *WEEKDAYS],
        help_text=_("Bảy giờ sáng ngày ấy Loa chọn sẵn tin của bảy ngày trước; người soạn xem, sửa, gửi duyệt."),
    )  # fmt: skip

    class Meta:
        model = MailingList
        fields = [
            "unit",
            "title",
            "description",
            "topic",
            "whole_portal",
            "is_open",
            "active",
            "reply_to",
            "draft_on",
        ]
        help_texts = {
            "title": _("Tên này đứng ở đầu thư, ví dụ: Bản tin tuần của Sở."),
            "description": _("Người đăng ký đọc câu này, ví dụ: Mỗi tuần một thư, tin nổi bật của toàn ngành."),
            "topic": _("Để trống để lấy tin của mọi chủ đề."),
            "whole_portal": _("Bỏ trống thì chỉ lấy tin của đơn vị và các đơn vị trực thuộc."),
            "reply_to": _("Để trống thì thư trả lời đến địa chỉ gửi chung của hệ thống."),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, units_where(user, "bulletin.manage"))
        topics: Any = self.fields["topic"]
        topics.queryset = topics_offered(user, self.instance)
        topics.required = False
        if self.instance.pk:
            del self.fields["unit"]

    def validate_unique(self) -> None:
        """The service says it in better words."""

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        data.pop("unit", None)
        topic = data.pop("topic", None)
        return {**data, "topic_id": topic.pk if topic else None}


class NewForm(forms.Form):
    """A new bulletin: for which list, about which days."""

    list = forms.ModelChoiceField(label=_("Danh sách"), queryset=MailingList.objects.none(), empty_label=None)
    first = forms.DateField(label=_("Tin từ ngày"), widget=DateInput())
    last = forms.DateField(label=_("Đến ngày"), widget=DateInput())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["list"]
        field.queryset = MailingList.objects.filter(active=True, unit__in=units_where(user, "bulletin.edit"))


class WordsForm(forms.Form):
    """The words of a bulletin."""

    subject = forms.CharField(label=_("Tiêu đề thư"), max_length=150)
    preheader = forms.CharField(
        label=_("Câu xem trước"), max_length=150, required=False,
        help_text=_("Hiện cạnh tiêu đề trong hộp thư, trước khi mở."),
    )  # fmt: skip
    intro = forms.CharField(
        label=_("Lời mở đầu"), max_length=3000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )


class ImportForm(forms.Form):
    """Addresses gathered before, with the proof that their owners agreed."""

    file = forms.FileField(label=_("Tệp địa chỉ (CSV hoặc văn bản, mỗi dòng một địa chỉ)"))
    proof = forms.CharField(
        label=_("Sự đồng ý được lưu ở đâu"), max_length=300,
        help_text=_("Ví dụ: Phiếu đăng ký họp phụ huynh 05/09/2026, lưu tại văn thư nhà trường."),
    )  # fmt: skip


class TakeOffForm(forms.Form):
    """Somebody asked by telephone or letter."""

    email = forms.CharField(label=_("Địa chỉ người đề nghị"), max_length=254)


class ApproveForm(forms.Form):
    """When to send; empty: at once."""

    send_at = forms.DateTimeField(
        label=_("Gửi lúc"),
        required=False,
        widget=DateTimeInput(),
        help_text=_("Để trống để gửi ngay sau khi duyệt."),
    )
