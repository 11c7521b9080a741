"""One decision for all: what is said of words holds wherever they were passed on, what is said of a case for its
items; what a person said of an item itself goes before.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from loa.listening import search
from loa.listening.models import Case, Correction, Item
from loa.listening.rules import CaseState, Tone
from loa.listening.services.heard import set_right

#: what of a judgement holds for copies
CARRIED = ("tone", "relevant", "harm")
#: items of a case changed at once
BATCH = 500
_SCORE = {Tone.POS: 1.0, Tone.NEU: 0.0, Tone.NEG: -1.0}


def judge(item: Item, field: str, value: object) -> None:
    """Put what a person said into an item; saves nothing."""
    setattr(item, field, value)
    if field == "tone":
        item.score = _SCORE[Tone(str(value))]


def _judged(field: str, item: str = "pk") -> Exists:
    return Exists(Correction.objects.filter(item=OuterRef(item), field=field))


def copies_of(item: Item, field: str) -> QuerySet[Item]:
    """Where its words were passed on, but where a person said something about `field`: of a leader all copies; of
    a copy those with exactly its words, its leader too.
    """
    if item.copy_of_id is None:
        group = Q(copy_of=item)
    else:
        group = (Q(copy_of=item.copy_of_id) | Q(pk=item.copy_of_id)) & Q(fingerprint=item.fingerprint)
    return Item.objects.filter(group, ~_judged(field)).exclude(pk=item.pk)


def follow_leaders(items: Sequence[Item]) -> None:
    """New copies are judged as a person judged their leader. One query when there are any; saves nothing."""
    copies = [item for item in items if item.copy_of_id is not None]
    if not copies:
        return
    said: dict[tuple[int, str], object] = {}
    rows = Correction.objects.filter(item__in={item.copy_of_id for item in copies}, field__in=CARRIED)
    for leader, field, now in rows.order_by("at", "pk").values_list("item", "field", "now"):
        said[leader, field] = now
    for item in copies:
        for field in CARRIED:
            if (value := said.get((item.copy_of_id or 0, field))) is not None:
                judge(item, field, value)


def follow_cases(items: Sequence[Item]) -> None:
    """New items of cases that were set aside are set aside. One query when there are any; saves nothing."""
    cases = {item.case_id for item in items if item.case_id is not None}
    aside = cases and set(
        Case.objects.filter(pk__in=cases, state=CaseState.IRRELEVANT).values_list("pk", flat=True)
    )
    for item in items:
        if aside and item.case_id in aside:
            item.relevant = False


def set_aside(case: Case, *, aside: bool) -> int:
    """The items of a case count no more (`aside`), or again; returns how many changed.

    Those of which a person said whether they are about education stay as they are, and so do the copies of one
    that was taken out. In the caller's transaction.
    """
    return counted(Item.objects.filter(case=case), not aside)


def counted(items: QuerySet[Item], count: bool) -> int:
    """The same for `items`, whatever case they are in: they count from now on (`count`), or no more."""
    rows = items.filter(~_judged("relevant"), relevant=not count)
    if count:
        rows = rows.exclude(_judged("relevant", "copy_of"), copy_of__relevant=False)
    keys = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        before = search.load(batch)
        Item.objects.filter(pk__in=batch).update(relevant=count)
        set_right(before)
    return len(keys)
