"""One pass over a text: every list of phrases in one automaton, then small sums; one text at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, MatchKind

from loa.lib.learn.model import Panel, Verdict
from loa.lib.nlp.duplicates import fingerprint
from loa.lib.nlp.schools import PLACE_WORDS, TRIGGERS, Pattern, School, Typos, choose, patterns_of, places_of
from loa.lib.nlp.text import BAD, GOOD, Prepared, prepare, read_lines
from loa.lib.nlp.topics import standing_topics
from loa.lib.vi import fold, is_syllable

if TYPE_CHECKING:
    from loa.lib.learn import Linear

#: name of the models: word lists written in house, nothing trained
MODEL = "bootstrap-1"

_NEGATORS = frozenset(
    ["không", "chưa", "chẳng", "chả", "đừng", "khong", "chua", "chang", "đâu", "thiếu", "hết", "ít", "kém"]
)
#: "không (có) … nào": none of them, and what is said of none is turned as far as REACH words on
_NONE = re.compile(
    r" (?:không|chưa|chẳng|chả|khong|chua|chang)"
    r"(?P<between>(?: (?!(?:không|chưa|chẳng|chả|đừng|khong|chua|chang) )[^\W\d_]+){1,5}?) (?:nào|nao)(?= )"
)
REACH = 6
#: who does not know which says nothing of none; nor does "thế nào"
_UNKNOWN = frozenset(["biết", "hiểu", "rõ", "biet", "hieu", "ro"])
_HOW = frozenset(["thế", "the"])
#: "chưa thấy thầy nào dạy hay hơn": of the best nothing is taken away
_COMPARED = frozenset(["hơn", "bằng", "hon", "bang"])
#: where what is said of none ends: turned once more, or told of something else
_ENDS = frozenset(
    ["không", "chưa", "chẳng", "chả", "đừng", "hết", "khong", "chua", "chang", "nhưng", "mà", "nhung"]
)
_STRONG = frozenset(["rất", "quá", "cực", "siêu", "hết sức", "vô cùng", "lắm", "rat", "qua"])
_ENGLISH = frozenset(
    ["the", "and", "is", "are", "of", "to", "in", "this", "that", "school", "teacher", "you", "for"]
)
#: questions a trained model may answer
ANSWERED = ("relevant", "sentiment", "toxic")
#: a text is about schools from here on
ABOUT = 3.0
#: and so much of it is said by the name of a unit
NAMED = 3.0
#: a sum of words is friendly or unfriendly from here on
LEANS = 0.12


@dataclass(frozen=True, slots=True)
class Reason:
    """Words that counted: for what, how much, as they stand in the prepared text."""

    field: str
    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A unit that is meant, how surely, by which words."""

    unit: int
    score: float
    quote: str


@dataclass(slots=True)
class Finding:
    """What one text says."""

    relevant: bool
    #: something of schools stands there, and it is not plainly another province's: only then a trained model is
    #: asked whether it is about education here
    asked: bool
    tone: str
    score: float
    topics: list[tuple[str, float]]
    units: list[UnitHit]
    harm: str
    language: str
    fingerprint: str
    prepared: Prepared
    #: how far the tone is from being another, 0…1; small where a person should look
    margin: float
    #: works the reasons out anew; most findings are never asked for them
    why: Callable[[Prepared, Sequence[frozenset[int]]], list[Reason]] = field(repr=False, compare=False)
    #: units near where it was said
    around: Sequence[frozenset[int]] = field(default=(), repr=False)
    #: the weight of each topic's words, whether it is about schools or not
    weights: Mapping[str, float] = field(default_factory=dict, repr=False)

    @property
    def named(self) -> list[tuple[str, float]]:
        """The topics its words name, also where nothing of schools was found."""
        return _ranked(self.weights)[:5]

    @property
    def reasons(self) -> list[Reason]:
        """The words that counted; takes as long again as the analysis."""
        return self.why(self.prepared, self.around)


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: str
    accented: str
    value: object
    weight: float = 0.0


class Analyser:
    """Built once (some tenths of a second for thousands of schools), asked for every text.

    `elsewhere`: names of other provinces; a text that names one of them and nothing of ours is not ours.
    `models`: trained ones (loa.lib.learn) by question; "sentiment" and "toxic" take the place of the word lists,
    "relevant" decides where the lists find anything of schools (`Finding.asked`).
    """

    def __init__(
        self,
        schools: Sequence[School] = (),
        *,
        home: Iterable[str] = (),
        elsewhere: Iterable[str] = (),
        topics: dict[str, list[str]] | None = None,
        models: Mapping[str, Linear] | None = None,
    ) -> None:
        self._trained = {task: one for task, one in (models or {}).items() if task in ANSWERED}
        self._panel = Panel(self._trained)
        #: which models answer, for the row of an item: the word lists, and what was trained over them
        self.model = "+".join(
            [MODEL, *(f"{task[0]}:{one.name[:6]}" for task, one in sorted(self._trained.items()))]
        )
        self._phrases: list[_Phrase] = []
        patterns: list[str] = []
        self.topics = {**standing_topics(), **(topics or {})}

        def add(kind: str, accented: str, value: object, weight: float = 0.0) -> None:
            self._phrases.append(_Phrase(kind, f" {accented} ", value, weight))
            patterns.append(f" {fold(accented)} ")

        for code, phrases in self.topics.items():
            for phrase in phrases:
                add("topic", phrase, code, 1.0 + 0.5 * phrase.count(" "))
        for kind, name in (("about", "education.tsv"), ("tone", "tone.tsv")):
            for weight, phrase in _weighted(name):
                add(kind, phrase, None, weight)
        for harm, phrase in _harms():
            add("harm", phrase, harm)
        add("tone", GOOD, None, 1.0)
        add("tone", BAD, None, -1.0)
        self._schools = {school.id for school in schools}
        self._names = patterns_of(schools)
        for pattern in self._names.values():
            add("unit", pattern.accented, pattern, pattern.weight)
        self._places = sorted((units for _name, units in places_of(schools).values()), key=len)
        for accented, units in places_of(schools).values():
            add("place", accented, units)
        for name in home:
            add("home", name.lower(), None)
        for name in elsewhere:
            add("elsewhere", name.lower(), None)
        self._typos = Typos(schools, self._names) if schools else None
        for word in TRIGGERS if schools else ():
            add("trigger", word, None)
        # Overlapping: "lạm thu" is found within "chống lạm thu đầu năm" whatever else begins there.
        self._automaton = AhoCorasick(patterns, matchkind=MatchKind.Standard)

    @property
    def names(self) -> int:
        """How many ways to write a unit's name are known."""
        return len(self._names)

    def analyse(self, text: str, around: Sequence[frozenset[int]] = ()) -> Finding:
        """What the text says. `around`: units near where it was said, the nearest first (`around_unit`,
        `around_name`): of several with one name it means the one that is among them.
        """
        return self._read(prepare(text), None, around)

    def around_unit(self, unit: int) -> list[frozenset[int]]:
        """A unit, then those that share a place with it, the smallest place first."""
        if unit not in self._schools:
            return []
        return [frozenset([unit]), *(place for place in self._places if unit in place)]

    def around_name(self, name: str) -> list[frozenset[int]]:
        """The units of the places that the name of a page or group tells of, or around the one school it names."""
        prepared = prepare(name)
        hits = self._hits(prepared)
        places = [phrase.value for phrase, *_rest in hits if isinstance(phrase.value, frozenset)]
        names = [(one.value, start, end) for one, start, end, _w in hits if isinstance(one.value, Pattern)]
        meant = [hit.unit for hit in self._units(prepared, names, places, [], ()) if hit.score > 0.5]
        return [*(self.around_unit(meant[0]) if len(meant) == 1 else []), *sorted(places, key=len)]

    def _why(self, prepared: Prepared, around: Sequence[frozenset[int]]) -> list[Reason]:
        reasons: list[Reason] = []
        self._read(prepared, reasons, around)
        return reasons

    def _read(
        self, prepared: Prepared, reasons: list[Reason] | None, around: Sequence[frozenset[int]] = ()
    ) -> Finding:
        """The finding; the words that counted are added to `reasons` when it is given."""
        topics: dict[str, float] = {}
        about = 0.0
        harm = "clean"
        home = False
        abroad: list[str] = []
        places: list[frozenset[int]] = []
        names: list[tuple[Pattern, int, int]] = []
        tones: list[tuple[int, int, float]] = []
        triggers: list[tuple[int, int]] = []
        for phrase, start, end, weight in self._hits(prepared):
            kind = phrase.kind
            if kind == "about":
                value = phrase.weight * weight if phrase.weight > 0 else phrase.weight
                about += value
                if reasons is not None and "relevant" not in self._trained:
                    reasons.append(Reason("about", phrase.accented.strip(), value))
            elif kind == "tone":
                tones.append((start, end, phrase.weight * weight))
            elif kind == "topic":
                code = str(phrase.value)
                topics[code] = topics.get(code, 0.0) + phrase.weight * weight
                if reasons is not None:
                    reasons.append(Reason(f"topic:{code}", phrase.accented.strip(), phrase.weight * weight))
            elif kind == "unit":
                assert isinstance(phrase.value, Pattern)
                names.append((phrase.value, start, end))
            elif kind == "place":
                assert isinstance(phrase.value, frozenset)
                places.append(phrase.value)
            elif kind == "harm":
                if phrase.value == "hate" or harm == "clean":
                    harm = str(phrase.value)
                if reasons is not None and "toxic" not in self._trained:
                    reasons.append(Reason("harm", phrase.accented.strip(), 1.0))
            elif kind == "trigger":
                triggers.append((start, end))
            elif kind == "home":
                home = True
            else:
                abroad.append(phrase.accented.strip())
        units = self._units(prepared, names, places, triggers, around) if names or triggers else []
        if reasons is not None:
            reasons += [Reason("unit", hit.quote, hit.score) for hit in units]
        away = bool(abroad) and not (home or units or places)
        asked = not away and (about > 0 or bool(units))
        relevant = not away and about + (NAMED if units else 0.0) >= ABOUT
        if reasons is not None and away:
            reasons += [Reason("about", name, -ABOUT) for name in abroad]
        elif reasons is not None and units and "relevant" not in self._trained:
            reasons.append(Reason("about", units[0].quote, NAMED))
        trained = self._trained
        sums = self._panel.sums(prepared.accented, prepared.folded) if trained else []
        if asked and "relevant" in trained:
            label = self._panel.choose("relevant", sums)
            relevant = label == "yes"
            if reasons is not None:
                reasons += _said_by(trained["relevant"], prepared, label, "about")
        verdict = self._panel.verdict("sentiment", sums) if "sentiment" in trained else None
        tone, score, margin = self._tone_of(prepared, verdict, tones, reasons)
        if "toxic" in trained:
            harm = self._panel.choose("toxic", sums)
            if reasons is not None and harm != "clean":
                reasons += _said_by(trained["toxic"], prepared, harm, "harm")
        return Finding(
            relevant=relevant,
            asked=asked,
            tone=tone,
            score=round(score, 3),
            topics=_ranked(topics)[:5] if relevant and topics else [],
            units=units,
            harm=harm,
            language=_language(prepared),
            fingerprint=fingerprint(prepared.folded),
            prepared=prepared,
            margin=round(margin, 3),
            around=around,
            why=self._why,
            weights=topics,
        )

    def _tone_of(
        self,
        prepared: Prepared,
        verdict: Verdict | None,
        hits: list[tuple[int, int, float]],
        reasons: list[Reason] | None,
    ) -> tuple[str, float, float]:
        """(tone, −1…1, how sure it is 0…1), by a trained model where there is one."""
        if verdict is not None:
            if reasons is not None:
                reasons += _said_by(self._trained["sentiment"], prepared, verdict.label, "tone")
            shares = verdict.probabilities
            return verdict.label, shares.get("pos", 0.0) - shares.get("neg", 0.0), verdict.margin
        score = self._tone(prepared, hits, reasons)
        tone = "pos" if score > LEANS else "neg" if score < -LEANS else "neu"
        return tone, score, abs(abs(score) - LEANS)

    def _hits(self, prepared: Prepared) -> list[tuple[_Phrase, int, int, float]]:
        """Phrases that stand there, with the accents the writer uses; the longest where one lies in another."""
        accented, has = prepared.accented, prepared.has_accents
        found: list[tuple[_Phrase, int, int, float]] = []
        phrases = self._phrases
        for number, start, end in self._automaton.find_matches_as_indexes(prepared.folded, overlapping=True):
            phrase = phrases[number]
            if accented[start:end] == phrase.accented:
                found.append((phrase, start, end, 1.0))
            elif not has:
                found.append((phrase, start, end, 0.8))
            elif accented[start:end].isascii() and end - start > 7:
                # A word without accents among others with: a slip of the keyboard, when it is not a short one.
                found.append((phrase, start, end, 0.6))
            elif phrase.kind == "unit" and _one_slip(accented[start:end], phrase.accented):
                found.append((phrase, start, end, 0.8))
        if len(found) < 2:
            return found
        found.sort(key=lambda hit: (hit[1], -hit[2]))
        kept: list[tuple[_Phrase, int, int, float]] = []
        reach: dict[str, int] = {}
        for hit in found:
            kind = hit[0].kind
            if hit[2] <= reach.get(kind, -1):
                continue  # inside a longer one of its kind
            reach[kind] = hit[2]
            kept.append(hit)
        return kept

    def _units(
        self,
        prepared: Prepared,
        names: list[tuple[Pattern, int, int]],
        places: list[frozenset[int]],
        triggers: list[tuple[int, int]],
        around: Sequence[frozenset[int]],
    ) -> list[UnitHit]:
        found: dict[int, UnitHit] = {}
        covered: list[tuple[int, int]] = []
        for pattern, start, end in names:
            before = prepared.accented[:start].rsplit(" ", 1)[-1]
            if before in PLACE_WORDS:
                continue
            covered.append((start, end))
            self._add(found, pattern, pattern.weight, prepared, start, end, places, around)
        if self._typos is not None and triggers:
            for pattern, start, end in self._typos.find(prepared, triggers, covered):
                self._add(found, pattern, pattern.weight * 0.8, prepared, start, end, places, around)
        return sorted(found.values(), key=lambda hit: (-hit.score, hit.unit))[:10]

    @staticmethod
    def _add(
        found: dict[int, UnitHit],
        pattern: Pattern,
        weight: float,
        prepared: Prepared,
        start: int,
        end: int,
        places: list[frozenset[int]],
        around: Sequence[frozenset[int]],
    ) -> None:
        quote = prepared.accented[start:end].strip()
        for unit, score in choose(pattern.units, weight, places, around):
            known = found.get(unit)
            if known is None or known.score < score:
                found[unit] = UnitHit(unit, score, quote)

    @staticmethod
    def _tone(prepared: Prepared, hits: list[tuple[int, int, float]], reasons: list[Reason] | None) -> float:
        """Sum of the phrases, turned by a "không" up to three words before or a "không … nào" further off,
        strengthened by "rất"; −1…1.
        """
        total = 0.0
        turned_until = -1
        none = _none_of(prepared.accented)
        # "không em nào bị …": the "không" is what turns the harm, and no complaint of its own.
        spent = {at for at, since, until in none if any(since <= hit[0] < until and hit[2] < 0 for hit in hits)}
        for start, end, weight in hits:
            before = prepared.accented[max(0, start - 28) : start + 1].split()[-3:]
            if "." in before or "," in before:
                cut = max(index for index, word in enumerate(before) if word in (".", ","))
                before = before[cut + 1 :]
            value = weight
            word = prepared.accented[start:end].strip()
            if start in spent:
                value = 0.0
            elif any(since <= start < until for _at, since, until in none) or (
                word not in _NEGATORS and any(one in _NEGATORS for one in before)
            ):
                value = -0.7 * weight if weight > 0 else -0.3 * weight
                turned_until = max(turned_until, end)
            if any(one in _STRONG for one in before):
                value *= 1.4
            if word in ("chưa", "ít", "thiếu", "cần", "nên") and weight < 0:
                value *= 0.8
            total += value
            if reasons is not None and value:
                reasons.append(Reason("tone", word, round(value, 2)))
        return math.tanh(total / 2.5) if total else 0.0


def _none_of(text: str) -> list[tuple[int, int, int]]:
    """(the negator, from where, until where) of each "không (có) … nào": what it says of none, to the end of the
    clause, a second negator, or REACH words. Places are those of the space before a word.
    """
    found: list[tuple[int, int, int]] = []
    if " nào " not in text and " nao " not in text:
        return found
    for one in _NONE.finditer(text):
        between = one["between"].split()
        if between[0] in _UNKNOWN or between[-1] in _HOW:
            continue
        since = until = one.end()
        after = text[since:].split(" ", REACH + 1)[1 : REACH + 1]
        if not _COMPARED.isdisjoint(after):
            continue
        for word in after:
            if not word.isalpha() or word in _ENDS:
                break
            until += 1 + len(word)
        found.append((one.start(), since, until))
    return found


def _ranked(topics: Mapping[str, float]) -> list[tuple[str, float]]:
    scored = ((code, round(1 - math.exp(-value / 2), 3)) for code, value in topics.items())
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))


def _said_by(model: Linear, prepared: Prepared, label: str, about: str) -> list[Reason]:
    """The words that counted in a trained model; of a tone, which way they pull."""
    sign = -1.0 if label == "neg" else 1.0
    said = model.reasons(prepared.accented, prepared.folded, label, most=5)
    return [Reason(about, words, sign * weight) for words, weight in said]


def _one_slip(typed: str, name: str) -> bool:
    """Whether one word of a name of four or more has another accent; never the first ("Trương Hòa Bình")."""
    a, b = typed.split(), name.split()
    return len(a) == len(b) >= 4 and a[0] == b[0] and sum(x != y for x, y in zip(a, b, strict=True)) == 1


def _language(prepared: Prepared) -> str:
    if prepared.has_accents:
        return "vi"
    words = [word for word in prepared.folded.split() if word.isalpha()][:40]
    if not words:
        return "und"
    english = sum(word in _ENGLISH for word in words)
    viet = sum(is_syllable(word) for word in words)
    if english >= 2 and english * 4 >= len(words):
        return "en"
    return "vi" if viet * 2 >= len(words) else "en" if english else "und"


def _weighted(name: str) -> list[tuple[float, str]]:
    rows = (line.split("\t") for line in read_lines(name))
    return [(float(weight), phrase) for weight, phrases in rows for phrase in phrases.split("|")]


def _harms() -> list[tuple[str, str]]:
    rows = (line.split("\t") for line in read_lines("harm.tsv"))
    return [(harm, phrase) for harm, phrases in rows for phrase in phrases.split("|")]
