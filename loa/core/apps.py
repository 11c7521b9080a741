"""Errors, clock, registries, jobs, design system."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "loa.core"
    label = "core"
    verbose_name = "Lõi"

    def ready(self) -> None:
        from loa.core import catalogue, checks, probes
        from loa.core.bench import benches
        from loa.core.fts.schema import INDEX

        assert checks.mail  # imported: the checks register themselves
        catalogue.compile_at_start()
        probes.register()
        benches.register("reader", "loa.lib.vanban.bench")  # lib registers nothing itself

        post_migrate.connect(INDEX.after_migrate, sender=self, dispatch_uid="loa.core.fts")
