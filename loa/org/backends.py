"""Django permissions for Wagtail's own views, computed from memberships: no groups, no permission rows.

A domain tells in `ready()` which ability stands behind a permission name. Wagtail asks for every button,
so it costs nothing: the roles of the person are read once per request (loa.org.access.roles).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from loa.core.registry import Registry
from loa.org import access

#: "app.permission" → ability of loa.org.rules.ABILITIES
permissions: Registry[str] = Registry("permissions")


class MembershipBackend(BaseBackend):
    """Answers `user.has_perm(...)`; authenticates nobody."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether a role of today grants it: on the unit of `obj` when it has one, else on any unit."""
        ability = permissions.get(perm)
        if ability is None or not user_obj.is_active:
            return False
        return access.can(user_obj, ability, getattr(obj, "unit_id", None))

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Names of all permissions the person has."""
        return {name for name, _ability in permissions.items() if self.has_perm(user_obj, name, obj)}

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the person has any permission of that app."""
        return any(name.split(".")[0] == app_label for name in self.get_all_permissions(user_obj))
