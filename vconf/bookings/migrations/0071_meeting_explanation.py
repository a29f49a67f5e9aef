# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models


class Migration(migrations.Migration):
    """Sentences are not carried over: meetings that run while vconf is updated are shown without one."""

    dependencies = [("bookings", "0070_refused_and_held")]

    operations = [
        migrations.RemoveField("meeting", "explanation"),
        migrations.AddField(
            "meeting",
            "explanation",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="why this server: codes and numbers, see conferencing.placement",
            ),
        ),
    ]
