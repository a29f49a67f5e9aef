# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("caldav", "0010_look")]

    operations = [
        migrations.AddField(
            model_name="dressedentry",
            name="unsaid",
            field=models.JSONField(
                blank=True,
                db_default={},
                default=dict,
                help_text="answers that the organiser is not told, as JSON",
            ),
        ),
    ]
