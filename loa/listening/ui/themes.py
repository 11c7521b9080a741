"""The office's topics: the list, one topic with its phrases, a sentence to try them on, themes of a plan."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.core.banners import banner
from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.lib.nlp import Analyser
from loa.lib.vi import sort_key
from loa.listening import access, selectors, services, themes
from loa.listening.hints import Hints, hints
from loa.listening.models import Theme
from loa.listening.selectors import StreamFilter
from loa.listening.ui.common import require_read, rows, written_down


def _require(request: HttpRequest) -> None:
    require_read(request.user)
    access.require_keeps_all(request.user, str(services.NOT_YOUR_TOPICS))


class ThemeForm(forms.Form):
    """A topic: its name, the phrases by which it is recognised."""

    name = forms.CharField(label=gettext_lazy("Tên chủ đề"), max_length=80)
    phrases = forms.CharField(
        label=gettext_lazy("Cụm từ thường gặp"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=gettext_lazy(
            "Mỗi dòng một cụm từ, có dấu, ví dụ “thu quá quy định”. Tin không dấu Loa tự đối chiếu."
        ),
    )
    active = forms.BooleanField(label=gettext_lazy("Đang theo dõi"), required=False, initial=True)


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """All topics, and the themes of plans that are not listened for yet."""
    _require(request)
    own = {row.code: row for row in Theme.objects.select_related("plan_topic__plan")}
    listed = [
        {"code": code, "name": name, "own": own.get(code), "phrases": themes.topic_phrases().get(code, [])}
        for code, name in sorted(themes.topic_names().items(), key=lambda pair: sort_key(pair[1]))
    ]
    return render(
        request,
        "listening/themes.html",
        {"listed": listed, "from_plans": selectors.plan_themes(request.user), "here": "topics"},
    )


@login_required
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Follow every theme of the plans that is not followed yet."""
    _require(request)
    with banner(request):
        made = services.themes_follow(actor=request.user, topics=selectors.plan_themes(request.user))
        told = _(
            "Đã theo dõi thêm %(n)d chủ đề của kế hoạch, cụm từ lấy từ tên. Mở từng chủ đề để thêm cụm từ hay gặp."
        )
        messages.success(request, told % {"n": made})
    return redirect("listening:themes")


@login_required
def theme(request: HttpRequest, code: str = "") -> HttpResponse:
    """One topic to change, or (without a code) a new one; `?noi-dung=`: made from a theme of a plan."""
    _require(request)
    if code and code not in themes.topic_names():
        raise Http404
    source = selectors.plan_theme(request.user, request.GET.get("noi-dung", ""))
    row = Theme.objects.filter(code=code).first() if code else None
    initial: dict[str, Any] = {
        "name": themes.topic_names().get(code, str(source)[:80] if source else ""),
        "phrases": "\n".join(
            row.listed if row else themes.topic_phrases().get(code, selectors.suggested(source) if source else [])
        ),
        "active": row.active if row else True,
    }
    form = ThemeForm(request.POST or None, initial=initial)
    tried = request.POST.get("cau", "").strip()[:2000]
    told: list[str] | None = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            if "thu" in request.POST:
                told = _said(code or "moi", values, tried)
            else:
                values["phrases"] = "\n".join([values["phrases"], *request.POST.getlist("them")])
                services.theme_save(actor=request.user, code=code, plan_topic=source, **values)
                messages.success(request, _("Đã lưu. Loa đang xếp lại tin của 30 ngày qua theo chủ đề này."))
                return redirect("listening:themes")
        except AppError as error:
            if error.status == 403:
                raise
            add_error(form, error)
    examples = (
        selectors.page(request.user, StreamFilter(topic=code), 1, per_page=5) if code else selectors.Page([], 1)
    )
    written_down(request, examples.items)
    found = hints(code, themes.topic_phrases().get(code, [])) if code else Hints()
    return render(
        request,
        "listening/theme.html",
        {
            "form": form,
            "code": code,
            "title": initial["name"] if code else _("Chủ đề mới"),
            "source": source,
            "tried": tried,
            "told": told,
            "rows": rows(examples),
            "hints": found,
            "chosen": request.POST.getlist("them"),
        },
        status=400 if form.errors else 200,
    )


def _said(code: str, values: dict[str, Any], sentence: str) -> list[str]:
    """Names of the topics the sentence falls into, with the phrases as they stand in the form."""
    listed = services.phrases_in(values["phrases"])
    engine = Analyser(topics={**themes.topic_phrases(), code: listed if values["active"] else []})
    names = {**themes.topic_names(), code: values["name"]}
    scores: dict[str, float] = {}
    for reason in engine.analyse(sentence).reasons:
        if reason.field.startswith("topic:"):
            scores[reason.field[6:]] = scores.get(reason.field[6:], 0.0) + reason.weight
    return [names.get(key, key) for key in sorted(scores, key=lambda key: -scores[key])]
