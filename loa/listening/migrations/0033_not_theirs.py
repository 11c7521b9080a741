from django.db import migrations, models

STATES = [
    ("none", "Chỉ báo trên Loa"),
    ("ready", "Chờ gửi"),
    ("sending", "Đang gửi"),
    ("sent", "Đã gửi"),
    ("later", "Chờ gửi lại"),
    ("refused", "Không gửi được"),
    ("unknown", "Không rõ đã đến chưa"),
    ("dropped", "Không cần gửi nữa"),
    ("gone", "Không gửi: người này không còn phụ trách"),
]


def state(default: str) -> models.CharField:
    return models.CharField(choices=STATES, default=default, max_length=8)


class Migration(migrations.Migration):

    dependencies = [("listening", "0032_place_key")]

    operations = [
        migrations.AlterField("digestmail", "mail", state("ready")),
        migrations.AlterField("telling", "mail", state("none")),
        migrations.AlterField("telling", "zalo", state("none")),
    ]
