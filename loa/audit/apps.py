from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "loa.audit"
    label = "audit"
    verbose_name = "Nhật ký"

    def ready(self) -> None:
        from loa.audit import triggers

        post_migrate.connect(triggers.after_migrate, sender=self, dispatch_uid="audit.triggers")
