"""Forms of the staff screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.core.forms import DateInput, DateTimeInput
from loa.org.access import units_where
from loa.org.models import Unit
from loa.org.ui.fields import ask_unit
from loa.press.models import Beat, Contact, Outlet, Release, Spokesperson


class _UnitForm(forms.ModelForm):
    """A row of a unit's register; the unit is chosen once, and not asked when there is one."""

    unit = forms.ModelChoiceField(label=_("Đơn vị"), queryset=Unit.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, units_where(user, "press.manage"))
        if self.instance.pk:
            del self.fields["unit"]

    def validate_unique(self) -> None:
        """The service says it in better words."""


class OutletForm(_UnitForm):
    """An outlet."""

    website = forms.URLField(label=_("Trang web"), required=False, assume_scheme="https")

    class Meta:
        model = Outlet
        fields = ["unit", "name", "kind", "website", "active"]


class ContactForm(forms.ModelForm):
    """A journalist or a desk, with the ground to write to them."""

    class Meta:
        model = Contact
        fields = [
            "name", "position", "email", "phone", "beats", "basis", "basis_note", "consented_on", "keeps_embargo",
        ]  # fmt: skip
        widgets = {"beats": forms.CheckboxSelectMultiple, "consented_on": DateInput()}
        help_texts = {
            "name": _("Ví dụ: Nguyễn Văn An, hoặc Ban Giáo dục."),
            "email": _("Dùng hộp thư công việc, không dùng hộp thư riêng nếu người ấy không đề nghị."),
            "beats": _("Không chọn mảng nào: nhận mọi thông cáo."),
            "basis_note": _("Ví dụ: Giấy giới thiệu số 12 ngày 05/9/2026, lưu tại văn thư."),
            "keeps_embargo": _("Được nhận thông cáo trước giờ cho đăng. Người khác chỉ nhận khi đến giờ."),
        }

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beats: Any = self.fields["beats"]
        beats.queryset, beats.required = Beat.objects.filter(unit=unit_id), False

    def validate_unique(self) -> None:
        """The service says it in better words."""

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        beats = data.pop("beats")
        return {**data, "beat_ids": [beat.pk for beat in beats]}


class SpeakerForm(_UnitForm):
    """A spokesperson."""

    class Meta:
        model = Spokesperson
        fields = ["unit", "name", "position", "phone", "email", "decision", "valid_from", "valid_to", "published"]
        widgets = {"valid_from": DateInput(), "valid_to": DateInput()}
        help_texts = {
            "decision": _("Ví dụ: Quyết định số 566/QĐ-SGDĐT ngày 29/5/2026."),
            "valid_to": _("Để trống nếu giao thường xuyên."),
        }


class NewForm(forms.Form):
    """For which unit."""

    unit = forms.ModelChoiceField(label=_("Đơn vị ban hành"), queryset=Unit.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, units_where(user, "press.write"))


class ReleaseForm(forms.Form):
    """The words of a release and what stands around them; the body has an editor of its own."""

    title = forms.CharField(label=_("Tiêu đề"), max_length=200)
    lead = forms.CharField(
        label=_("Tóm tắt"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Ai, việc gì, khi nào, ở đâu: toà soạn đọc đoạn này trước."),
    )  # fmt: skip
    correction_note = forms.CharField(
        label=_("Điều được đính chính"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Ví dụ: Bản trước ghi 1.250 học sinh, số đúng là 1.205."),
    )  # fmt: skip
    beats = forms.ModelMultipleChoiceField(
        label=_("Mảng tin"), queryset=Beat.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    spokesperson = forms.ModelChoiceField(
        label=_("Người phát ngôn"), queryset=Spokesperson.objects.none(), required=False,
        empty_label=_("Chưa chọn"), help_text=_("Thư toà soạn trả lời đến người này."),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("Liên hệ cho báo chí"), max_length=300, required=False,
        help_text=_("In ở cuối thông cáo và trên trang báo chí."),
    )  # fmt: skip
    embargo_until = forms.DateTimeField(
        label=_("Không đăng trước (embargo)"), required=False, widget=DateTimeInput(),
        help_text=_("Chỉ người đã cam kết giữ giờ nhận trước; người khác và trang công khai đợi đến giờ này."),
    )  # fmt: skip
    ai_assisted = forms.BooleanField(label=_("Có dùng công cụ AI khi viết"), required=False)

    def __init__(self, *args: Any, release: Release, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beats: Any = self.fields["beats"]
        beats.queryset = Beat.objects.filter(unit=release.unit_id)
        if not beats.queryset.exists():
            del self.fields["beats"]
        speakers: Any = self.fields["spokesperson"]
        speakers.queryset = Spokesperson.objects.filter(unit=release.unit_id)
        if not release.corrects_id:
            del self.fields["correction_note"]

    @staticmethod
    def initial_of(release: Release) -> dict[str, Any]:
        """The release as the form shows it."""
        names = (
            "title", "lead", "correction_note", "spokesperson", "contact", "embargo_until", "ai_assisted",
        )  # fmt: skip
        return {**{name: getattr(release, name) for name in names}, "beats": list(release.beats.all())}

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        speaker, beats = data.pop("spokesperson"), data.pop("beats", [])
        return {
            **data,
            "beat_ids": [beat.pk for beat in beats],
            "spokesperson_id": speaker.pk if speaker else None,
        }


class ApproveForm(forms.Form):
    """The number of the register and the hour; empty: none yet, and at once."""

    number = forms.IntegerField(
        label=_("Số văn bản"), min_value=1, max_value=99999, required=False,
        help_text=_("Số do văn thư cấp; chưa có thì để trống."),
    )  # fmt: skip
    release_at = forms.DateTimeField(
        label=_("Phát hành lúc"), required=False, widget=DateTimeInput(),
        help_text=_("Để trống để phát hành ngay sau khi duyệt."),
    )  # fmt: skip
