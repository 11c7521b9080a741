from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "loa.console"
    label = "console"
    verbose_name = "Bàn làm việc"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from loa.core.nav import NavItem, nav

        nav.register(
            "console.home",
            NavItem(
                label=_("Hôm nay"), icon="home", url_name="console:home", phone=True, prefixes=("console:home",)
            ),
            order=0,
        )
