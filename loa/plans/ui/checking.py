"""The checking screen: the document on the left, what was read in it on the right."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loa.core.errors import AppError, InvalidInput
from loa.core.forms import add_error
from loa.lib.typed import whole
from loa.plans import access, selectors, services, texts
from loa.plans.models import Finding, Plan
from loa.plans.names import resolve
from loa.plans.rules import FindingKind, FindingState, PlanStatus
from loa.plans.rules import audience as audiences
from loa.plans.services.findings import ADDABLE
from loa.plans.services.issue import header_gaps
from loa.plans.ui.cards import FILTERS, Deck, place_words
from loa.plans.ui.document import sheets_of
from loa.plans.ui.forms import FORMS, HeaderForm, form_for

#: kind → filter, for tabs and redirects
TAB_OF = {kind: name for name, kinds in FILTERS.items() for kind in kinds}
TAB_LABELS = {
    "can-cu": FindingKind.BASIS,
    "noi-dung": FindingKind.TOPIC,
    "nhiem-vu": FindingKind.TASK,
    "chi-tieu": FindingKind.QUOTA,
    "thoi-han": FindingKind.DEADLINE,
    "luu-y": FindingKind.WARNING,
}


@login_required
@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Both columns. The number of queries does not depend on the number of findings."""
    plan = access.plan_for_manage(request.user, pk)
    if plan.status != PlanStatus.CHECKING:
        return redirect("plans:plan", pk=pk)
    findings = selectors.findings_of(plan)
    document = selectors.read_document_of(plan)
    chosen = request.GET.get("loc") or ""
    shown = _filtered(findings, chosen)
    deck = Deck(plan, findings)
    current = _first_waiting(shown)
    context = {
        "plan": plan,
        "document": document,
        "sheets": sheets_of(document, findings) if document else [],
        "cards": [deck.card(finding) for finding in shown],
        "current": current,
        "chosen": chosen,
        "tabs": _tabs(findings),
        "groups": _groups(shown, chosen),
        "total": len(findings),
        "kinds_to_add": [(kind.value, texts.KIND[kind]) for kind in ADDABLE],
        **_progress_context(plan, findings, request),
    }
    return render(request, "plans/check.html", context)


@login_required
@require_GET
def card(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """One card (after an edit was given up)."""
    finding = access.finding_for_manage(request.user, pk, n)
    return _answer(request, finding.plan, finding)


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """Confirm one finding and go on to the next."""
    finding = access.finding_for_manage(request.user, pk, n)
    return _do(request, finding, lambda: services.confirm_finding(actor=request.user, finding=finding), go_on=True)


@login_required
@require_POST
def dismiss(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """Leave one finding out; can be taken back on the same card."""
    finding = access.finding_for_manage(request.user, pk, n)
    return _do(request, finding, lambda: services.dismiss_finding(actor=request.user, finding=finding))


@login_required
@require_POST
def reopen(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """Take a decision back."""
    finding = access.finding_for_manage(request.user, pk, n)
    return _do(request, finding, lambda: services.reopen_finding(actor=request.user, finding=finding))


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """Answer a card's question."""
    finding = access.finding_for_manage(request.user, pk, n)
    raw = request.POST.get("choice", "")
    try:
        number = whole(raw.removeprefix("-"))
        if number is None:
            raise InvalidInput(_("Hãy chọn một câu trả lời."), code="plans.choice")
        choice = -number if raw.startswith("-") else number
        settled = services.answer_question(actor=request.user, finding=finding, choice=choice)
    except AppError as error:
        return _refused(request, finding, error)
    if settled > 1:
        # Other cards changed with this one: show them all.
        messages.success(request, _("Đã áp dụng cho %s mục cùng câu hỏi.") % settled)
        return _reload(request, finding)
    finding.refresh_from_db()
    return _answer(request, finding.plan, finding, go_on=True)


@login_required
@require_POST
def annotate(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """Write the replacing document beside an expired basis, and confirm it."""
    finding = access.finding_for_manage(request.user, pk, n)
    after = ((finding.warning or {}).get("data") or {}).get("replaced_by") or ""
    note = _("Thay bằng %s") % after if after else _("Hết hiệu lực")
    return _do(
        request,
        finding,
        lambda: services.edit_finding(actor=request.user, finding=finding, values={"note": note}),
        go_on=True,
    )


@login_required
@require_POST
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm all that are clear: of one kind, or of one topic."""
    plan = access.plan_for_manage(request.user, pk)
    chosen = request.POST.get("loc") or ""
    topic = whole(request.POST.get("topic"))
    confirmed = left = 0
    if topic is not None:
        done = services.confirm_group(actor=request.user, plan=plan, topic=topic)
        confirmed, left = done.confirmed, done.left
    else:
        for kind in FILTERS.get(chosen, tuple(FindingKind)):
            done = services.confirm_group(actor=request.user, plan=plan, kind=kind)
            confirmed, left = confirmed + done.confirmed, left + done.left
    if left:
        messages.success(
            request,
            _("Đã xác nhận %(n)s mục. Còn %(left)s mục có câu hỏi hoặc cảnh báo, cần xem riêng.")
            % {"n": confirmed, "left": left},
        )
    else:
        messages.success(request, _("Đã xác nhận %s mục.") % confirmed)
    return redirect(_check_url(plan, chosen))


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int, n: int) -> HttpResponse:
    """Change what was read; what was read stays beside it."""
    finding = access.finding_for_manage(request.user, pk, n)
    plan = finding.plan
    if finding.kind not in FORMS:
        return redirect(_check_url(plan, request.GET.get("loc") or "", n))
    findings = selectors.findings_of(plan)
    form = form_for(finding.kind, plan, finding, _class_counts(plan), _topics(findings), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            values = _values(finding.kind, plan, form.cleaned_data, finding)
            services.edit_finding(actor=request.user, finding=finding, values=values)
        except AppError as error:
            add_error(form, error)
        else:
            finding.refresh_from_db()
            if request.htmx:  # type: ignore[attr-defined]
                return _answer(request, plan, finding, go_on=True)
            return redirect(_check_url(plan, request.POST.get("loc") or "", n))
    template = "plans/_edit.html" if request.htmx else "plans/edit.html"  # type: ignore[attr-defined]
    context = {
        "plan": plan,
        "finding": finding,
        "form": form,
        "kind": texts.kind_words(finding.kind, finding.data),
    }
    context |= {"place": place_words(finding), "loc": request.GET.get("loc") or request.POST.get("loc") or ""}
    return render(request, template, context)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark what the reader missed: from words selected in the document, or without."""
    plan = access.plan_for_manage(request.user, pk)
    if plan.status != PlanStatus.CHECKING:
        return redirect("plans:plan", pk=pk)
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("loai") or FindingKind.QUOTA.value
    if kind not in ADDABLE:
        kind = FindingKind.QUOTA.value
    start, end = whole(given.get("tu")), whole(given.get("den"))
    document = selectors.read_document_of(plan)
    quote = " ".join(document.text[start:end].split()) if document and start is not None and end else ""
    findings = selectors.findings_of(plan)
    form = form_for(kind, plan, None, _class_counts(plan), _topics(findings), request.POST or None)
    if request.method == "GET" and quote:
        form.initial["title"] = form.initial["content"] = quote[:300]
    if request.method == "POST" and form.is_valid():
        try:
            values = _values(kind, plan, form.cleaned_data, None)
            made = services.add_finding(
                actor=request.user, plan=plan, kind=FindingKind(kind), start=start, end=end, values=values
            )
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã thêm mục %s.") % made.position)
            return redirect(_check_url(plan, TAB_OF[FindingKind(kind)], made.position))
    kinds = [
        {
            "label": texts.KIND[one],
            "current": one.value == kind,
            "query": urlencode({"loai": one.value, **({"tu": start or 0, "den": end or 0} if quote else {})}),
        }
        for one in ADDABLE
    ]
    context = {
        "plan": plan,
        "form": form,
        "kinds": kinds,
        "kind": kind,
        "quote": quote,
        "start": start,
        "end": end,
    }
    return render(request, "plans/add.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def header(request: HttpRequest, pk: int) -> HttpResponse:
    """Number, date, title, signer and time of the plan."""
    plan = access.plan_for_manage(request.user, pk)
    if plan.status != PlanStatus.CHECKING:
        return redirect("plans:plan", pk=pk)
    names = ("number", "signed_on", "title", "signer", "starts_on", "ends_on")
    form = HeaderForm(request.POST or None, initial={name: getattr(plan, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            services.update_header(actor=request.user, plan=plan, values=form.cleaned_data)
        except AppError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Đã lưu phần đầu kế hoạch."))
            return redirect(_check_url(plan, ""))
    document = selectors.read_document_of(plan)
    printed = list((document.blocks if document else [])[:8])
    lines = [document.text[b["start"] : b["end"]] for b in printed] if document else []
    return render(
        request, "plans/header.html", {"plan": plan, "form": form, "lines": lines, "gaps": header_gaps(plan)}
    )


# — pieces ——————————————————————————————————————————————————————————————————————————————


def _do(request: HttpRequest, finding: Finding, call: Any, *, go_on: bool = False) -> HttpResponse:
    try:
        changed = call()
    except AppError as error:
        return _refused(request, finding, error)
    changed.plan = finding.plan
    return _answer(request, finding.plan, changed, go_on=go_on)


def _refused(request: HttpRequest, finding: Finding, error: AppError) -> HttpResponse:
    """Say why on the card itself; nothing typed is lost because nothing was typed."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.error(request, str(error.message))
        return redirect(_check_url(finding.plan, request.POST.get("loc") or "", finding.position))
    return _answer(request, finding.plan, finding, refusal=str(error.message), status=error.status)


def _answer(
    request: HttpRequest,
    plan: Plan,
    finding: Finding,
    *,
    go_on: bool = False,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The changed card with the counts (htmx), or back to the screen."""
    chosen = request.POST.get("loc") or request.GET.get("loc") or ""
    findings = selectors.findings_of(plan)
    following = _next_waiting(_filtered(findings, chosen), finding.position) if go_on else None
    if not request.htmx:  # type: ignore[attr-defined]
        at = following or finding.position
        return redirect(_check_url(plan, chosen, at))
    deck = Deck(plan, findings, ahead=[finding])
    made = deck.card(finding)
    context = {
        "plan": plan,
        "card": made,
        "chosen": chosen,
        "refusal": refusal,
        "still_open": not made.decided,
        "swap": True,
        **_progress_context(plan, findings, request),
    }
    body = render_to_string("plans/_card.html", context, request)
    if not refusal:
        body += render_to_string("plans/_progress.html", context, request)
        body += render_to_string("plans/_warns.html", context, request)
    response = HttpResponse(body, status=status)
    event = {"n": finding.position, "css": made.css, "next": following}
    response["HX-Trigger-After-Settle"] = json.dumps({"plans:changed": event})
    return response


def _reload(request: HttpRequest, finding: Finding) -> HttpResponse:
    """Show the whole screen again, at the next card."""
    findings = selectors.findings_of(finding.plan)
    chosen = request.POST.get("loc") or ""
    at = _next_waiting(_filtered(findings, chosen), finding.position) or finding.position
    url = _check_url(finding.plan, chosen, at)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(url)
    response = HttpResponse(status=200)
    # The address may differ only behind "#": ask for a fresh page.
    path, _hash, anchor = url.partition("#")
    response["HX-Redirect"] = f"{path}{'&' if '?' in path else '?'}tu={at}#{anchor}"
    return response


def _check_url(plan: Plan, chosen: str, n: int | None = None) -> str:
    url = reverse("plans:check", args=[plan.pk])
    if chosen:
        url += f"?{urlencode({'loc': chosen})}"
    return f"{url}#m{n}" if n else url


def _filtered(findings: list[Finding], chosen: str) -> list[Finding]:
    if chosen in FILTERS:
        return [f for f in findings if f.kind in FILTERS[chosen]]
    if chosen == "chua-chac":
        return [f for f in findings if f.question]
    if chosen == "con-lai":
        return [f for f in findings if f.state == FindingState.PROPOSED]
    if chosen == "canh-bao":
        return [f for f in findings if f.warning]
    return findings


def _first_waiting(findings: list[Finding]) -> int | None:
    return next((f.position for f in findings if f.state == FindingState.PROPOSED), None)


def _next_waiting(findings: list[Finding], after: int) -> int | None:
    waiting = [f.position for f in findings if f.state == FindingState.PROPOSED and f.position != after]
    return next((n for n in waiting if n > after), waiting[0] if waiting else None)


def _tabs(findings: list[Finding]) -> list[dict[str, Any]]:
    tabs: list[dict[str, Any]] = [{"name": "", "label": _("Tất cả"), "count": len(findings)}]
    for name, kind in TAB_LABELS.items():
        count = sum(1 for f in findings if f.kind in FILTERS[name])
        if count:
            tabs.append({"name": name, "label": texts.KIND[kind], "count": count})
    left = sum(1 for f in findings if f.state == FindingState.PROPOSED)
    tabs.append({"name": "con-lai", "label": _("Còn lại"), "count": left})
    return tabs


def _groups(shown: list[Finding], chosen: str) -> dict[str, int]:
    """How many of what is shown could be confirmed at once."""
    from loa.plans.rules.directives import problems

    ready = [
        f
        for f in shown
        if f.state == FindingState.PROPOSED and not f.question and not f.warning and not problems(f.kind, f.data)
    ]
    return {"ready": len(ready)} if chosen in FILTERS else {"ready": 0}


def _progress_context(plan: Plan, findings: list[Finding], request: HttpRequest) -> dict[str, Any]:
    progress = selectors.progress_from(findings)
    segments = []
    for name, kind in TAB_LABELS.items():
        tallies = [progress.by_kind[k] for k in FILTERS[name] if k in progress.by_kind]
        total, decided = sum(t.total for t in tallies), sum(t.decided for t in tallies)
        if total:
            segments.append({"label": str(texts.KIND[kind]).lower(), "total": total, "decided": decided})
    blocking = services.obstacles(plan, findings)
    return {
        "progress": progress,
        "segments": segments,
        "obstacles": blocking,
        "may_issue": access.may_issue(request.user, plan),
        "gaps": header_gaps(plan),
        "expired": [
            f for f in findings if (f.warning or {}).get("tone") == "act" and f.state == FindingState.PROPOSED
        ],
        "conflicts": [
            f
            for f in findings
            if (f.question or {}).get("kind") == "conflict" and f.state == FindingState.PROPOSED
        ],
        "unsure": [f for f in findings if f.question and f.state == FindingState.PROPOSED],
    }


def _class_counts(plan: Plan) -> dict[str, int]:
    counter = selectors.Counter(plan)
    return {code: counter.units({"classes": [code]}) for code in counter.classes}


def _topics(findings: list[Finding]) -> list[Finding]:
    return [f for f in findings if f.kind == FindingKind.TOPIC and f.state != FindingState.DISMISSED]


def _values(kind: str, plan: Plan, cleaned: dict[str, Any], finding: Finding | None) -> dict[str, Any]:
    """What a form holds, in the shape of the finding's data: names typed in are read as units."""
    values = dict(cleaned)
    if kind == FindingKind.TASK:
        before = {
            role["as_printed"]: role
            for part in ("lead", "support")
            for role in ((finding.data.get(part) if finding else None) or [])
        }
        names = {
            part: [line.strip() for line in values.pop(f"{part}_names", "").splitlines() if line.strip()]
            for part in ("lead", "support")
        }
        fresh = {name for listed in names.values() for name in listed if name not in before}
        meanings = resolve(fresh, plan.unit, selectors.count_day(plan))
        for part, listed in names.items():
            values[part] = []
            for name in listed:
                role = before.get(name) or {"as_printed": name, "audience": meanings[name].audience or {}}
                # What stays unsure after a person looked is kept as words.
                values[part].append({"as_printed": name, "audience": audiences.normal(role.get("audience"))})
    return values
