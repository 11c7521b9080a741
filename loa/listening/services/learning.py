"""Learning from the office's own corrections; which of its items should be looked at is in `selectors.unsure`."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from loa.accounts.models import User
from loa.accounts.services import notify
from loa.audit.services import log
from loa.core import clock
from loa.core.after import enqueue_after_commit
from loa.core.errors import Conflict
from loa.lib.learn.command import Taught, installed_store, teach
from loa.lib.learn.command import teach_itself as teach_alone
from loa.lib.learn.model import ModelError
from loa.lib.learn.train import Example, TrainingError
from loa.lib.nlp import Analyser, Leaders, prepare
from loa.lib.vi import fold
from loa.listening import selectors
from loa.listening.access import require_keeps_all
from loa.listening.models import Item, ItemUnit
from loa.listening.services.analysis import analyser

#: items of so many days are read to learn from the word list alone, and how few are too few
ALONE_DAYS, ALONE_LEAST = 365, 2000
MOST_ALONE = 50_000
#: what a model says of its data when they are what people of this office set right
IN_HOUSE = "in-house"
NOT_YOURS = gettext_lazy("Mô hình dùng chung; người theo dõi dư luận của cơ quan đứng đầu cho học và quay lại.")


class TheOffice:
    """What this installation can learn from (`loa.lib.learn.command.Office`)."""

    def examples(self, task: str) -> list[Example]:
        """Every item people judged, with what they said last. Words passed on stay on one side of a test, also
        where another school was put in: else the card would praise a model for what it knows by heart.
        """
        judged = selectors.judged(task)
        rows = Item.objects.filter(pk__in=selectors.judged_items(task)).values_list(
            "pk", "title", "text", "copy_of", "author", "case"
        )
        kept = [row for row in rows.order_by("pk") if row[0] in judged]
        texts = {item: f"{title}. {text}" if title else text for item, title, text, *_rest in kept}
        like = _alike(texts)
        found = []
        for item, _title, _text, leader, author, case in kept:
            passed_on = f"case:{case}" if case else f"copy:{leader}" if leader else ""
            group = like.get(item) or passed_on or (f"by:{author}" if author else "")
            found.append(Example(texts[item], judged[item], group))
        return found

    def lists(self) -> Analyser:
        """The word lists with the units and topics of today, without models."""
        return analyser(trained=False)

    def texts(self) -> Iterator[str]:
        """The newest items about education, judged by nobody."""
        rows = Item.objects.filter(
            relevant=True,
            forgotten=False,
            copy_of=None,
            published_at__gte=clock.now() - dt.timedelta(days=ALONE_DAYS),
        ).order_by("-published_at")
        for title, text in rows.values_list("title", "text")[:MOST_ALONE]:
            yield f"{title}. {text}" if title else text


def _alike(texts: dict[int, str]) -> dict[int, str]:
    """Item → group of those that say nearly the same, names of units aside; who is like nobody is left out."""
    named: dict[int, list[str]] = {}
    for item, quote in ItemUnit.objects.filter(item__in=list(texts)).values_list("item", "quote"):
        named.setdefault(item, []).append(fold(quote))
    rows = []
    for item, text in texts.items():
        words = prepare(text).folded
        for quote in named.get(item, ()):
            words = words.replace(f" {quote} ", " ") if quote else words
        rows.append((str(item), words))
    leaders = Leaders().join_all(rows)
    sizes = Counter(leaders)
    return {item: f"like:{leader}" for item, leader in zip(texts, leaders, strict=True) if sizes[leader] > 1}


def train_asked(*, actor: Any, task: str) -> None:
    """Have a job train a model from what people set right. Raises Refused, Conflict (too little yet)."""
    require_keeps_all(actor, str(NOT_YOURS))
    with transaction.atomic():
        log("listening.model.asked", actor=actor, task=task)
        enqueue_after_commit(import_string("loa.listening.tasks.train"), task, actor.pk)


def train_office(*, actor: User, task: str, licence: str = IN_HOUSE) -> Taught | None:
    """Train, keep, use when better; the person is told how it ended. None when it could not be done. No
    transaction is open meanwhile: training takes seconds to minutes. `licence`: what the model says of its data.
    """
    try:
        office = TheOffice()
        taught = teach(installed_store(), office.examples(task), task=task, licence=licence, lists=office.lists())
    except TrainingError as error:
        notify(users=[actor], code="listening.model_failed", url=_page(), why=str(error))
        return None
    card = taught.trained.card
    with transaction.atomic():
        log("listening.model.trained", actor=actor, task=task, number=taught.number, live=taught.live)
        notify(
            users=[actor],
            code="listening.model_live" if taught.live else "listening.model_kept",
            url=_page(),
            number=taught.number,
            f1=f"{card.macro_f1:.2f}".replace(".", ","),
        )
    return taught


def model_roll_back(*, actor: Any, task: str) -> int:
    """Use what was in use before; 0: the word lists. Raises Refused, Conflict (nothing to go back to)."""
    require_keeps_all(actor, str(NOT_YOURS))
    try:
        number = installed_store().roll_back(task, now=clock.now())
    except ModelError as error:
        raise Conflict(str(error)) from None
    with transaction.atomic():
        log("listening.model.rolled_back", actor=actor, task=task, number=number)
    return number


def teach_itself() -> int | None:
    """Let the word list teach a model on what the office heard, while nobody has labelled enough. Its number, or
    None when there is too little to learn from, people's labels are in use, or a person went back. Runs weekly.
    """
    texts = list(TheOffice().texts())
    if len(texts) < ALONE_LEAST:
        return None
    try:
        number = teach_alone(installed_store(), texts, judged=TheOffice().examples("sentiment"))
    except TrainingError:
        return None
    with transaction.atomic():
        log("listening.model.taught_itself", actor=None, task="sentiment", number=number)
    return number


def _page() -> str:
    from django.urls import reverse

    return reverse("listening:learning")
