from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "loa.org"
    label = "org"
    verbose_name = "Đơn vị"
