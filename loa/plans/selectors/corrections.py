"""Correction letters: what may be corrected, and the letter as Nghị định 30/2020 lays it out (Mẫu 1.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.lib.typed import whole
from loa.lib.vanban.lint import cited_in
from loa.lib.vanban.lint.bodies import obsolete_names
from loa.lib.vanban.write import Block, Clause, OfficialDocument, Para, Signature, symbol, write_pages
from loa.org.access import in_force
from loa.org.models import Membership
from loa.org.papers import authority_lines, head_title
from loa.org.rules import Role
from loa.plans import texts
from loa.plans.models import Correction, Finding, LegalBasis, LegalDocument, Plan
from loa.plans.rules import FindingKind, FindingState
from loa.plans.rules.corrections import MISTAKES, suggested
from loa.plans.selectors import current_document
from loa.plans.selectors.document import header_on
from loa.plans.selectors.legal import Reference, documents_printed, known_documents

#: addressees taken over from the plan's own recipients, at most
_MOST_ADDRESSEES = 8


def candidates(plan: Plan) -> list[dict[str, Any]]:
    """Findings that look like misprints: doubted by the linter or edited by a person. Three queries."""
    chosen = []
    for finding in Finding.objects.filter(plan=plan).order_by("position"):
        code = (finding.warning or {}).get("code") or finding.data.get("code") or ""
        edited = finding.kind == FindingKind.BASIS and any(
            finding.data.get(name) != finding.original.get(name) for name in ("number", "date")
        )
        doubted = code in MISTAKES and finding.state != FindingState.DISMISSED
        doubted = doubted or (finding.kind == FindingKind.WARNING and finding.state != FindingState.DISMISSED)
        if (doubted or edited) and not finding.added:
            chosen.append(finding)
    return [
        {
            "finding": finding,
            "short": texts.warning_words(finding.warning)[0] if finding.warning else "",
            "why": texts.warning_words(finding.warning)[1] or str(finding.data.get("message") or ""),
            "item": item,
        }
        for finding, item in zip(chosen, items_of(chosen), strict=True)
    ]


def items_of(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Places of a letter drafted from findings; a document that took another's place is named in full when the
    register has it. Two queries."""
    items = [_item_of(finding) for finding in findings]
    cited = {item["right"]: cited_in(item["right"]) for item in items if item["right"] != item["printed"]}
    later = [found[0] for right, found in cited.items() if len(found) == 1 and not found[0].date]
    known = known_documents(later)
    for item in items:
        found = cited.get(item["right"]) or []
        document = known.get(found[0]) if len(found) == 1 else None
        if document is not None and document.signed_on and item["right"] in (str(document), str(found[0])):
            item["right"] = full_print(document)
    return items


def full_print(document: LegalDocument) -> str:
    """ "Nghị định số 224/2026/NĐ-CP ngày 24/06/2026 của Chính phủ": as a first mention names a document."""
    words = _("%(kind)s số %(number)s ngày %(day)s") % {
        "kind": document.kind,
        "number": document.number,
        "day": texts.day(document.signed_on),
    }
    return (
        _("%(document)s của %(issuer)s") % {"document": words, "issuer": document.issuer}
        if document.issuer
        else words
    )


def _item_of(finding: Finding) -> dict[str, Any]:
    """A place of a letter drafted from a finding: where, what stands there, what should."""
    quote = " ".join((finding.quote or finding.label).split())
    warning = finding.warning or {"code": finding.data.get("code"), "data": finding.data.get("data") or {}}
    return {
        "finding": finding.pk,
        "place": place_of(finding),
        "printed": quote,
        "right": suggested(quote, warning, finding.original, finding.data),
    }


def place_of(finding: Finding) -> str:
    """ "Phần căn cứ, trang 1, dòng 12"."""
    parts = []
    if finding.kind == FindingKind.BASIS and finding.data.get("role") == "basis":
        parts.append(_("phần căn cứ"))
    elif finding.kind == FindingKind.TASK and finding.data.get("number"):
        parts.append(_("nhiệm vụ số %s") % finding.data["number"])
    if finding.page:
        parts.append(_("trang %s") % finding.page)
    if finding.line:
        parts.append(_("dòng %s") % finding.line)
    words = ", ".join(parts)
    return words[:1].upper() + words[1:]


def plan_words(plan: Plan) -> str:
    """ "Kế hoạch số 21/KH-SGDĐT ngày 16/01/2026"."""
    words = _("Kế hoạch số %s") % plan.number if plan.number else str(plan)
    if plan.signed_on:
        words = _("%(plan)s ngày %(day)s") % {"plan": words, "day": texts.day(plan.signed_on)}
    return words


def default_addressees(plan: Plan) -> str:
    """Those who received the plan, under the names they bear today; else everybody who received it."""
    document = current_document(plan)
    read = (document.reading or {}).get("recipients", []) if document is not None else []
    names = []
    for one in read:
        name = str(one.get("name") or "").strip(" -;.:")
        if not name or one.get("purpose") == "archive" or name.lower().startswith(("như trên", "lưu")):
            continue
        gone = next(iter(obsolete_names(name, clock.today())), None)
        names.append(gone.now if gone is not None else name)
    names = list(dict.fromkeys(names))[:_MOST_ADDRESSEES]
    if not names:
        names = [_("Các cơ quan, đơn vị nhận %s") % plan_words(plan)]
    return "\n".join(names)


def signer_of(plan: Plan, name: str) -> str:
    """Title of who signs in the plan's unit; empty when no membership says it."""
    held = Membership.objects.filter(
        in_force(clock.today()), unit=plan.unit_id, role__in=(Role.UNIT_LEAD, Role.LEADER)
    ).select_related("user")
    return next((one.title for one in held if one.title and str(one.user) == name), "")


def official_document(correction: Correction) -> OfficialDocument:
    """The letter. A fixed number of queries."""
    plan = correction.plan
    header = header_on(plan.unit, correction.signed_on or clock.today())
    head, _slash, tail = correction.number.partition("/")
    title = plan.title.strip().rstrip(".").removeprefix("Kế hoạch ")
    about = _("%(plan)s về %(title)s") % {"plan": plan_words(plan), "title": title[:1].lower() + title[1:]}
    body: list[Block] = [
        Para(
            _("%(unit)s đã ban hành %(about)s. Do sơ suất khi soạn thảo, %(unit)s đính chính như sau:")
            % {"unit": header["issuer"], "about": about if plan.number else plan_words(plan)}
        )
    ]
    for item in correction.items:
        place = str(item.get("place") or "").strip().rstrip(".:;")
        words = {"printed": item.get("printed") or "", "right": item.get("right") or "…"}
        said = _("Đã in là: “%(printed)s”. Nay sửa thành: “%(right)s”.") % words
        body.append(Clause(f"{place}: {said[:1].lower()}{said[1:]}" if place else said))
    body.append(
        Para(
            _(
                "Các nội dung khác của Kế hoạch giữ nguyên. %(unit)s thông báo để các cơ quan, đơn vị biết "
                "và thực hiện."
            )
            % {"unit": header["issuer"]}
        )
    )
    today = clock.today()
    title_of_signer = signer_of(plan, correction.signer) or head_title(header["kind"])
    return OfficialDocument(
        parent=header["parent"],
        issuer=header["issuer"],
        symbol=tail or symbol("", header["code"], "VP" if header["kind"] == "so" else ""),
        number=whole(head),
        place=header["place"],
        date=correction.signed_on,
        year=today.year,
        month=today.month,
        subject=correction.subject,
        addressees=_lines(correction.addressees),
        body=body,
        signature=Signature(authority_lines(title_of_signer, header["kind"]), correction.signer),
        recipients=_lines(correction.recipients),
        archive="VT",
    )


def _lines(text: str) -> list[str]:
    return [line.strip(" -;.") for line in text.splitlines() if line.strip(" -;.")]


def page_images(correction: Correction) -> list[bytes]:
    """Pictures of the printed pages, exactly as the PDF has them."""
    return write_pages(official_document(correction), ppi=100)


def gaps_of(correction: Correction) -> list[str]:
    """What a letter still lacks before it can be issued, in words."""
    fields = (("number", _("số, ký hiệu")), ("signed_on", _("ngày ký")), ("signer", _("người ký")))
    found = [words for name, words in fields if not getattr(correction, name)]
    if not correction.items:
        found.append(_("nội dung đính chính"))
    elif not all(item.get("right") for item in correction.items):
        found.append(_("lời sửa của từng chỗ"))
    if not correction.file:
        found.append(_("văn bản đã ký"))
    return found


def notes_of(plan: Plan) -> dict[int, list[tuple[Correction, dict[str, Any]]]]:
    """finding → (letter, item) of the issued letters of a plan, for the bases shown on its page. One query."""
    found: dict[int, list[tuple[Correction, dict[str, Any]]]] = {}
    for letter in plan.corrections.filter(status=Correction.Status.ISSUED).order_by("signed_on", "pk"):
        for item in letter.items:
            if item.get("finding"):
                found.setdefault(item["finding"], []).append((letter, item))
    return found


@dataclass(frozen=True)
class Basis:
    """A basis of a plan as its page shows it."""

    basis: LegalBasis
    #: the register's document; None when it has none
    legal: Reference | None
    #: letters that corrected it, with what they say
    corrected: list[tuple[Correction, dict[str, Any]]]


def bases_of(plan: Plan) -> list[Basis]:
    """Documents the plan stands on or cites, each with its place in the register and what letters corrected in it.
    Four queries."""
    rows = list(plan.bases.all())
    known = documents_printed((row.number, row.kind, row.signed_on) for row in rows)
    notes = notes_of(plan)
    return [
        Basis(row, known.get((row.number, row.kind, row.signed_on)), notes.get(row.finding_id or 0, []))
        for row in rows
    ]
