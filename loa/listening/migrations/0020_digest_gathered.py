from django.db import migrations, models

import loa.core.clock


def until_now(apps, schema_editor):
    """Digests were gathered when they ended."""
    apps.get_model("listening", "Digest").objects.update(gathered_at=models.F("until"))


class Migration(migrations.Migration):

    dependencies = [("listening", "0019_youtube")]

    operations = [
        migrations.AddField("digest", "gathered_at", models.DateTimeField(default=loa.core.clock.now)),
        migrations.RunPython(until_now, migrations.RunPython.noop),
    ]
