import datetime as dt

from django.db import migrations, models
from django.db.models import F


def first_looks(apps, schema_editor):
    """What a source's first day brought without a time of its own was left out by the source's age until now."""
    day = dt.timedelta(days=1)
    items = apps.get_model("listening", "Item").objects
    for pk, created_at in apps.get_model("listening", "Source").objects.values_list("pk", "created_at"):
        early = items.filter(source=pk, time_guessed=True, seen_at__lt=created_at + day)
        early.update(counts_from=F("seen_at") + day)


class Migration(migrations.Migration):
    dependencies = [
        ("listening", "0017_conversations"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="counts_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(first_looks, migrations.RunPython.noop, elidable=True),
    ]
