"""Teaching Loa: the items it is least sure of, one tap each; its models, training, going back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from loa.core.banners import banner
from loa.core.errors import AppError, Refused
from loa.listening import access, selectors, services
from loa.listening.models import HARM_LABELS, TONE_LABELS
from loa.listening.rules import LEARNT, Harm, Tone
from loa.listening.services.learning import IN_HOUSE
from loa.listening.ui.common import require_read, rows, written_down
from loa.org import access as rights

NAMES = {
    "sentiment": gettext_lazy("Sắc thái"),
    "relevant": gettext_lazy("Về giáo dục hay không"),
    "toxic": gettext_lazy("Lời lẽ"),
}
#: classes as people call them
WORDS = {
    **{str(tone): TONE_LABELS[tone] for tone in Tone},
    **{str(harm): HARM_LABELS[harm] for harm in Harm},
    "yes": gettext_lazy("Về giáo dục"),
    "no": gettext_lazy("Không về giáo dục"),
}


def _require(request: HttpRequest) -> None:
    require_read(request.user)
    if not rights.can(request.user, access.MANAGE):
        raise Refused(_("Bạn chưa được phân công dạy Loa."), code=access.MANAGE)


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """The queue, and how far Loa has been taught."""
    _require(request)
    page = selectors.dressed(selectors.Page(selectors.unsure(request.user), 1))
    written_down(request, page.items)
    return render(
        request,
        "listening/learning.html",
        {
            "rows": rows(page),
            "tones": TONE_LABELS.items(),
            "lessons": [
                (one, NAMES[one.task], [(WORDS.get(label, label), n) for label, n in one.labels], _cards(one))
                for one in selectors.lessons()
            ],
            "may_train": access.keeps_all(request.user),
            "in_house": IN_HOUSE,
            "here": "learning",
        },
    )


def _cards(lesson: selectors.Lesson) -> list[dict[str, Any]]:
    """The report card of every model that has one, the newest first, with classes as people call them."""
    found = []
    for kept in lesson.models:
        card = kept.model.about.get("card")
        if card:
            classes = [{**row, "name": WORDS.get(row["label"], row["label"])} for row in card["classes"]]
            found.append(
                {
                    "number": kept.number,
                    "card": card,
                    "classes": classes,
                    "beside": kept.model.about.get("comparison"),
                    "hash": kept.model.about.get("data_hash", "")[:16],
                    "licence": licence if (licence := kept.model.about.get("licence", "")) != IN_HOUSE else "",
                }
            )
    return found


@login_required
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """One tap: the tone is right, is another, or the item is not about education."""
    item = access.item_for_correct(request.user, pk)
    value = request.POST.get("gia-tri", "")
    told, bad = _("Đã ghi. Cảm ơn bạn."), False
    try:
        if value == "khong":
            item = services.item_correct(actor=request.user, item=item, field="relevant", value="0")
        elif value == item.tone:
            services.item_confirm(actor=request.user, item=item, field="tone")
        else:
            item = services.item_correct(actor=request.user, item=item, field="tone", value=value)
        if item.also:
            told += " " + _("Sửa luôn %(n)d tin đăng lại.") % {"n": item.also}
    except AppError as error:
        if error.status == 403:
            raise
        told, bad = str(error), True
    if getattr(request, "htmx", False):
        return render(request, "listening/_judged.html", {"told": told, "bad": bad})
    (messages.error if bad else messages.success)(request, told)
    return redirect("listening:learning")


def _task(request: HttpRequest) -> str:
    task = request.POST.get("viec", "")
    return task if task in LEARNT else next(iter(LEARNT))


@login_required
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Have a model trained from what people said."""
    services.train_asked(actor=request.user, task=_task(request))
    messages.success(request, _("Loa đang học; xong sẽ báo ở chuông."))
    return redirect("listening:learning")


@login_required
@require_POST
def roll_back(request: HttpRequest) -> HttpResponse:
    """Use what was in use before."""
    with banner(request):
        number = services.model_roll_back(actor=request.user, task=_task(request))
        told = _("Đang dùng mô hình số %(n)d.") % {"n": number} if number else _("Đang dùng bộ từ có sẵn.")
        messages.success(request, told)
    return redirect("listening:learning")
