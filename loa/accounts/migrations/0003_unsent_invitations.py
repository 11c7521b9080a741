from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_invitations_and_keys")]

    operations = [migrations.AddField("user", "unsent_at", models.DateTimeField(blank=True, null=True))]
