# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0003_approvals_and_history"),
    ]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="cut",
            field=models.JSONField(
                blank=True,
                help_text="the rule of time before the series was ended early, to take that back",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(
                    ("cancelled_at", None), ("promised_until__isnull", False), ("reminded_at", None)
                ),
                fields=["promised_until"],
                name="booking_to_be_reminded",
            ),
        ),
    ]
