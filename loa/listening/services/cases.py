"""What people set right in cases: an item that does not belong, two cases that are one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit.services import log
from loa.core.errors import Conflict
from loa.listening.access import MANAGE
from loa.listening.hooks import cases_merged
from loa.listening.models import Case, DigestLine, Item, Spike
from loa.listening.rules import CaseState
from loa.listening.services.alike import counted, set_aside
from loa.listening.services.analysis import told_of
from loa.listening.services.gathering import count_cases
from loa.org import access as rights


@transaction.atomic
def case_take_out(*, actor: Any, item: Item) -> Item:
    """Take an item, and what copies it, out of its case; out of one that was set aside, they count again.

    Raises Refused, Conflict (it is in none any more).
    """
    rights.require(actor, MANAGE, item.unit_id, _("Bạn chưa được phân công xử lý vụ việc này."))
    item = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    case = item.case
    if case is None:
        raise Conflict(_("Tin này không còn trong vụ việc nào."))
    copies = list(Item.objects.filter(copy_of=item, case=case).values_list("pk", flat=True))
    item.case, item.copy_of = None, None
    item.save(update_fields=["case", "copy_of"])
    Item.objects.filter(pk__in=copies).update(case=None)
    if case.state == CaseState.IRRELEVANT:
        counted(Item.objects.filter(pk__in=[item.pk, *copies]), True)
    count_cases([case.pk])
    log("listening.case.taken_out", actor=actor, obj=case, unit_id=case.unit_id, title=str(told_of(item))[:160])
    return item


@transaction.atomic
def case_merge(*, actor: Any, case: Case, into: Case) -> Case:
    """All of one case's items belong to another, and count as that one does: returns that other. Spikes, lines of
    digests and what others made of the case are of that other too.

    Raises Refused, Conflict (it is the same, or of another office).
    """
    rights.require(actor, MANAGE, case.unit_id, _("Bạn chưa được phân công xử lý vụ việc này."))
    if case.pk == into.pk or case.unit_id != into.unit_id:
        raise Conflict(_("Hãy chọn một vụ việc khác của cùng đơn vị để gộp."))
    both = {
        one.pk: one for one in Case.objects.select_for_update().filter(pk__in=[case.pk, into.pk]).order_by("pk")
    }
    if len(both) < 2:
        raise Conflict(_("Vụ việc đã được người khác gộp. Hãy tải lại trang."))
    case, into = both[case.pk], both[into.pk]
    if CaseState.IRRELEVANT in (case.state, into.state) and case.state != into.state:
        set_aside(case, aside=into.state == CaseState.IRRELEVANT)
    for rows in (Item, Spike, DigestLine):
        rows.objects.filter(case=case).update(case=into)
    if case.note:
        into.note = f"{into.note}\n{case.note}".strip()[:4000]
        into.save(update_fields=["note"])
    count_cases([into.pk])
    log("listening.case.merged", actor=actor, obj=into, unit_id=into.unit_id, title=case.title)
    for listener in cases_merged:
        listener(actor=actor, case=case, into=into)
    case.delete()
    return into
