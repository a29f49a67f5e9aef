# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0002_notices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="sentmail",
            name="method",
            field=models.CharField(
                choices=[
                    ("REQUEST", "Request"),
                    ("CANCEL", "Cancel"),
                    ("PUBLISH", "Publish"),
                    ("NOTICE", "Notice"),
                    ("REMIND", "Reminder"),
                ],
                max_length=7,
            ),
        ),
    ]
