"""Forms of the progress screens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.core import clock
from loa.plans.rules import Proof
from loa.reporting.models import Evidence


class EvidenceForm(forms.Form):
    """A proof added by hand: a link, a press clipping or a file."""

    kind = forms.ChoiceField(label=_("Loại minh chứng"), widget=forms.RadioSelect)
    on = forms.DateField(
        label=_("Ngày đăng hoặc ngày thực hiện"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    title = forms.CharField(label=_("Tên tin, bài hoặc việc đã làm"), max_length=300)
    outlet = forms.CharField(
        label=_("Báo, đài"),
        max_length=160,
        required=False,
        help_text=_("Ví dụ: Báo và phát thanh, truyền hình tỉnh"),
    )
    url = forms.URLField(label=_("Đường dẫn"), max_length=500, required=False, assume_scheme="https")
    file = forms.FileField(
        label=_("Tệp minh chứng"), required=False, help_text=_("PDF, ảnh, Word hoặc Excel, không quá 20 MB")
    )

    def __init__(self, *args: Any, proof: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [Evidence.Kind.CLIPPING, Evidence.Kind.LINK, Evidence.Kind.FILE]
        if proof != Proof.PRESS:
            kinds = [Evidence.Kind.LINK, Evidence.Kind.FILE, Evidence.Kind.CLIPPING]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = kinds[0].value
        self.fields["on"].initial = clock.today


class RefuseForm(forms.Form):
    """Why a proof does not count."""

    reason = forms.CharField(
        label=_("Lý do không tính"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Đơn vị sẽ đọc lý do này để bổ sung cho đúng."),
    )
