"""Why Loa reads an item as it does: the words that counted, found when somebody looks; which model judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from loa.lib.nlp.analyse import Reason
from loa.listening import texts, themes
from loa.listening.models import Item
from loa.listening.services.analysis import SURE, Around, analyser, words_of


@dataclass(frozen=True)
class Why:
    """The words that counted, by what they counted for."""

    groups: list[tuple[str, list[Reason]]]
    #: what judged the item, in words; empty where it is what is in use
    judged_by: str = ""
    #: what is in use now, and found the words
    now: str = ""
    #: units that share a name which stands there: it may mean any of them
    unclear: list[int] = field(default_factory=list)


def why(item: Item) -> Why:
    """By the analyser that judges new items: with the units, the province and the models of today.

    Six queries, and the time of two analyses; nothing for an item that was forgotten or waits.
    """
    if item.forgotten or item.analysed_at is None:
        return Why([])
    names = {f"topic:{code}": name for code, name in themes.topic_names().items()}
    words = {"tone": _("Sắc thái"), "harm": _("Lời lẽ"), "unit": _("Đơn vị"), "about": _("Về giáo dục")}
    engine = analyser()
    found = engine.analyse(words_of(item), Around(engine, item.unit_id).of(item))
    grouped: dict[str, list[Reason]] = {}
    for reason in found.reasons:
        name = words.get(reason.field) or names.get(reason.field, reason.field)
        known = grouped.setdefault(name, [])
        # Said twice in a text it counted twice; it is shown once.
        if reason.words not in {one.words for one in known}:
            known.append(reason)
    unclear = [hit.unit for hit in found.units if hit.score <= SURE]
    if item.model in ("", engine.model):
        return Why(list(grouped.items()), unclear=unclear)
    return Why(list(grouped.items()), texts.model_words(item.model), texts.model_words(engine.model), unclear)
