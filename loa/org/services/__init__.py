"""Writes of this domain: reorganisations, names, members. One verb, one function, one transaction."""

from loa.org.services.begin import Begun, installation_begin
from loa.org.services.imports import import_confirm, import_read, import_write
from loa.org.services.links import rebuild_links
from loa.org.services.members import (
    account_close,
    account_open,
    account_password,
    account_second_factor,
    member_add,
    membership_end,
    membership_grant,
)
from loa.org.services.people import (
    Slip,
    people_choose,
    people_compare,
    people_confirm,
    people_forget,
    people_hand_out,
    people_invite,
    people_read,
    people_sheet,
    people_write,
    waiting_sheets,
)
from loa.org.services.reorganise import unit_close, unit_merge, unit_split
from loa.org.services.today import apply_due_events, bring_today
from loa.org.services.units import (
    NewUnit,
    alias_add,
    alias_remove,
    unit_change,
    unit_found,
    unit_rename,
    unit_reparent,
)

__all__ = [
    "Begun",
    "NewUnit",
    "Slip",
    "account_close",
    "account_open",
    "account_password",
    "account_second_factor",
    "alias_add",
    "alias_remove",
    "apply_due_events",
    "bring_today",
    "import_confirm",
    "import_read",
    "import_write",
    "installation_begin",
    "member_add",
    "membership_end",
    "membership_grant",
    "people_choose",
    "people_compare",
    "people_confirm",
    "people_forget",
    "people_hand_out",
    "people_invite",
    "people_read",
    "people_sheet",
    "people_write",
    "rebuild_links",
    "unit_change",
    "unit_close",
    "unit_found",
    "unit_merge",
    "unit_rename",
    "unit_reparent",
    "unit_split",
    "waiting_sheets",
]
