from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrgConfig(AppConfig):
    name = "loa.org"
    label = "org"
    verbose_name = "Đơn vị"

    def ready(self) -> None:
        from loa.org import seeds

        post_migrate.connect(seeds.after_migrate, sender=self, dispatch_uid="org.seeds")
        from loa.accounts import hooks
        from loa.org import guards

        hooks.privileged.register("org", guards.is_staff)
        hooks.kept_open.register("org", guards.last_administrators)
        from django.utils.translation import gettext_lazy as _

        from loa.core.bench import benches
        from loa.core.nav import NavItem, nav
        from loa.core.serving import welcome_lines
        from loa.org import selectors, texts
        from loa.org.access import can, has_role
        from loa.org.rules import Role

        texts.register()
        welcome_lines.register("org.begin", selectors.where_to_begin)
        benches.register("org", "loa.org.bench")
        nav.register(
            "org",
            NavItem(
                label=_("Đơn vị"),
                icon="units",
                url_name="org:tree",
                visible=lambda user: has_role(user, *Role),
                prefixes=(
                    "org:tree",
                    "org:list",
                    "org:unit",
                    "org:event",
                    "org:member",
                    "org:import",
                    "org:person",
                    "org:people",
                ),
                group=3,
            ),
            order=800,
        )
        nav.register(
            "audit",
            NavItem(
                label=_("Nhật ký"),
                icon="history",
                url_name="org:audit",
                visible=lambda user: can(user, "audit.read"),
                prefixes=("org:audit",),
                group=3,
            ),
            order=820,
        )
