from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "loa.incidents"
    label = "incidents"
    verbose_name = "Vấn đề nóng"

    def ready(self) -> None:
        from loa.core.nav import NavItem, nav
        from loa.incidents import access, selectors, services, texts
        from loa.incidents.handover import HANDOVER
        from loa.listening.events import handovers
        from loa.listening.hooks import cases_merged

        texts.register()
        handovers.register("van-de-nong", HANDOVER)
        cases_merged.register("incidents", services.case_merged)
        nav.register(
            "incidents",
            NavItem(
                label=_("Vấn đề nóng"),
                icon="alert",
                url_name="incidents:list",
                visible=access.sees,
                count=selectors.open_count,
                urgent=True,
                prefixes=("incidents:",),
            ),
            order=52,
        )
