"""Learn classes of texts from examples, run what was learnt without any library, roll back. See README.md."""

from __future__ import annotations

from .card import Card, Comparison
from .model import Linear, ModelError, Verdict
from .store import Kept, Store

__all__ = ["Card", "Comparison", "Kept", "Linear", "ModelError", "Store", "Verdict"]
