"""Screens of releases: which there are, writing, preview, approval, what became of the letters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from loa.channels.ui import sharing
from loa.core.banners import banner
from loa.core.errors import Conflict, InvalidInput, Refused
from loa.core.forms import add_error
from loa.core.uploads import ACCEPT
from loa.lib.vanban.write import write_docx, write_pdf
from loa.newsroom.body import clean_body, from_marks, to_marks
from loa.newsroom.models import CONSENT_LABELS
from loa.org.access import can
from loa.press import access, hooks, papers, selectors, services
from loa.press.channels import SOURCE, number_of
from loa.press.letters import file_stem
from loa.press.models import WHY_LABELS, Release, ReleaseLetter
from loa.press.rules import STOPPABLE, Letter, State, Why
from loa.press.ui.forms import ApproveForm, NewForm, ReleaseForm

PER_PAGE = 30
TONES = {
    State.DRAFT: "plain", State.WAITING: "wait", State.APPROVED: "go", State.RELEASED: "done",
    State.REPLACED: "plain", State.WITHDRAWN: "act", State.CANCELLED: "plain",
}  # fmt: skip
LETTER_TONES = {
    Letter.WAITING: "wait",
    Letter.CLAIMED: "go",
    Letter.SENT: "done",
    Letter.FAILED: "act",
    Letter.SKIPPED: "plain",
}
LETTER_LABELS = {
    Letter.WAITING: lazy("Chờ gửi"),
    Letter.CLAIMED: lazy("Đang gửi"),
    Letter.SENT: lazy("Đã gửi"),
    Letter.FAILED: lazy("Không tới"),
    Letter.SKIPPED: lazy("Bỏ qua"),
}
DEEDS = {
    "gui-duyet": (services.release_submit, lazy("Đã gửi duyệt. Người phát ngôn được báo ngay.")),
    "huy": (services.release_cancel, lazy("Đã huỷ thông cáo.")),
}
KINDS = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_docx),
    "pdf": ("application/pdf", write_pdf),
}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All releases, newest first."""
    if not access.sees_press(request.user):
        raise Refused(_("Ông/bà chưa được phân công việc báo chí."), code="press.read")
    page = Paginator(selectors.releases_for(request.user), PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "rows": [(row, TONES[State(row.state)]) for row in page],
        "writes": can(request.user, "press.write"),
    }
    return render(request, "press/home.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin with an empty release, or with a public story."""
    if not can(request.user, "press.write"):
        raise Refused(_("Ông/bà không soạn thông cáo báo chí."), code="press.write")
    form = NewForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.release_create(
                actor=request.user, unit_id=form.cleaned_data["unit"].pk, story_id=_number(request, "story")
            )
        except InvalidInput as error:
            add_error(form, error)
        else:
            return redirect("press:write", made.pk)
    context = {"form": form, "stories": selectors.stories_to_start_from(request.user)[: selectors.MOST_STORIES]}
    return render(request, "press/new.html", context, status=422 if request.method == "POST" else 200)


def _number(request: HttpRequest, name: str) -> int | None:
    raw = request.POST.get(name, "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 16 else None


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [
        int(raw) for raw in request.POST.getlist(name)[:2000] if raw.isascii() and raw.isdigit() and len(raw) < 16
    ]


def _uploads(request: HttpRequest, name: str, none: str) -> list[Any]:
    files = request.FILES.getlist(name)
    if not files:
        raise InvalidInput(none)
    return list(files)


def _for_writing(request: HttpRequest, pk: int) -> Release:
    found = access.release_for_read(request.user, pk)
    if not can(request.user, "press.write", found.unit_id):
        raise Refused(_("Ông/bà xem được thông cáo này nhưng không soạn được."), code="press.write")
    return found


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Words, topics, whom it goes to; files and pictures below."""
    found = _for_writing(request, pk)
    if found.state != State.DRAFT and request.method == "GET":
        return redirect("press:release", pk)
    form = ReleaseForm(request.POST or None, release=found, initial=ReleaseForm.initial_of(found))
    status = 200
    if request.method == "POST":
        status = 422
        body = (
            clean_body(request.POST["body"])
            if "body" in request.POST
            else from_marks(request.POST.get("body_marks", ""))
        )
        found.body = body  # what is typed stays on the screen, whatever is wrong
        if form.is_valid():
            try:
                services.release_save(
                    actor=request.user, release_id=pk, version=_number(request, "version") or 0, body=body,
                    receiver_ids=_numbers(request, "receiver"), **form.values(),
                )  # fmt: skip
                return _after_saving(request, pk)
            except (InvalidInput, Conflict) as error:
                add_error(form, error)
    return render(request, "press/write.html", _writing_context(found, form), status=status)


def _after_saving(request: HttpRequest, pk: int) -> HttpResponse:
    if "submit" in request.POST:
        try:
            services.release_submit(actor=request.user, release_id=pk)
        except InvalidInput as error:
            messages.error(request, str(error))
            return redirect("press:write", pk)
        messages.success(request, _("Đã gửi duyệt. Người phát ngôn được báo ngay."))
    else:
        messages.success(request, _("Đã lưu thông cáo."))
    return redirect("press:write" if "stay" in request.POST else "press:release", pk)


def _writing_context(found: Release, form: ReleaseForm) -> dict[str, Any]:
    groups = selectors.receivers_to_choose(found)
    fresh = found.version == 0 and not found.corrects_id
    for group in groups:
        for row in group["rows"]:
            row["ticked"] = row["chosen"] or (fresh and row["meant"])
    return {
        "release": found,
        # `_editor.html` draws the body of what it calls a story.
        "story": {"body": mark_safe(clean_body(found.body))},  # noqa: S308 - cleaned here
        "marks": to_marks(found.body),
        "form": form,
        "groups": groups,
        "files": list(found.files.all()),
        "photos": list(found.photos.all()),
        "consents": list(CONSENT_LABELS.items()),
        "accept": ACCEPT,
    }


@login_required
@require_POST
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach documents; one is taken off by `bo`."""
    _for_writing(request, pk)
    remove = _number(request, "bo")
    try:
        if remove is not None:
            services.file_remove(actor=request.user, release_id=pk, file_id=remove)
            messages.success(request, _("Đã bỏ tệp."))
        else:
            for file in _uploads(request, "file", _("Hãy chọn tệp trước khi tải lên.")):
                services.file_add(actor=request.user, release_id=pk, file=file)
            messages.success(request, _("Đã thêm tệp."))
    except (InvalidInput, Conflict) as error:
        messages.error(request, str(error))
    return redirect(reverse("press:write", args=[pk]) + "#tep")


@login_required
@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """Add pictures."""
    _for_writing(request, pk)
    try:
        for file in _uploads(request, "photo", _("Hãy chọn ảnh trước khi tải lên.")):
            services.photo_add(actor=request.user, release_id=pk, upload=file)
        messages.success(request, _("Đã thêm ảnh. Hãy ghi chú thích, nguồn và sự đồng ý."))
    except (InvalidInput, Conflict) as error:
        messages.error(request, str(error))
    return redirect(reverse("press:write", args=[pk]) + "#anh")


@login_required
@require_POST
def photo(request: HttpRequest, pk: int, photo_id: int) -> HttpResponse:
    """Save what is said of a picture, or take it off."""
    _for_writing(request, pk)
    try:
        if "bo" in request.POST:
            services.photo_remove(actor=request.user, release_id=pk, photo_id=photo_id)
            messages.success(request, _("Đã bỏ ảnh."))
        else:
            texts = {name: request.POST.get(name, "") for name in ("caption", "alt", "credit")}
            services.photo_save(
                actor=request.user,
                release_id=pk,
                photo_id=photo_id,
                consent=request.POST.get("consent", ""),
                on_channels="on_channels" in request.POST,
                **texts,
            )
            messages.success(request, _("Đã lưu ảnh."))
    except (InvalidInput, Conflict) as error:
        messages.error(request, str(error))
    return redirect(reverse("press:write", args=[pk]) + f"#anh-{photo_id}")


@login_required
@require_safe
def thumb(request: HttpRequest, pk: int, photo_id: int) -> FileResponse:
    """A picture of a release, small, for those who may read the release."""
    found = access.release_for_read(request.user, pk).photos.filter(pk=photo_id).first()
    if found is None:
        raise Http404
    response = FileResponse(found.thumb.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@login_required
@require_safe
def document(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The release in the form of Nghị định 30/2020: as approved, or as it stands now."""
    if ending not in KINDS:
        raise Http404
    found = access.release_for_read(request.user, pk)
    kind, writer = KINDS[ending]
    stored = getattr(found, ending)
    if stored:
        with stored.open("rb") as file:
            data = file.read()
    else:
        data = writer(papers.official(found))
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{file_stem(found)}.{ending}"'
    return response


@login_required
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The release, its state, the ledger, and what this person may do."""
    return render(request, "press/release.html", _context(request, access.release_for_read(request.user, pk)))


def _letter_rows(letters: list[ReleaseLetter]) -> list[dict[str, Any]]:
    return [
        {
            "letter": row,
            "label": LETTER_LABELS[Letter(row.state)],
            "tone": LETTER_TONES[Letter(row.state)],
            "why": WHY_LABELS[Why(row.why)],
        }
        for row in letters
    ]


def _context(request: HttpRequest, found: Release) -> dict[str, Any]:
    user: Any = request.user
    released = found.released_at is not None
    writes = can(user, "press.write", found.unit_id)
    had = {row.contact_id for row in found.letters.all()} if released else set()
    return {
        "release": found,
        "tone": TONES[State(found.state)],
        "writes": writes,
        "may_withdraw": can(user, "press.approve", found.unit_id),
        "approves": found.state == State.WAITING and access.may_approve(user, found),
        "own": found.hands.filter(pk=user.pk).exists(),
        "stoppable": found.state in STOPPABLE,
        "form": ApproveForm(),
        "holds": selectors.holds_on(found),
        "may_lift": can(user, "channel.hold"),
        "body": mark_safe(clean_body(found.body)),  # noqa: S308 - cleaned here
        "number": papers.number_text(found),
        "embargo": papers.embargo_line(found),
        "files": list(found.files.all()),
        "photos": list(found.photos.all()),
        "receivers": list(found.receivers.select_related("outlet")) if not released else [],
        "released": released,
        "letters": _letter_rows(selectors.letters_of(found)) if released else [],
        "more": [row for row in selectors.reachable(found.unit_id) if row.pk not in had]
        if found.state == State.RELEASED and writes
        else [],
        "unknown": selectors.unknown_count(found) if released else 0,
        "page": hooks.page_of(found) if released else "",
        "private_page": hooks.private_page_of(found)
        if found.state == State.RELEASED and found.announced_at is None
        else "",
        "sees_channels": access.may_share(user, found),
        "shares": access.is_public(found) and access.may_share(user, found),
        "shared": sharing.shared(SOURCE, number_of(found)) if released else [],
        "newer": found.corrections.exclude(state=State.CANCELLED).order_by("-edition").first(),
    }


@login_required
@require_POST
def deed(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One thing done to a release; what goes wrong is said on its page."""
    target = ("press:release", pk)
    with banner(request):
        done, target = _do(request, pk, what)
        messages.success(request, done)
    return redirect(*target)


def _do(request: HttpRequest, pk: int, what: str) -> tuple[str, tuple[str, int]]:
    user, here = request.user, ("press:release", pk)
    if what in DEEDS:
        service, said = DEEDS[what]
        service(actor=user, release_id=pk)
        return str(said), here
    if what == "tra-lai":
        services.release_return(actor=user, release_id=pk, reason=request.POST.get("reason", ""))
        return _("Thông cáo đã về bản nháp."), here
    if what == "duyet":
        form = ApproveForm(request.POST)
        if not form.is_valid():
            raise InvalidInput(_("Số văn bản hoặc giờ phát hành chưa đúng. Hãy xem lại."))
        services.release_approve(
            actor=user, release_id=pk, version=_number(request, "version") or 0, **form.cleaned_data
        )
        return _("Đã duyệt. Thông cáo phát hành đúng giờ đã hẹn, hoặc trong ít giây nữa."), here
    if what == "dinh-chinh":
        made = services.release_correct(actor=user, release_id=pk)
        return _("Bản đính chính mở từ bản đã phát hành. Hãy sửa, ghi điều được đính chính rồi gửi duyệt."), (
            "press:write",
            made.pk,
        )
    if what == "thu-hoi":
        services.release_withdraw(actor=user, release_id=pk, reason=request.POST.get("reason", ""))
        return _("Đã thu hồi. Nơi đã nhận được báo bằng thư; trang công khai ghi rõ đã thu hồi."), here
    if what == "gui-them":
        count = services.letters_add(actor=user, release_id=pk, contact_ids=_numbers(request, "receiver"))
        return _("Gửi thêm cho %d địa chỉ.") % count, here
    if what in ("chua-ro-gui-lai", "chua-ro-da-toi"):
        count = services.unknown_decide(actor=user, release_id=pk, again=what == "chua-ro-gui-lai")
        return _("Đã ghi quyết định cho %d thư chưa rõ kết quả.") % count, here
    raise Http404
