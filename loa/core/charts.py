"""Charts as SVG made on the server: no script, no inline style; read aloud by title and description.

Numbers in, one safe string out. Colours come from classes of ui.css (`s0`… fills, `l0`… strokes), so that print
and a changed palette need nothing here. Whoever shows a chart shows its numbers too, in text or a table behind.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from math import pi

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

_ids = itertools.count(1)
#: width of the drawing in its own units; it is scaled to the place it stands in
WIDTH = 420


def _number(value: float) -> str:
    """1.234 or 12,5: as written in Việt Nam."""
    text = f"{value:,.1f}" if value != int(value) else f"{int(value):,}"
    return text.translate(str.maketrans(",.", ".,"))


def _top(values: Sequence[float]) -> float:
    """A round number at or above the greatest value, so that grid lines fall on numbers one can read."""
    greatest = max([*values, 1])
    step = 10 ** (len(str(int(greatest))) - 1)
    for factor in (1, 2, 5, 10):
        if step * factor >= greatest:
            return float(step * factor)
    return float(greatest)


def _frame(width: int, height: int, title: str, desc: str, inner: SafeString, css: str = "") -> SafeString:
    number = next(_ids)
    return format_html(
        '<svg class="chart{}" viewBox="0 0 {} {}" role="img" aria-labelledby="bd-{}-t bd-{}-d">'
        '<title id="bd-{}-t">{}</title><desc id="bd-{}-d">{}</desc>{}</svg>',
        f" {css}" if css else "",
        width,
        height,
        number,
        number,
        number,
        title,
        number,
        desc,
        inner,
    )


def _whole(parts: Sequence[SafeString]) -> SafeString:
    return _join("{}", [(part,) for part in parts])


def _join(pattern: str, rows: Sequence[Sequence[object]]) -> SafeString:
    return format_html_join("", pattern, [tuple(row) for row in rows])


def meter(value: float, most: float = 100, *, tone: str = "", mini: bool = False) -> SafeString:
    """A bar of `value` out of `most`; decoration beside a number in text, so hidden from screen readers."""
    share = 0.0 if most <= 0 else min(max(value / most, 0), 1) * 100
    css = "meter" + (f" {tone}" if tone else "") + (" mini-m" if mini else "")
    return format_html(
        '<svg class="{}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="f" width="{}" height="8"/></svg>',
        css,
        f"{share:.4g}",
    )


def ring(value: float, most: float = 100, *, label: str = "", tone: str = "") -> SafeString:
    """A ring of `value` out of `most` with the percentage inside."""
    share = 0.0 if most <= 0 else min(max(value / most, 0), 1)
    around = 2 * pi * 34
    return format_html(
        '<svg class="ring{}" viewBox="0 0 80 80" role="img" aria-label="{}">'
        '<circle cx="40" cy="40" r="34"/>'
        '<circle cx="40" cy="40" r="34" stroke-dasharray="{} {}" transform="rotate(-90 40 40)"/>'
        '<text x="40" y="47">{}%</text></svg>',
        f" {tone}" if tone else "",
        label or f"{round(share * 100)}%",
        f"{around * share:.1f}",
        f"{around:.1f}",
        round(share * 100),
    )


def spark(
    values: Sequence[float],
    *,
    title: str,
    first: str = "",
    last: str = "",
    usual: float | None = None,
    usual_label: str = "",
    hot: int | None = -1,
) -> SafeString:
    """Small columns, one a day, the one that matters (`hot`, an index; None: none) in flame with its number."""
    if not values:
        return mark_safe("")
    hot_at = None if hot is None else hot % len(values)
    top, base, height = max([*values, 1]), 56.0, 50.0
    step = 308 / len(values)
    wide = step * 0.73
    parts = [mark_safe('<path class="axis" d="M0 56.5H308"/>')]
    rows = []
    for index, value in enumerate(values):
        tall = height * value / top
        rows.append(
            (
                f"{index * step + 1:.1f}",
                f"{base - tall:.1f}",
                f"{wide:.1f}",
                f"{tall:.1f}",
                "hot" if index == hot_at else "s5",
            )
        )
    parts.append(_join('<rect x="{}" y="{}" width="{}" height="{}" class="{}"/>', rows))
    if hot_at is not None:
        x = hot_at * step + wide + 6
        y = max(base - height * values[hot_at] / top + 10, 14)
        anchor = "start"
        if x > 320:
            x, anchor = hot_at * step - 4, "end"
        parts.append(
            format_html(
                '<text class="hot" x="{}" y="{}" text-anchor="{}">{}</text>',
                f"{x:.1f}",
                f"{y:.1f}",
                anchor,
                _number(values[hot_at]),
            )
        )
    if usual is not None:
        y = base - height * usual / top
        parts.append(format_html('<path class="base" d="M0 {}H{}"/>', f"{y:.1f}", "285"))
        parts.append(format_html('<text x="0" y="{}">{}</text>', f"{max(y - 7, 12):.1f}", usual_label))
    parts.append(format_html('<text x="0" y="71">{}</text>', first))
    parts.append(format_html('<text x="308" y="71" text-anchor="end">{}</text>', last))
    desc = "; ".join(_number(v) for v in values)
    return _frame(340, 74, title, desc, _whole(parts), "spark")


def bars(rows: Sequence[tuple[str, float]], *, title: str, unit: str = "", low: float | None = None) -> SafeString:
    """Lying bars with their label above and number at the end; readable at any width. Below `low`: in flame."""
    if not rows:
        return mark_safe("")
    top = max([value for _label, value in rows] + [1])
    parts = []
    for index, (label, value) in enumerate(rows):
        y = index * 44
        css = "s3" if low is not None and value < low else "s0"
        long = (WIDTH - 90) * value / top
        parts.append(
            format_html(
                '<text x="0" y="{}">{}</text><rect class="{}" x="0" y="{}" width="{}" height="14" rx="3"/>'
                '<text class="val" x="{}" y="{}">{}{}</text>',
                y + 14,
                label,
                css,
                y + 20,
                f"{long:.1f}",
                f"{long + 8:.1f}",
                y + 32,
                _number(value),
                f" {unit}" if unit else "",
            )
        )
    desc = "; ".join(f"{label}: {_number(value)} {unit}".strip() for label, value in rows)
    return _frame(WIDTH, len(rows) * 44, title, desc, _whole(parts))


def _plot(labels: Sequence[str], top: float, height: int) -> tuple[list[SafeString], float, float]:
    """Grid lines with numbers, labels under the axis; returns parts, left edge, step."""
    left, right = 44.0, float(WIDTH - 8)
    step = (right - left) / max(len(labels), 1)
    parts = []
    for share in (0, 0.5, 1):
        if top * share != int(top * share):  # what is counted has no halves
            continue
        y = height - 30 - (height - 46) * share
        parts.append(
            format_html(
                '<path class="{}" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
                "axis" if share == 0 else "grid",
                left,
                f"{y:.1f}",
                right,
                left - 8,
                f"{y + 4:.1f}",
                _number(top * share),
            )
        )
    every = max(1, -(-len(labels) // 8))
    for index, label in enumerate(labels):
        if index % every == 0:
            parts.append(
                format_html(
                    '<text x="{}" y="{}" text-anchor="middle">{}</text>',
                    f"{left + step * (index + 0.5):.1f}",
                    height - 10,
                    label,
                )
            )
    return parts, left, step


def columns(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    *,
    title: str,
    colours: Sequence[int] = (),
    marks: Mapping[int, str] | None = None,
) -> SafeString:
    """Standing columns; several series are stacked upon each other.

    `colours`: the number of each series' colour (else its place); `marks`: columns under which something is to be
    seen, and what, for those who do not see it.
    """
    height = 220
    totals = [sum(values[i] for _name, values in series) for i in range(len(labels))]
    top = _top(totals)
    parts, left, step = _plot(labels, top, height)
    for index in range(len(labels)):
        y = height - 30.0
        for number, (_name, values) in enumerate(series):
            tall = (height - 46) * values[index] / top
            y -= tall
            if tall:
                parts.append(
                    format_html(
                        '<rect class="s{}" x="{}" y="{}" width="{}" height="{}"/>',
                        colours[number] if colours else number,
                        f"{left + step * index + step * 0.16:.1f}",
                        f"{y:.1f}",
                        f"{step * 0.68:.1f}",
                        f"{tall:.1f}",
                    )
                )
    for index in marks or {}:
        x = left + step * (index + 0.5)
        parts.append(format_html('<path class="mark" d="M{} {}l5 8h-10z"/>', f"{x:.1f}", height - 29))
    told = ". ".join(words for _index, words in sorted((marks or {}).items()))
    desc = f"{_describe(labels, series)}. {told}" if told else _describe(labels, series)
    return _frame(WIDTH, height, title, desc, _whole(parts))


def lines(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], *, title: str) -> SafeString:
    """Lines over time; the last point of each carries its number."""
    height = 220
    top = _top([value for _name, values in series for value in values])
    parts, left, step = _plot(labels, top, height)
    ends: list[tuple[float, float, str]] = []
    for number, (_name, values) in enumerate(series):
        points = [
            (left + step * (index + 0.5), height - 30 - (height - 46) * value / top)
            for index, value in enumerate(values)
        ]
        if not points:
            continue
        parts.append(
            format_html(
                '<polyline class="line l{}" points="{}"/>',
                number,
                " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
            )
        )
        x, y = points[-1]
        parts.append(
            format_html('<circle class="dot s{}" cx="{}" cy="{}" r="5"/>', number, f"{x:.1f}", f"{y:.1f}")
        )
        ends.append((y, x, _number(values[-1])))
    # The numbers at the ends keep a line's distance, so that each can be read; of more than three lines the table
    # beside tells them.
    above = 0.0
    for y, x, words in sorted(ends) if len(ends) <= 3 else ():
        above = max(y - 8, above + 14)
        parts.append(
            format_html(
                '<text class="val" x="{}" y="{}" text-anchor="end">{}</text>',
                f"{x - 8:.1f}",
                f"{above:.1f}",
                words,
            )
        )
    return _frame(WIDTH, height, title, _describe(labels, series), _whole(parts))


def _describe(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> str:
    """The numbers in words, for screen readers."""
    return ". ".join(
        f"{name}: " + "; ".join(f"{label} {_number(value)}" for label, value in zip(labels, values, strict=False))
        for name, values in series
    )


def keys(names: Sequence[str], colours: Sequence[int] = (), *, of_lines: bool = False) -> SafeString:
    """The key of a chart with several series, in the colours the chart was given.

    Lines are thin and take a darker amber than areas do: `of_lines` says that the key is theirs.
    """
    return format_html(
        '<p class="keys">{}</p>',
        _join(
            '<span><svg class="chart" viewBox="0 0 12 12" aria-hidden="true">'
            '<rect class="s{}{}" width="12" height="12" rx="3"/></svg>{}</span>',
            [
                (colours[number] if colours else number, " of-line" if of_lines else "", name)
                for number, name in enumerate(names)
            ],
        ),
    )


def _target(css: str, target: int) -> str:
    """The "/2" of a cell that has something missing or to come."""
    if target <= 0 or css not in ("part", "gap", "next"):
        return ""
    return format_html("/{}", target) if css == "next" else format_html("<small>/{}</small>", target)


def cell(done: int, target: int, *, future: bool = False, now: bool = False, url: str = "") -> SafeString:
    """One cell of the coverage matrix: `done` of `target` stories; always with words for those who do not see it.

    States: enough (ok), some missing (part), none at all (gap), still to come (next), nothing asked (none).
    Where the plan sets no number, the present month (`now`) without a story is worth a look: part, no target.
    """
    if target <= 0 and not done and now:
        css, before, shown, after = "part", "", "0", _("chưa có bài tháng này")
    elif target <= 0 and not done:
        css, before, shown, after = "none", "", "·", _("không giao")
    elif target <= 0:
        css, before, shown, after = "ok", "", str(done), _("bài, không giao chỉ tiêu")
    elif done >= target:
        css, before, shown, after = "ok", "", str(done), _("bài, đủ chỉ tiêu %(target)s") % {"target": target}
    elif future and not done:
        css, before, shown, after = "next", _("Sắp tới, chỉ tiêu"), "", ""
    elif done:
        css, before, shown, after = "part", "", str(done), _("còn thiếu")
    else:
        css, before, shown, after = "gap", "", "0", _("còn trống")
    body = format_html(
        "{}{}{}{}",
        format_html('<span class="vh">{} </span>', before) if before else "",
        shown,
        _target(css, target),
        format_html('<span class="vh"> {}</span>', after) if after else "",
    )
    if url:
        return format_html('<a class="c {}" href="{}">{}</a>', css, url, body)
    return format_html('<div class="c {}">{}</div>', css, body)
