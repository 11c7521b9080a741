from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ListeningConfig(AppConfig):
    name = "loa.listening"
    label = "listening"
    verbose_name = "Lắng nghe"

    def ready(self) -> None:
        from loa.channels.inbound.acting import done
        from loa.channels.inbound.reading import taken
        from loa.core.bench import benches
        from loa.core.health import Probe, probes
        from loa.core.heard import changed, gone, heard, kept
        from loa.core.nav import NavItem, nav
        from loa.listening import access, selectors, services, texts
        from loa.listening.search.schema import INDEX
        from loa.listening.services import answers, staff_zalo
        from loa.listening.watch.standing import standing, unheard
        from loa.newsroom import events
        from loa.org import events as unit_events
        from loa.plans.events import directives_in_force

        texts.register()
        probes.register("listening.mail", Probe(_("Thư cảnh báo, điểm báo"), ask=standing), order=330)
        probes.register("listening.alerts", Probe(_("Cảnh báo chưa ai nhận"), ask=unheard), order=331)
        taken.register("listening.zalo", staff_zalo.taken)
        done.register("listening.zalo", staff_zalo.settled)
        heard.register("listening", services.heard_taken)
        gone.register("listening", services.heard_gone)
        changed.register("listening", services.heard_changed)
        kept.register("listening", selectors.kept_at)
        directives_in_force.register("listening.themes", services.tell_of_plan_themes)
        benches.register("duplicates", "loa.lib.nlp.bench.duplicates")
        benches.register("analysis", "loa.lib.nlp.bench.analysis")
        benches.register("stories", "loa.lib.nlp.bench.stories")
        benches.register("bursts", "loa.lib.nlp.bench.bursts")
        benches.register("units", "loa.lib.nlp.bench.units")
        post_migrate.connect(INDEX.after_migrate, sender=self, dispatch_uid="loa.listening.search")
        events.story_published.register("listening.answers", answers.story_told)
        events.story_changed.register("listening.answers", answers.story_told)
        events.story_withdrawn.register("listening.answers", answers.story_gone)
        benches.register("listening-ingest", "loa.listening.bench.ingest")
        benches.register("listening-search", "loa.listening.bench.search")
        benches.register("vi", "loa.lib.learn.bench.vi")
        benches.register("vsfc", "loa.lib.learn.bench.vsfc")
        benches.register("vihsd", "loa.lib.learn.bench.vihsd")
        unit_events.listeners.register("listening", services.listening_moved)
        unit_events.stakes.register("listening", services.source_stakes)
        nav.register(
            "listening",
            NavItem(
                label=_("Dư luận"),
                icon="ear",
                url_name="listening:stream",
                visible=access.may_read,
                count=selectors.silent_count,
                urgent=True,
            ),
            order=50,
        )
