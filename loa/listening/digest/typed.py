"""What an officer typed into the form of a draft: laid over it, to be saved or shown beside what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from loa.listening.digest.model import Digest, DigestLine, State

MOST_WORDS, MOST_LINE = 8000, 4000


@dataclass(frozen=True)
class Typed:
    """A filled form: `texts` of lines by their pk, `shown` the lines that stay, of those that were `seen` (None:
    all): what somebody else brought in meanwhile is not hidden by who never saw it.
    """

    summary: str
    proposal: str
    texts: Mapping[int, str]
    shown: set[int]
    seen: set[int] | None = None

    def lay_over(self, digest: Digest, rows: Sequence[DigestLine]) -> bool:
        """Put it into the digest and its lines; nothing is saved. Returns whether it says anything else."""
        before = [digest.summary, digest.proposal, *((line.text, line.shown) for line in rows)]
        # A form gives back every line break as two signs; that alone is no change.
        digest.summary = _words(self.summary, MOST_WORDS)
        digest.proposal = _words(self.proposal, MOST_WORDS)
        for line in rows:
            if self.seen is None or line.pk in self.seen:
                line.text = _words(self.texts.get(line.pk, line.text), MOST_LINE)
                line.shown = line.pk in self.shown
        return before != [digest.summary, digest.proposal, *((line.text, line.shown) for line in rows)]

    def gone(self, rows: Sequence[DigestLine]) -> list[str]:
        """Words about lines that somebody took out meanwhile."""
        there = {line.pk for line in rows}
        return [words for pk, text in self.texts.items() if pk not in there and (words := text.strip())]


def _words(text: str, most: int) -> str:
    return text.replace("\r\n", "\n").strip()[:most]


@dataclass(frozen=True)
class Clash:
    """What was typed and what is saved, where they are not the same."""

    #: False: what was typed is what is saved
    differs: bool
    #: what is saved, where something else was typed
    summary: str | None
    proposal: str | None
    #: words that have no field any more and stand nowhere: of which part, what
    homeless: list[tuple[str, str]]

    @classmethod
    def of(cls, digest: Digest, rows: Sequence[DigestLine], typed: Typed) -> Clash:
        """From now on fields of a draft and of its lines hold what was typed (not saved), each line what is saved
        in `saved_text` and `saved_shown` (None: it is the same). One that is approved stays as it is.
        """
        saved: list[tuple[Any, str]] = [(digest, "summary"), (digest, "proposal")]
        saved += [(line, name) for line in rows for name in ("text", "shown")]
        was = [getattr(*one) for one in saved]
        gone = [(_("Tin đã bị bỏ khỏi điểm báo"), words) for words in typed.gone(rows)]
        differs = typed.lay_over(digest, rows) or bool(gone)
        labels = [_("Nhận định chung"), _("Đề xuất")]
        labels += [label for line in rows for label in (line.title, "")]
        others: list[Any] = []
        homeless = []
        for (row, name), old, label in zip(saved, was, labels, strict=True):
            mine = getattr(row, name)
            others.append(None if mine == old else old)
            if digest.state != State.DRAFT:
                setattr(row, name, old)
                if label and mine and mine not in old:
                    homeless.append((label, mine))
        for n, line in enumerate(rows, 1):
            line.saved_text, line.saved_shown = others[2 * n], others[2 * n + 1]  # type: ignore[attr-defined]
        return cls(differs, others[0], others[1], homeless + gone)
