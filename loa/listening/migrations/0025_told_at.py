from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("listening", "0024_sitemaps_whole")]

    operations = [migrations.AddField("source", "told_at", models.DateTimeField(blank=True, null=True))]
