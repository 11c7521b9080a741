"""What the reading job adds to drafts before they are written: units for names, validity of citations, doubts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from loa.core import clock
from loa.org.models import Unit
from loa.plans import selectors
from loa.plans.models import Finding, Plan
from loa.plans.names import Choice, Resolved, resolve
from loa.plans.rules import FindingKind, FindingState
from loa.plans.rules import audience as audiences
from loa.plans.rules.directives import is_standing
from loa.plans.rules.drafts import Draft
from loa.plans.rules.legal import judge
from loa.plans.selectors.legal import register_for

#: parts of a finding's data that hold printed names: of tasks, and of duties
PARTS = ("lead", "support", "names")
#: classes offered when the text names nobody (see org's unit_classes.json)
_USUAL = ("truc-thuoc", "ubnd-xa", "co-so-giao-duc", "phong-so")


def prepare(plan: Plan, drafts: list[Draft]) -> None:
    """Fill in units, classes, questions and warnings. The number of queries does not depend on the drafts."""
    names = {name for draft in drafts for listed in draft.names.values() for name in listed}
    counter = selectors.Counter(plan)
    itself = issuer(plan.unit)
    meanings = {
        name: _with_issuer(meaning, itself, counter)
        for name, meaning in (resolve(names, plan.unit, selectors.count_day(plan)) if names else {}).items()
    }
    usual = _usual(counter, itself) if any(names == [] for d in drafts for names in d.names.values()) else []
    for draft in drafts:
        if draft.kind == FindingKind.TASK:
            draft.data["lead"] = [role_of(meanings[name]) for name in draft.names.get("lead", [])]
            draft.data["support"] = [role_of(meanings[name]) for name in draft.names.get("support", [])]
            draft.question = name_question(draft.data)
        elif "audience" in draft.names:
            _audience(draft, [meanings[name] for name in draft.names["audience"]], usual)
    check_bases(plan, [draft for draft in drafts if draft.kind == FindingKind.BASIS])


def issuer(unit: Unit) -> Choice | None:
    """The unit that issues a plan, as who must act: the organs a commune's or a school's plan names ("Văn phòng
    HĐND và UBND xã", "Tổ Văn") are no units of their own. None for the Sở, whose divisions are."""
    if unit.parent_id is None:
        return None
    return Choice(_("%s (đơn vị ban hành)") % unit.short_name, audiences.normal({"units": [unit.pk]}))


def _with_issuer(meaning: Resolved, itself: Choice | None, counter: selectors.Counter) -> Resolved:
    """What a name may mean in a plan of a unit below the Sở: classes nobody belongs to make room for itself."""
    if itself is None or meaning.audience is not None:
        return meaning
    living = [one for one in meaning.choices if one.audience.get("units") or counter.units(one.audience)]
    return replace(meaning, choices=(*living, itself))


def _usual(counter: selectors.Counter, itself: Choice | None) -> list[dict[str, Any]]:
    """Whom duties without words for whom are mostly meant for: classes that mean somebody now, the issuer."""
    classes = [
        {"label": str(counter.classes[code].label), "audience": audiences.normal({"classes": [code]})}
        for code in _USUAL
        if code in counter.classes and counter.units({"classes": [code]})
    ]
    return [*classes, {"label": itself.label, "audience": itself.audience}] if itself else classes


def role_of(meaning: Resolved) -> dict[str, Any]:
    """A lead or supporter of a task, as stored: the words, the units they mean, choices while unsure."""
    role: dict[str, Any] = {"as_printed": meaning.name, "audience": meaning.audience or {}}
    if meaning.audience is None:
        role["choices"] = [{"label": one.label, "audience": one.audience} for one in meaning.choices]
    return role


def name_question(data: dict[str, Any]) -> dict[str, Any] | None:
    """The question for the first printed name that is not sure; None when all are."""
    for part in PARTS:
        for role in data.get(part) or []:
            if "choices" in role:
                kind = "audience" if part == "names" else "name"
                return {"kind": kind, "name": role["as_printed"], "choices": role["choices"]}
    return None


def meant(data: dict[str, Any]) -> dict[str, list]:
    """The audience of a duty: all whom its printed names mean."""
    return audiences.joined(role.get("audience") for role in data.get("names") or [])


def _audience(draft: Draft, meanings: list[Resolved], usual: list[dict[str, Any]]) -> None:
    draft.data["names"] = [role_of(meaning) for meaning in meanings]
    draft.data["audience"] = meant(draft.data)
    if is_standing(draft.kind, draft.data):
        # Nobody is late with conduct: a name that is not sure stays as words.
        for role in draft.data["names"]:
            role.pop("choices", None)
        return
    if draft.question is None:
        draft.question = name_question(draft.data)
    if draft.question is None and not meanings:
        draft.question = {"kind": "audience", "name": "", "choices": usual}


def check_bases(plan: Plan, bases: Iterable[Draft | Finding]) -> None:
    """Set `.warning` of each basis from the register and the plan's own days. Three queries at most.

    What the reader doubted stays unless the register knows better.
    """
    bases = list(bases)
    register = register_for(
        (
            base.data.get("number") or "",
            base.data.get("kind") or "",
            base.data.get("date") or "",
        )
        for base in bases
    )
    for base in bases:
        number, date = base.data.get("number") or "", base.data.get("date") or None
        known = (
            register.of_number(number, date)
            if number
            else register.of_name(base.data.get("kind") or "", plan.signed_on or clock.today())
        )
        doubt = judge(
            number=number,
            date=date,
            known=known,
            signed_on=plan.signed_on,
            ends_on=plan.ends_on,
            today=clock.today(),
            register=register,
            subject=base.data.get("subject"),
        )
        if doubt is not None:
            base.warning = {"code": doubt.code, "tone": doubt.tone, "data": doubt.data}
        elif base.warning and str(base.warning.get("code", "")).startswith("basis."):
            base.warning = None


def recheck_bases(plan: Plan) -> None:
    """Judge every basis again after the plan's own days were changed."""
    bases = list(Finding.objects.filter(plan=plan, kind=FindingKind.BASIS).exclude(state=FindingState.DISMISSED))
    before = {base.pk: base.warning for base in bases}
    check_bases(plan, bases)
    Finding.objects.bulk_update([base for base in bases if base.warning != before[base.pk]], ["warning"])
