from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("listening", "0025_told_at")]

    operations = [migrations.AddField("alert", "leaderless_at", models.DateTimeField(null=True))]
