from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "loa.feedback"
    label = "feedback"
    verbose_name = "Hộp thư"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from loa.channels import places
        from loa.channels.inbound.acting import done
        from loa.channels.inbound.reading import remembered, said
        from loa.channels.places import Place
        from loa.core.bench import benches
        from loa.core.desk import decisions
        from loa.core.heard import talks
        from loa.core.nav import NavItem, nav
        from loa.feedback import access, seeds, selectors, services, texts
        from loa.feedback.talks import talks as conversations
        from loa.org import events

        texts.register()
        events.listeners.register("feedback", services.threads_moved)
        events.stakes.register("feedback", services.thread_stakes)
        places.register(Place("feedback.Remark", "sealed"), Place("feedback.Ruling", "evidence"))
        post_migrate.connect(seeds.after_migrate, sender=self, dispatch_uid="feedback.seeds")
        benches.register("inbox", "loa.feedback.bench")
        said.register("feedback", services.hear)
        remembered.register("feedback", selectors.kept)
        talks.register("feedback", conversations)
        done.register("feedback", services.action_settled)
        decisions.register("feedback", selectors.decision, order=30)
        nav.register(
            "feedback",
            NavItem(
                label=_("Hộp thư"),
                icon="inbox",
                url_name="feedback:inbox",
                visible=access.may_read,
                count=selectors.waiting_for,
                urgent=True,
                phone=True,
            ),
            order=34,
        )
