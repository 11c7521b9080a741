"""Kinds of channels: each a folder `loa/channels/<kind>/` named by one line of settings (LOA_CHANNEL_KINDS).

The folder's `kind.py` has `KIND = Kind(…)`. See docs/how-to/add-a-channel.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from loa.channels.rules import Intent, Measured, Outcome
from loa.core.registry import Registry


class Sending(Protocol):
    """What the engine gives a transport for one try. Everything it reads is frozen."""

    account: Any
    payload: dict[str, Any]
    steps: dict[str, Any]
    external_id: str
    called_at: Any

    def keep(self, **steps: Any) -> None:
        """Write ids the channel gave, committed before this returns."""

    def leaving(self) -> bool:
        """Whether a post that this one hands on is not on the channel any more, or leaves it."""

    def pictures(self) -> list[Any]:
        """Frozen pictures in order, each with `.file`, `.alt`, `.key`."""

    def request(self, method: str, url: str, **content: Any) -> Any:
        """One request through the one HTTP door, recorded; raises DoorError."""

    def token(self) -> str:
        """The access token, renewed when it must be."""

    def publishing(self) -> None:
        """Say that the next request publishes; raises when the lease was lost meanwhile."""

    def taken(self, external_id: str) -> bool:
        """Whether that id belongs to another delivery."""


class Transport(Protocol):
    """Speaks with the channel. Every method answers an Outcome and raises only DoorError."""

    def send(self, sending: Any, intent: str) -> Outcome:
        """Do it. Called once; a lost answer is `Result.UNKNOWN`."""

    def find(self, sending: Any, intent: str) -> Outcome:
        """Read back: SENT, ABSENT, or UNKNOWN when that could not be found out."""

    def poll(self, sending: Any, intent: str) -> Outcome:
        """Ask how the channel's own processing stands."""

    def health(self, sending: Any) -> Outcome:
        """Whether the account can publish: SENT when it can, ACCOUNT with a code when not."""


@dataclass(frozen=True)
class Grant:
    """One page or OA that came back from a log-in. `lives`: seconds of its access token; 0: unknown.

    `lacks`: what it may not do although it should, a code of `texts`.
    """

    external_id: str
    name: str
    secret: dict[str, str]
    url: str = ""
    lives: float = 0
    lacks: str = ""


class Login(Protocol):
    """How a person lets Loa use their pages at the channel (OAuth)."""

    def ready(self) -> bool:
        """Whether the settings name an app."""

    def begin(self, state: str, verifier: str, back: str) -> str:
        """The channel's address the person is sent to; they come back to `back` with `state`."""

    def finish(self, params: dict[str, str], state: str, verifier: str, back: str) -> list[Grant]:
        """What they brought. Called once: a code can be used once. Raises AppError with what to do."""


class LiveTransport(Protocol):
    """Live broadcasts. Every method may be repeated: making one shows nobody anything, the others set a state."""

    def make(self, talk: Any, live: Any) -> tuple[Outcome, dict[str, str]]:
        """Make it, unseen: (how it went, {"id", "stream", "permalink"})."""

    def begin(self, talk: Any, live: Any) -> Outcome:
        """On the air."""

    def end(self, talk: Any, live: Any) -> Outcome:
        """Off the air; what was not begun is removed."""

    def look(self, talk: Any, live: Any) -> tuple[Outcome, str, dict[str, str]]:
        """(how the question went, a `rules.LiveState` or empty, {"permalink", "viewers"})."""


@dataclass(frozen=True)
class Film:
    """What a channel takes as a film of one form. Sizes in bytes, lengths in seconds; shape: width / height."""

    label: str
    most_bytes: int
    shortest: float
    longest: float
    narrowest: float
    widest: float
    least_height: int = 0


@dataclass(frozen=True)
class Kind:
    """One kind of channel."""

    code: str
    label: str
    icon: str
    transport: Transport
    #: Draft → payload; the length limits are the channel's
    fit: Callable[[Any, dict[str, str]], dict[str, Any]]
    #: template of the preview that looks like the channel
    preview: str
    limits: dict[str, int]
    most_pictures: int
    #: widest picture in pixels, and most bytes
    picture_width: int
    picture_bytes: int
    intents: frozenset[str] = frozenset({Intent.PUBLISH, Intent.WITHDRAW, Intent.UPDATE})
    #: whether what was sent stands where a person can change it by hand; what reached telephones does not
    recalls: bool = True
    #: a post without a picture is not taken
    needs_picture: bool = False
    #: rings on telephones and costs money by the piece: of notices only urgent ones go there
    interrupts: bool = False
    #: a post without a film is not taken
    needs_film: bool = False
    #: an update sends everything anew (else the words alone)
    whole_updates: bool = False
    #: seconds after a lost answer before reading back can be believed
    settles: float = 20
    #: seconds the channel may work on what it took before that is read back and then put to a person; None: what
    #: takes long there is our own sending, bounded by the transport
    works_for: float | None = None
    #: payload field that people may rewrite per channel, and its label
    text_field: str = "text"
    login: Login | None = None
    #: forms a film may be posted in ("video", "reel"), with what the channel asks of it
    films: Mapping[str, Film] = field(default_factory=dict)
    #: live broadcasts; None: the channel has none
    live: LiveTransport | None = None
    #: whether the address in a post counts how often it is opened
    tracks_links: bool = True
    #: whether the channel can be given a post ahead of its hour and keep the hour itself
    keeps_hours: bool = False
    #: (talk, deliveries that are out) → for each its numbers, or an Outcome that ends the asking; None: none told
    measures: Callable[[Any, list[Any]], Iterator[tuple[Any, list[Measured] | Outcome]]] | None = None
    #: (talk, delivery) → (id, address) of what is out but was not told where; None: not told yet
    place: Callable[[Any, Any], tuple[str, str] | None] | None = None
    #: (account secret fields, label) asked for when the account is connected by hand
    #: the first one must be given
    secrets: tuple[tuple[str, str], ...] = (("access_token", "Mã truy cập trang (Page access token)"),)
    #: that of `secrets` which opens no page and only checks what the channel sends; empty: none
    events_key: str = ""
    #: completes what is sealed when the account is connected (keys the channel wants us to make)
    prepare: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    #: where (name, address) comments are read and answered while they do not come to the inbox
    comments_at: tuple[Any, str] | None = None
    #: where a person looks after an account that has no address of its own
    manager: str = ""
    #: url name (of an account's pk) of the screen of those it writes to; empty: they are the channel's business
    audience: str = ""
    #: (delivery) → how many people have it already; None: it stands on a page, or it does not
    reached: Callable[[Any], int] | None = None
    #: (delivery) → {"meant": n, "states": [(label, n)], "why": [(state, code, n)]} of who it was meant for
    ledger: Callable[[Any], dict[str, Any] | None] | None = None


@dataclass(frozen=True)
class Face:
    """How a kind is named and drawn where nothing is posted to it."""

    code: str
    label: Any
    icon: str


#: our own pages, on which people comment as on a channel, but to which nothing is posted from here
own_pages: Registry[Face] = Registry("our own pages")


def face_of(kind: str) -> Kind | Face:
    """Name and drawing of a kind, of our own pages too."""
    own = own_pages.get(kind)
    return own if own is not None else kinds()[kind]


@cache
def kinds() -> dict[str, Kind]:
    """code → kind, in the order of the settings."""
    found = [import_string(f"{path}.kind.KIND") for path in settings.LOA_CHANNEL_KINDS]
    return {kind.code: kind for kind in found}


def kind_of(account: Any) -> Kind:
    """The kind of an account."""
    return kinds()[account.kind]
