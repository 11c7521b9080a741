from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "loa.portal"
    label = "portal"
    verbose_name = "Cổng thông tin"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from loa.bulletins import hooks
        from loa.channels import places
        from loa.channels.places import Place
        from loa.core import fts
        from loa.core.bench import benches
        from loa.core.health import Probe, probes
        from loa.core.nav import NavItem, nav
        from loa.newsroom import events
        from loa.newsroom.answers import own_sites, public_addresses, public_links
        from loa.org import events as unit_events
        from loa.portal import access, comments, deeds, hub, listeners, mailing, services
        from loa.portal.selectors.search import KIND, entries
        from loa.press import hooks as press_hooks

        deeds.register()
        comments.register()
        places.register(Place("portal.FeedSubscriber", "secret"), Place("portal.FeedSubscriber", "asked_secret"))
        events.story_published.register("portal.pages", listeners.story_shown)
        events.story_changed.register("portal.pages", listeners.story_shown)
        events.story_withdrawn.register("portal.pages", listeners.story_gone)
        unit_events.listeners.register("portal.pages", listeners.units_changed)
        public_links.register("portal", listeners.links_of)
        public_addresses.register("portal", listeners.addresses_of)
        own_sites.register("portal", listeners.own_site)
        hooks.covers.register("portal", mailing.covers)
        hooks.homes.register("portal", mailing.home)
        press_hooks.homes.register("portal", mailing.home)
        press_hooks.changed.register("portal", services.public_changed)
        probes.register("portal.websub", Probe(_("Nguồn cấp tin (WebSub)"), ask=hub.standing), order=340)
        benches.register("portal", "loa.portal.bench")
        fts.register(KIND, entries)
        nav.register(
            "portal.sites",
            NavItem(
                label=_("Trang web"),
                icon="globe",
                url_name="portal_sites:list",
                visible=access.has_sites,
                prefixes=("portal_sites:",),
            ),
            order=70,
        )
