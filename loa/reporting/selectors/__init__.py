"""Reads of reporting. Obligations are computed here from directives, lifespans and counted evidence."""

from loa.reporting.selectors.obligations import (
    Obligation,
    Owing,
    terms_of,
    unit_obligations,
    unit_owing,
)

__all__ = ["Obligation", "Owing", "terms_of", "unit_obligations", "unit_owing"]
