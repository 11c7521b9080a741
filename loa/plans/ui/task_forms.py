"""Forms of work on tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loa.accounts.models import User
from loa.core.uploads import ACCEPT
from loa.plans import events, texts
from loa.plans.models import TaskEvidence
from loa.plans.rules.tasks import TaskState


class WorkForm(forms.Form):
    """Where the unit stands: state, percent, a word."""

    state = forms.ChoiceField(label=_("Tình trạng"), widget=forms.RadioSelect(attrs={"class": "choices"}))
    percent = forms.IntegerField(
        label=_("Đã làm được bao nhiêu phần trăm"),
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"step": 5, "inputmode": "numeric"}),
        help_text=_("Chỉ cần ghi khi đang làm hoặc đang chờ; xong là 100."),
    )
    text = forms.CharField(
        label=_("Ghi chú"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Khi chờ thì ghi rõ chờ gì, chờ ai."),
    )

    def __init__(self, *args: Any, states: Sequence[TaskState], current: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [TaskState(current), *states]
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            (one.value, texts.TASK_STATE[one]) for one in TaskState if one in shown
        ]
        self.fields["state"].initial = current


class OwnerForm(forms.Form):
    """Who in the unit sees to it."""

    owner = forms.ModelChoiceField(
        label=_("Người phụ trách"), queryset=User.objects.none(), required=False, empty_label=_("Chưa phân công")
    )


class NoteForm(forms.Form):
    """A word."""

    text = forms.CharField(label=_("Ghi chú"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class ReleaseForm(forms.Form):
    """Why a unit need not do it any more, or has to again."""

    text = forms.CharField(
        label=_("Lý do"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Đơn vị sẽ đọc lý do này."),
    )


class ProofForm(forms.Form):
    """A proof: a link, a file, or a story or report of the unit."""

    kind = forms.ChoiceField(label=_("Loại minh chứng"), widget=forms.RadioSelect(attrs={"class": "choices"}))
    title = forms.CharField(label=_("Tên minh chứng"), max_length=300, required=False)
    url = forms.URLField(label=_("Đường dẫn"), max_length=500, required=False, assume_scheme="https")
    file = forms.FileField(
        label=_("Tệp"),
        required=False,
        help_text=_("PDF, ảnh, Word hoặc Excel, không quá 20 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )

    def __init__(self, *args: Any, unit_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [TaskEvidence.Kind.LINK, TaskEvidence.Kind.FILE]
        for name, source in events.task_proofs.items():
            offered = source.choices(unit_id)
            if not offered:
                continue
            kind = TaskEvidence.Kind(name)
            kinds.append(kind)
            self.fields[f"ref_{name}"] = forms.TypedChoiceField(
                label=kind.label,
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("— chọn —")), *offered],
            )
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = TaskEvidence.Kind.LINK.value

    def clean(self) -> dict[str, Any]:
        """The one thing that goes with the chosen kind."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["ref"] = cleaned.get(f"ref_{cleaned.get('kind')}")
        return {name: cleaned.get(name) for name in ("kind", "title", "url", "file", "ref")}
