"""Reads of reporting. Obligations are computed here from directives, lifespans and counted evidence."""

from loa.reporting.selectors.obligations import (
    Obligation,
    Owing,
    unit_obligations,
    unit_owing,
)

__all__ = ["Obligation", "Owing", "unit_obligations", "unit_owing"]
