from django.db import migrations, models

STATES = [
    ("read", "Chờ xác nhận"), ("queued", "Chờ nhập"), ("writing", "Đang nhập"), ("done", "Đã nhập xong"),
    ("dropped", "Đã bỏ"), ("failed", "Không nhập được"),
]  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [("listening", "0027_youtube_named")]

    operations = [
        migrations.AddField("itemfile", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AlterField(
            "itemfile", "state", models.CharField(choices=STATES, default="read", max_length=10)
        ),
    ]
