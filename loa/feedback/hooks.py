"""What others hear of the inbox. They register in `ready()`; the service calls, in its transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loa.channels.models import ChannelAccount
from loa.core.registry import Registry

#: (account, ids at the channel of what people said) when those words are forgotten or erased here: a page of our
#: own, which keeps them a second time to show them, forgets them too
words_gone: Registry[Callable[[ChannelAccount, Sequence[str]], None]] = Registry("words that are forgotten")


def tell_words_gone(account: ChannelAccount, keys: Sequence[str]) -> None:
    """Let everybody who keeps these words forget them."""
    if keys:
        for listener in words_gone:
            listener(account, keys)
