from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "loa.console"
    label = "console"
    verbose_name = "Bàn làm việc"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from loa.console import cms, decisions, system
        from loa.core.nav import NavItem, nav
        from loa.org.access import can

        cms.register()
        decisions.register()
        system.register()

        nav.register(
            "console.home",
            NavItem(
                label=_("Hôm nay"), icon="home", url_name="console:home", phone=True, prefixes=("console:home",)
            ),
            order=0,
        )
        nav.register(
            "console.pictures",
            NavItem(
                label=_("Thư viện ảnh"),
                icon="photo",
                url_name="wagtailimages:index",
                visible=lambda user: can(user, "story.review"),
                prefixes=("wagtailimages:",),
                group=3,
            ),
            order=880,
        )
        nav.register(
            "console.system",
            NavItem(
                label=_("Hệ thống"),
                icon="gear",
                url_name="console:system",
                visible=system.may_manage,
                prefixes=("console:system",),
                group=3,
            ),
            order=900,
        )
