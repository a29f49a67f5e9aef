# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0030_meeting_opened_at")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="stranded_at",
            field=models.DateTimeField(
                blank=True,
                help_text="since when its server is down and no other can take it",
                null=True,
            ),
        ),
    ]
