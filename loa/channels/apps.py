from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "loa.channels"
    label = "channels"
    verbose_name = "Kênh"

    def ready(self) -> None:
        from loa.channels import engine, selectors, texts
        from loa.core.bench import benches
        from loa.core.jobs import loops
        from loa.core.nav import NavItem, nav

        texts.register()
        loops.register("channels.deliver", engine.run)
        benches.register("delivery", "loa.channels.bench")
        nav.register(
            "channels",
            NavItem(
                label=_("Kênh"),
                icon="share",
                url_name="channels:deliveries",
                visible=selectors.sees_channels,
                count=selectors.waiting_for,
                urgent=True,
            ),
            order=35,
        )
