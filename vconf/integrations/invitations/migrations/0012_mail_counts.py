# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0011_answer_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scope", models.CharField(max_length=50)),
                ("hour", models.DateTimeField()),
                ("mails", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="mail_count_by_hour")],
                "constraints": [models.UniqueConstraint(fields=("scope", "hour"), name="mail_count_once")],
            },
        ),
    ]
