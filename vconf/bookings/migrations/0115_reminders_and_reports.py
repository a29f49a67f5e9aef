# SPDX-License-Identifier: EUPL-1.2


from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0010_calendarpassword"),
        ("bookings", "0110_answers_by_mail"),
        ("rooms", "0040_servers_watched"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="attendee",
            name="undeliverable",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="why mail to them came back (RFC 3463, such as 5.1.1); empty: none did",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="remind_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when the clock has to look whether a date is to be reminded of",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="remind_minutes",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="how long before each date people are reminded; None: they are not",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="reminded_until",
            field=models.DateTimeField(
                blank=True, help_text="start of the last date that was reminded of", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False)),
                fields=["remind_at"],
                name="booking_remind_at",
            ),
        ),
    ]
