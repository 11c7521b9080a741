"""Bringing entries that an earlier version wrote to the present form, a batch in a transaction, from where it
stopped.

A worker does it by itself after a new version is installed; `loa listen index` does it at once. Searches work
meanwhile.
"""

from __future__ import annotations

from django.db import transaction

from loa.listening.search.marks import FORM
from loa.listening.search.model import Entry, IndexState
from loa.listening.search.write import load, put

BATCH = 500
_ROW = 1


def left() -> int:
    """How many entries have an earlier form."""
    state = IndexState.objects.filter(pk=_ROW).first()
    if state is not None and state.form == FORM:
        return 0
    rows = Entry.objects.all()
    if state is not None and state.towards == FORM:
        rows = rows.filter(pk__gt=state.done_to)
    return rows.count()


@transaction.atomic
def start_again() -> None:
    """Whatever form the entries have: all are to be written anew."""
    IndexState.objects.update_or_create(pk=_ROW, defaults={"form": 0, "towards": FORM, "done_to": 0})


@transaction.atomic
def renew(batch: int = BATCH) -> int:
    """Bring the next entries to the present form. Returns how many; 0 when all have it."""
    IndexState.objects.get_or_create(pk=_ROW)
    state = IndexState.objects.select_for_update().get(pk=_ROW)
    if state.form == FORM:
        return 0
    if state.towards != FORM:
        state.towards, state.done_to = FORM, 0
    found = list(Entry.objects.filter(pk__gt=state.done_to).order_by("pk").values_list("pk", "item")[:batch])
    if found:
        put(load([item for _key, item in found]))
        state.done_to = found[-1][0]
    else:
        # What is indexed meanwhile has the present form.
        state.form = FORM
    state.save()
    return len(found)
