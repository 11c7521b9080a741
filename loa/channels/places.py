"""Where sealed things lie in the database, so that all of them can be sealed anew under another key.

Every domain that seals registers its fields in `ready()`; a test looks for fields that were forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

from loa.core.registry import Registry


@dataclass(frozen=True)
class Place:
    """A field of a model ("channels.ChannelSecret"); `key`: of a JSON field, the entry that is sealed."""

    model: str
    field: str
    key: str = ""


places: Registry[Place] = Registry("channel_sealed_places")

OWN = (
    Place("channels.ChannelSecret", "sealed"),
    Place("channels.SmsRecipient", "sealed"),
    Place("channels.Connection", "verifier"),
    Place("channels.Connection", "grants"),
    Place("channels.Live", "stream"),
    Place("channels.Post", "payload", "to"),
)


def register(*found: Place) -> None:
    """Put fields into the registry."""
    for place in found:
        places.register(".".join(part for part in (place.model, place.field, place.key) if part), place)
