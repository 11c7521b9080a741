from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def _load_legal_documents(sender: AppConfig, **kwargs: Any) -> None:
    from loa.plans.services.legal import load_legal_documents

    load_legal_documents()


class PlansConfig(AppConfig):
    name = "loa.plans"
    label = "plans"
    verbose_name = "Kế hoạch"

    def ready(self) -> None:
        from loa.core.messages import Message, messages
        from loa.core.nav import NavItem, nav
        from loa.org import events as unit_events
        from loa.org.access import roles
        from loa.plans.deeds import register as register_deeds
        from loa.plans.events import citing
        from loa.plans.selectors.legal import amendments_citing, plans_citing
        from loa.plans.services import reorganised

        register_deeds()
        unit_events.listeners.register("plans", reorganised.tasks_moved)
        unit_events.stakes.register("plans", reorganised.task_stakes)
        unit_events.wards.register("plans", reorganised.plan_wards)
        citing.register("plans", plans_citing)
        citing.register("amendments", amendments_citing)
        post_migrate.connect(_load_legal_documents, sender=self, dispatch_uid="plans.legal")

        def concerned(user: Any) -> bool:
            return bool(roles(user)) if getattr(user, "is_authenticated", False) else False

        nav.register(
            "plans",
            NavItem(_("Kế hoạch"), "plan", "plans:list", visible=concerned, prefixes=("plans:",)),
            order=20,
        )
        nav.register(
            "tasks",
            NavItem(
                _("Nhiệm vụ"),
                "task",
                "tasks:mine",
                visible=concerned,
            ),
            order=25,
        )
        nav.register(
            "legal",
            NavItem(_("Sổ văn bản"), "law", "legal:list", visible=concerned, prefixes=("legal:",)),
            order=65,
        )
        for code, text, icon, tone in (
            (
                "plans.document.read",
                _("Loa đã đọc xong %(filename)s: %(found)s mục chờ đối chiếu."),
                "plan",
                "act",
            ),
            (
                "plans.document.failed",
                _("Loa chưa đọc được %(filename)s. Mở kế hoạch để xem cách xử lý."),
                "alert",
                "act",
            ),
            ("plans.plan.issued", _("%(title)s đã được ban hành. Xem việc đơn vị phải làm."), "plan", "info"),
            ("plans.directive.added", _("Giao thêm: %(title)s (%(plan)s)."), "plan", "act"),
            ("plans.directive.cancelled", _("Đã hủy: %(title)s. Lý do: %(reason)s"), "plan", "info"),
            ("plans.change.waiting", _("%(n)s thay đổi của “%(plan)s” chờ đơn vị tiếp nhận."), "plan", "act"),
            ("plans.correction.issued", _("“%(plan)s” có công văn đính chính số %(number)s."), "plan", "info"),
            ("plans.change.told", _("%(what)s, từ %(on)s (%(plan)s). Lý do: %(reason)s"), "plan", "act"),
            ("plans.task.assigned", _("Anh/chị được phân công: %(task)s (%(due)s)."), "task", "act"),
            ("plans.task.released", _("Đơn vị được thôi làm: %(task)s. Lý do: %(reason)s"), "task", "info"),
            ("plans.task.given_back", _("Đơn vị được giao lại: %(task)s. Lý do: %(reason)s"), "task", "act"),
        ):
            if code not in messages:
                messages.register(code, Message(text, icon=icon, tone=tone))
