from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgendaConfig(AppConfig):
    name = "loa.agenda"
    label = "agenda"
    verbose_name = "Lịch"

    def ready(self) -> None:
        from loa.agenda import texts, workdays
        from loa.core.nav import NavItem, nav
        from loa.lib.calendar import set_overrides

        texts.register()
        set_overrides(workdays.overrides)
        nav.register(
            "agenda",
            NavItem(_("Lịch"), "cal", "agenda:month", prefixes=("agenda:",)),
            order=45,
        )
