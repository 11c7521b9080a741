from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PressConfig(AppConfig):
    name = "loa.press"
    label = "press"
    verbose_name = "Báo chí"

    def ready(self) -> None:
        from loa.core.health import Probe, probes
        from loa.core.nav import NavItem, nav
        from loa.newsroom import events
        from loa.press import access, channels, engine, selectors, texts

        events.photo_taken_back.register("press.channels", channels.photo_taken_back)
        texts.register()
        probes.register("press.letters", Probe(_("Thông cáo báo chí"), ask=engine.standing), order=320)
        nav.register(
            "press",
            NavItem(
                label=_("Báo chí"),
                icon="press",
                url_name="press:home",
                visible=access.sees_press,
                count=selectors.waiting_for,
                urgent=True,
                prefixes=("press:",),
            ),
            order=62,
        )
