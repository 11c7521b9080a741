"""What several screens of listening share: the filter form, rows of the stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.core.errors import Refused
from loa.core.heard import Talk
from loa.lib.vi import sort_key
from loa.listening import access, selectors, services
from loa.listening.models import HARM_LABELS, OUTLET_LABELS, TONE_LABELS, Item, ItemUnit
from loa.listening.rules import PRIVATE
from loa.listening.selectors import StreamFilter
from loa.listening.themes import active_names, topic_names
from loa.org.access import units_readable
from loa.org.models import Unit
from loa.org.rules import Kind
from loa.org.selectors import units_at
from loa.org.ui.fields import UnitField


def require_read(user: Any) -> None:
    """Refused for those who have no part in listening."""
    if not access.may_read(user):
        raise Refused(_("Phần Dư luận dành cho người phụ trách truyền thông, lãnh đạo đơn vị."), code=access.READ)


def written_down(request: HttpRequest, items: Iterable[Item]) -> None:
    """Words of private persons are shown: one line of the audit log for the page."""
    private = [item.pk for item in items if item.outlet in PRIVATE and not item.forgotten]
    if private:
        services.items_listed(actor=request.user, items=private)


def topics_listed() -> list[tuple[str, str]]:
    """Topics in Vietnamese order."""
    return sorted(active_names().items(), key=lambda pair: sort_key(pair[1]))


def stream_url(**params: Any) -> str:
    """Address of the stream with filters."""
    rest = urlencode({name.replace("_", "-"): value for name, value in params.items() if value})
    return reverse("listening:stream") + (f"?{rest}" if rest else "")


class UnitFilter(forms.Form):
    """The field in which a unit is named to narrow the stream."""

    ten_don_vi = UnitField(label=gettext_lazy("Đơn vị được nhắc đến"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ten_don_vi"].units = units_readable(user)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Row:
    """One item of the stream as its line shows it."""

    item: Item
    units: list[ItemUnit]
    topics: list[tuple[str, str]]
    query: Any = None
    talk: Talk | None = None


def rows(page: selectors.Page) -> list[Row]:
    """The lines of a page."""
    names = topic_names()
    query = page.query
    return [
        Row(
            item,
            page.units.get(item.pk, [])[:3],
            [(code, names.get(code, code)) for code in page.topics.get(item.pk, [])[:3]],
            query,
            page.talks.get(item.pk),
        )
        for item in page.items
    ]


class Filters:
    """The filters of a stream for its page: choices, and what is chosen as words one can take away."""

    def __init__(self, request: HttpRequest, wanted: StreamFilter) -> None:
        self.request, self.wanted = request, wanted
        self.tones = TONE_LABELS.items()
        self.outlets = OUTLET_LABELS.items()
        self.harms = HARM_LABELS.items()
        self.topics = topics_listed()

    @cached_property
    def unit_form(self) -> UnitFilter:
        """The field for a unit's name, empty or with its mistake."""
        name = self.request.GET.get("ten_don_vi")
        return UnitFilter({"ten_don_vi": name} if name else None, user=self.request.user)

    @cached_property
    def sources(self) -> list[tuple[int, str]]:
        """Sources of the person's."""
        return list(access.sources_for(self.request.user).order_by("name").values_list("pk", "name")[:500])

    @cached_property
    def regions(self) -> list[tuple[int, str]]:
        """Communes of the person's, in Vietnamese order."""
        units = units_readable(self.request.user).filter(kind=Kind.UBND_XA, pk__in=units_at().values("pk"))
        return [
            (pk, name.replace("UBND ", "").replace("Ủy ban nhân dân ", ""))
            for pk, name in units.order_by("sort_key").values_list("pk", "short_name")
        ]

    @cached_property
    def chosen(self) -> list[tuple[str, str]]:
        """(parameter, words) of every filter that is set, but for the query."""
        wanted = self.wanted
        named: list[tuple[str, Any]] = [
            ("sac-thai", wanted.tone and dict(TONE_LABELS)[wanted.tone]),  # type: ignore[index]
            ("doc-hai", wanted.harm and dict(HARM_LABELS)[wanted.harm]),  # type: ignore[index]
            ("kenh", wanted.outlet and dict(OUTLET_LABELS)[wanted.outlet]),  # type: ignore[index]
            ("chu-de", wanted.topic and topic_names().get(wanted.topic, wanted.topic)),
            ("don-vi", self._unit(wanted.unit)),
            ("vung", self._unit(wanted.region)),
            ("nguon", wanted.source and dict(self.sources).get(wanted.source, _("nguồn khác"))),
            ("tat-ca", wanted.all and _("cả tin không về giáo dục")),
            ("tu", wanted.since and _("từ %(day)s") % {"day": wanted.since.strftime("%d/%m/%Y")}),
            ("den", wanted.until and _("đến %(day)s") % {"day": wanted.until.strftime("%d/%m/%Y")}),
        ]
        return [(name, str(words)) for name, words in named if words]

    def _unit(self, pk: int | None) -> str:
        if not pk:
            return ""
        name = Unit.objects.filter(pk=pk).values_list("short_name", flat=True).first()
        return name or _("đơn vị khác")

    @property
    def without(self) -> list[tuple[str, str]]:
        """(address without it, words) of every filter that is set."""
        here = self.wanted.params()
        found = []
        for name, words in self.chosen:
            rest = {key: value for key, value in here.items() if key != name}
            found.append((f"{reverse('listening:stream')}?{urlencode(rest)}", words))
        return found
