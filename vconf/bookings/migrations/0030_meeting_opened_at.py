# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0006_busy_times")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="opened_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when its server, which asks before, was last let open the room",
                null=True,
            ),
        ),
    ]
