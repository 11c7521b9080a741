"""The linter of what is written: citations, bodies that are no more, people's own numbers (see `linter.py`)."""

from .bodies import Renamed, mobile_numbers, obsolete_names, private_mail, renamed_bodies
from .cited import Cited, cited_in
from .keys import assemblies, impossible_suffix, legal_key, name_key, year_of_number
from .linter import Doubt, Notice, day_words, judge, lint_text, message
from .register import Entry, Register
from .table import ACT, KEPT, NOTE, PLAN, REPORT, RULES, STORY, WAIT, Rule

__all__ = [
    "ACT",
    "KEPT",
    "NOTE",
    "PLAN",
    "REPORT",
    "RULES",
    "STORY",
    "WAIT",
    "Cited",
    "Doubt",
    "Entry",
    "Notice",
    "Register",
    "Renamed",
    "Rule",
    "assemblies",
    "cited_in",
    "day_words",
    "impossible_suffix",
    "judge",
    "legal_key",
    "lint_text",
    "message",
    "mobile_numbers",
    "name_key",
    "obsolete_names",
    "private_mail",
    "renamed_bodies",
    "year_of_number",
]
