"""The inbox, one thread with its answer form, ready answers."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.channels.inbound import door
from loa.channels.inbound.rules import Verb
from loa.channels.kinds import face_of
from loa.channels.rules import Status
from loa.channels.sending import DoorError, Talk
from loa.channels.texts import reason
from loa.core import clock
from loa.core.errors import AppError
from loa.core.forms import add_error
from loa.core.heard import found_at
from loa.feedback import access, selectors, services, texts
from loa.feedback.models import Canned, Remark, Thread
from loa.feedback.models.inbox import STATE_LABELS
from loa.feedback.rules import UNDONE, Seen, Side, Stage, State, What, hours_for, left_words, newest
from loa.feedback.rules import heard as heard_of
from loa.feedback.selectors import InboxFilter
from loa.feedback.services.answering import COLLISION, NEWER, own_page, talk_of, window
from loa.feedback.services.hearing import heard_key
from loa.feedback.services.moderation import signed_names
from loa.feedback.ui.common import deed, number, staff, undone
from loa.org import access as rights
from loa.org.models import Unit
from loa.org.selectors import search
from loa.org.ui.fields import ask_unit

#: circumference of the clock's ring in the drawing
RING = 88.0


def dressed(thread: Thread) -> Thread:
    """A thread with what the templates show of it."""
    shown: Any = thread
    shown.kind = face_of(thread.account.kind)
    now = clock.now()
    if thread.state in (State.OPEN, State.ELSEWHERE) and thread.due_at is not None:
        left = (thread.due_at - now).total_seconds() / 3600
        shown.left = texts.left(left_words(now, thread.due_at))
        shown.tone = "hot" if left < 2 or thread.urgent else "warm" if left < 8 else "cool"
        whole = 6 if thread.urgent else 24
        shown.arc = round(RING * min(max(left / whole, 0.02), 1), 1)
    return thread


@staff("GET")
def inbox(request: HttpRequest) -> HttpResponse:
    """What people wrote, what is due first on top."""
    wanted = InboxFilter.from_params(request.GET)
    page = Paginator(selectors.inbox(request.user, wanted), 20).get_page(request.GET.get("trang"))
    for row in page.object_list:
        dressed(row)
    counts = selectors.counts(request.user, wanted)
    context = {
        "page": page,
        "wanted": wanted,
        "states": [(state.value, STATE_LABELS[state], counts[state.value]) for state in State],
        "counts": counts,
        "unheard": selectors.unheard(request.user),
        "accounts": [(row, face_of(row.kind).label) for row in selectors.accounts(request.user)],
        "tags": selectors.tags(request.user),
        "rulings_waiting": selectors.rulings_waiting(request.user),
        "may_manage": rights.can(request.user, access.MANAGE),
        "narrow": bool(wanted.account or wanted.tag or wanted.mine or wanted.late or wanted.words),
        "here": "inbox",
    }
    return render(request, "feedback/inbox.html", context)


def _shown(remark: Remark) -> Remark:
    row: Any = remark
    action = remark.action
    if action is not None and action.status != Status.SENT:
        row.leaving = {
            Status.UNKNOWN: ("act", _("Chưa rõ đã đến hay chưa")),
            Status.FAILED: ("act", _("Chưa gửi được")),
            Status.CANCELLED: ("plain", _("Đã huỷ")),
        }.get(Status(action.status), ("sky", _("Đang gửi")))
        row.reason = reason(action.code)
        row.may_decide = action.status in UNDONE
        row.unknown = action.status == Status.UNKNOWN
    row.hint = selectors.suggestion(remark)
    row.ruling = next(iter(remark.rulings.all()), None)
    standing = (Seen.WAITING, Seen.VISIBLE, Seen.HIDDEN)
    # Judged once, it may be judged again: its writer may have changed it.
    waits = row.ruling is not None and row.ruling.stage in (Stage.PROPOSED, Stage.APPEALED)
    row.rulable = remark.side == Side.IN and remark.seen in standing and bool(remark.masked) and not waits
    row.undone = undone(row.ruling, remark.seen) if row.ruling is not None else ""
    return remark


def _talk_context(request: HttpRequest, thread: Thread, since: int | None = None) -> dict[str, Any]:
    """`since`: the newest remark the person had seen, when others came while they were writing."""
    remarks: list[Any] = [_shown(row) for row in selectors.remarks_of(thread)]
    for row in remarks:
        row.thread = thread
        row.fresh = since is not None and row.side == Side.IN and row.pk > since
    fresh = [row for row in remarks if row.fresh]
    names = signed_names(remarks)
    for row in remarks:
        row.name = names.get(row.external_id, "") if row.side == Side.IN else ""
    return {
        "thread": dressed(thread),
        "remarks": remarks,
        "since": since,
        "fresh": fresh,
        # What presses is what has to be read first.
        "first_fresh": next((row for row in fresh if hours_for(row.masked)[1]), next(iter(fresh), None)),
        "own_page": own_page(thread),
        "held": any(row.seen == Seen.WAITING for row in remarks),
        "asked": any(row.ruling is not None and row.ruling.stage == Stage.PROPOSED for row in remarks),
        "writing": selectors.writing_now(thread, request.user),
        "may_answer": access.may(request.user, access.ANSWER, thread),
        "Side": Side,
    }


@staff("GET")
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """The remarks alone, asked for by the page every few seconds. Not a look of its own: the page was."""
    thread = access.thread_for(request.user, pk)
    since = number(request.GET.get("tu"))
    return render(request, "feedback/_talk.html", _talk_context(request, thread, since))


@staff("GET")
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    """One thread: what was said, the answer form, who has it. Every look is written down."""
    row = access.thread_for(request.user, pk)
    services.thread_opened(actor=request.user, thread=row)
    return _thread_page(request, row)


def _thread_page(
    request: HttpRequest, row: Thread, error: AppError | None = None, *, answer: bool = True
) -> HttpResponse:
    """The page; `error`: why the answer in the request was not sent. What was typed and ticked is there again.

    `answer`: False when the request was no answer but another button; the page is as it is opened anew.
    """
    sent = request.POST if error is not None and answer else None
    code = error.code if error is not None else ""
    newer, file = code == NEWER, request.FILES.get("file")
    context = _talk_context(request, row, newest(request.POST.get("heard", "")) if newer else None)
    talk_module = talk_of(row)
    until, paid = window(row, clock.now())
    verbs = talk_module.VERBS if talk_module else frozenset()
    canned = number(sent.get("canned") if sent is not None else request.GET.get("mau"))
    ready = selectors.canned_for(row) if context["may_answer"] else []
    draft = sent.get("text", "") if sent is not None else selectors.draft_of(row, request.user)
    chosen = next((one for one in ready if one.pk == canned), None)
    if chosen is not None and sent is None:
        draft = f"{draft}\n{chosen.text}".strip()
    context |= {
        "text": draft,
        "error": error if answer else None,
        "refused": None if answer else error,
        "newer": newer and answer,
        "collided": code == COLLISION,
        "sent": sent,
        "file_again": getattr(file, "name", ""),
        # What was not said to have changed since is not taken as read: it is said with the next press.
        "turn": row.turn if sent is None or code in (NEWER, COLLISION) else number(sent.get("turn")) or 0,
        "heard": heard_of((one.pk, one.masked) for one in context["remarks"] if one.side == Side.IN)
        if sent is None or newer
        else sent.get("heard", ""),
        "chosen": chosen,
        "canned": ready,
        "key": secrets.token_urlsafe(15),
        "most": talk_module.MOST.get(Verb.MESSAGE if row.what == What.MESSAGE else Verb.REPLY) if verbs else 0,
        "until": until,
        "closed": until is not None and clock.now() > until,
        "paid": paid,
        "may_private": row.what == What.COMMENT and Verb.PRIVATE in verbs,
        "may_file": row.what == What.MESSAGE and bool(getattr(talk_module, "FILE_KINDS", ())),
        "people": selectors.may_answer_here(row) if context["may_answer"] else [],
        "tags": list(row.tags.all()),
        "may_erase": access.may(request.user, access.DECIDE, row) and not row.forgotten,
        "story_url": _story_url(request, row),
        "heard_url": _heard_url(request, row, context["remarks"]),
    }
    return render(request, "feedback/thread.html", context, status=error.status if error is not None else 200)


def _story_url(request: HttpRequest, row: Thread) -> str:
    """Our own page of the story the comment stands under, when the person may see it."""
    from loa.newsroom.channels import SOURCE
    from loa.newsroom.models import Story

    if row.source != SOURCE or row.source_id is None:
        return ""
    from loa.newsroom.access import visible_stories

    found: Any = visible_stories(request.user) if request.user.is_authenticated else Story.objects.none()
    return reverse("newsroom:story", args=[row.source_id]) if found.filter(pk=row.source_id).exists() else ""


def _heard_url(request: HttpRequest, row: Thread, remarks: list[Remark]) -> str:
    """Where the newest of the person's words is among what is listened to, when the officer may read that."""
    said = [remark for remark in remarks if remark.side == Side.IN and remark.masked]
    for remark in said:
        remark.account = row.account
    return found_at(request.user, [heard_key(remark) for remark in reversed(said[-20:])])


@staff("POST")
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the answer; on an error the page comes back with every word of it."""
    text = request.POST.get("text", "")
    try:
        services.thread_reply(
            actor=request.user,
            thread_id=pk,
            text=text,
            turn=number(request.POST.get("turn")) or 0,
            heard=request.POST.get("heard", ""),
            key=request.POST.get("key", "")[:60],
            private=request.POST.get("private") == "1",
            wait=request.POST.get("wait") == "1",
            later=request.POST.get("later") == "1",
            file=request.FILES.get("file"),
            canned_id=number(request.POST.get("canned")),
        )
    except AppError as error:
        if error.status in (403, 404):
            raise
        services.draft_save(actor=request.user, thread_id=pk, text=text)
        return _thread_page(request, access.thread_for(request.user, pk), error)
    messages.success(request, _("Đã gửi. Câu trả lời đến người dân trong vài giây."))
    return redirect("feedback:thread", pk=pk)


@staff("POST")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the answer while it is written."""
    try:
        at = services.draft_save(actor=request.user, thread_id=pk, text=request.POST.get("text", ""))
    except AppError as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    return JsonResponse({"saved_at": clock.local(at).strftime("%H:%M")})


@deed("feedback:thread")
def assign(request: HttpRequest, pk: int) -> None:
    """Give it to somebody."""
    services.thread_assign(actor=request.user, thread_id=pk, user_id=number(request.POST.get("user")))
    messages.success(request, _("Đã ghi người trả lời."))


@staff("GET", "POST")
def forward(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the unit that is to answer."""
    row = access.thread_for(request.user, pk, access.ANSWER)
    query = request.GET.get("q", "").strip()[:80]
    if request.method == "POST":
        try:
            services.thread_forward(
                actor=request.user,
                thread_id=pk,
                unit_id=number(request.POST.get("unit")) or 0,
                note=request.POST.get("note", ""),
            )
            messages.success(request, _("Đã chuyển. Đơn vị nhận được báo, đồng hồ vẫn chạy."))
            return redirect("feedback:thread", pk=pk)
        except AppError as error:
            if error.status in (403, 404):
                raise
            messages.error(request, str(error))
    units = rights.units_where(request.user, access.READ)
    found = list(search(units, query)[:20]) if query else []
    home = Unit.objects.filter(pk=row.home_id).first() if row.home_id != row.unit_id else None
    return render(
        request, "feedback/forward.html", {"thread": dressed(row), "query": query, "units": found, "home": home}
    )


def _to_be_read(request: HttpRequest, pk: int, error: AppError) -> HttpResponse:
    """The page with what the person wrote since it was opened, when that is the error; any other is raised."""
    if error.code != NEWER:
        raise error
    return _thread_page(request, access.thread_for(request.user, pk), error, answer=False)


@deed("feedback:thread")
def show(request: HttpRequest, pk: int) -> HttpResponse | None:
    """Read, and let be shown on the page of our own."""
    done, heard = request.POST.get("done") == "1", request.POST.get("heard")
    try:
        services.thread_show(actor=request.user, thread_id=pk, done=done, heard=heard)
    except AppError as error:
        return _to_be_read(request, pk, error)
    messages.success(request, _("Đã cho hiện. Ý kiến lên trang trong vài giây."))
    return None


@deed("feedback:thread")
def move(request: HttpRequest, pk: int) -> HttpResponse | None:
    """Done without an answer, waiting for others, open again."""
    state, heard = request.POST.get("state", ""), request.POST.get("heard")
    try:
        services.thread_set_state(actor=request.user, thread_id=pk, state=state, heard=heard)
    except AppError as error:
        return _to_be_read(request, pk, error)
    messages.success(request, _("Đã đổi trạng thái."))
    return redirect("feedback:inbox") if state == State.DONE else None


@deed("feedback:thread")
def note(request: HttpRequest, pk: int) -> None:
    """A note for colleagues."""
    services.thread_note(actor=request.user, thread_id=pk, text=request.POST.get("text", ""))


@deed("feedback:thread")
def tag(request: HttpRequest, pk: int) -> None:
    """A label on, or off."""
    name, off = request.POST.get("name", ""), request.POST.get("off", "")
    services.thread_tag(actor=request.user, thread_id=pk, name=off or name, on=not off)


@deed("feedback:thread")
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person wrote goes, because they ask for it."""
    services.person_erase(actor=request.user, thread_id=pk, reason=request.POST.get("reason", ""))
    messages.success(request, _("Đã xoá lời và mã của người này trong Loa."))
    return redirect("feedback:inbox")


@staff("POST")
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The words as written, once; the look is in the log."""
    text = services.remark_reveal(actor=request.user, remark_id=pk)
    return render(request, "feedback/_raw.html", {"text": text})


@staff("POST")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person found out about an answer whose fate was unknown."""
    remark = access.remark_for(request.user, pk, access.ANSWER)
    try:
        services.answer_decide(actor=request.user, remark_id=pk, there=request.POST.get("answer") == "there")
        messages.success(request, _("Đã ghi. Nếu chọn gửi lại, câu trả lời đi trong vài giây."))
    except AppError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
    return redirect("feedback:thread", pk=remark.thread_id)


@staff("GET")
def labels(request: HttpRequest) -> HttpResponse:
    """Labels of the OAs and how many people carry each, asked of the channel when one OA is chosen."""
    rights.require(
        request.user, access.MANAGE, None, _("Nhãn trên kênh do đầu mối truyền thông, Ban Biên tập giữ.")
    )
    talks = door.modules("talk")
    accounts = [row for row in selectors.bot_accounts(request.user) if hasattr(talks.get(row.kind), "labels")]
    chosen = next((row for row in accounts if row.pk == number(request.GET.get("oa"))), None)
    rows: list[tuple[str, int | None]] = []
    total = None
    if chosen is not None:
        talk_module, asking = talks[chosen.kind], Talk(chosen)
        try:
            names = talk_module.labels(asking)
            total = talk_module.followers(asking)
            rows = [(name, talk_module.followers(asking, tag=name)) for name in (names or [])[:30]]
        except (AppError, DoorError):
            names = None
        if names is None:
            messages.error(request, _("Chưa hỏi được kênh lúc này. Hãy thử lại sau ít phút."))
    context = {
        "accounts": accounts,
        "chosen": chosen,
        "rows": sorted(rows, key=lambda row: -(row[1] or 0)),
        "total": total,
        "here": "labels",
        "may_manage": True,
    }
    return render(request, "feedback/labels.html", context)


class CannedForm(forms.ModelForm):
    """An answer the office has ready."""

    class Meta:
        model = Canned
        fields = ["title", "text", "active"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}


class NewCannedForm(CannedForm):
    """A new one: whose."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Đơn vị"))
    field_order = ["unit"]

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_unit(self, user, rights.units_where(user, access.MANAGE))


@staff("GET", "POST")
def canned(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Ready answers: the list with a form for a new one, or one of them."""
    rights.require(
        request.user, access.MANAGE, None, _("Câu trả lời mẫu do đầu mối truyền thông, Ban Biên tập giữ.")
    )
    kept = selectors.canned_kept(request.user)
    row = kept.filter(pk=pk).first() if pk else None
    data = request.POST if request.method == "POST" else None
    form = CannedForm(data, instance=row) if row else NewCannedForm(request.user, data)
    status = 200
    if data is not None:
        status = 400
        if form.is_valid():
            try:
                services.canned_save(
                    actor=request.user,
                    canned_id=row.pk if row else None,
                    unit_id=row.unit_id if row else form.cleaned_data["unit"].pk,
                    title=form.cleaned_data["title"],
                    text=form.cleaned_data["text"],
                    active=form.cleaned_data["active"],
                )
                messages.success(request, _("Đã lưu câu trả lời mẫu."))
                return redirect("feedback:canned")
            except AppError as error:
                add_error(form, error)
                status = error.status
    page = Paginator(kept.order_by("-active", "-uses", "title"), 30).get_page(request.GET.get("trang"))
    context = {"form": form, "row": row, "page": page, "here": "canned", "may_manage": True}
    return render(request, "feedback/canned.html", context, status=status)
