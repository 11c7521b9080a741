from django.db import migrations, models


def as_told(apps, schema_editor):
    """Of spikes people were told of, they know as many items as there are: an upgrade tells nobody anew."""
    apps.get_model("listening", "Spike").objects.exclude(told_at=None).update(told_items=models.F("items"))


class Migration(migrations.Migration):

    dependencies = [("listening", "0020_digest_gathered")]

    operations = [
        migrations.AddField("spike", "told_items", models.PositiveIntegerField(default=0)),
        migrations.RunPython(as_told, migrations.RunPython.noop),
    ]
