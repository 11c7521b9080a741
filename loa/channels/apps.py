from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "loa.channels"
    label = "channels"
    verbose_name = "Kênh"

    def ready(self) -> None:
        from loa.channels import engine, places, selectors, services, standing, texts
        from loa.channels.inbound import reading
        from loa.core.bench import benches
        from loa.core.health import Probe, probes
        from loa.core.jobs import loops
        from loa.core.nav import NavItem, nav
        from loa.org import events

        texts.register()
        events.listeners.register("channels", services.pages_moved)
        events.stakes.register("channels", services.page_stakes)
        places.register(*places.OWN)
        benches.register("delivery", "loa.channels.bench")
        benches.register("due", "loa.channels.bench_due")
        probes.register("channels.late", Probe(_("Bài chờ gửi lên kênh"), ask=standing.standing), order=300)
        loops.register("channels.deliver", engine.run)
        probes.register(
            "channels.hooks", Probe(_("Tin báo từ các kênh (webhook)"), ask=reading.standing), order=310
        )
        loops.register("channels.inbound", reading.run)
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
