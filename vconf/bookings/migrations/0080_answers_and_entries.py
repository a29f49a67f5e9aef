# SPDX-License-Identifier: EUPL-1.2

import django.db.models.deletion
from django.db import migrations, models

_PARTSTATS = [
    ("NEEDS-ACTION", "no answer yet"),
    ("ACCEPTED", "accepted"),
    ("DECLINED", "declined"),
    ("TENTATIVE", "tentative"),
]


class Migration(migrations.Migration):
    dependencies = [("bookings", "0071_meeting_explanation")]

    operations = [
        migrations.RemoveConstraint(model_name="booking", name="booking_uid_unique_in_authority"),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_at", None)),
                fields=("organiser", "uid"),
                name="booking_uid_once_for_organiser",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="answers",
            field=models.PositiveIntegerField(
                default=0,
                help_text=(
                    "how often somebody answered; no part of `version`, for the organiser changed nothing"
                ),
            ),
        ),
        migrations.AddField(
            model_name="attendee",
            name="answered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attendee",
            name="comment",
            field=models.CharField(
                blank=True, help_text="what they said with their last answer", max_length=500
            ),
        ),
        migrations.AlterField(
            model_name="attendee",
            name="partstat",
            field=models.CharField(
                choices=_PARTSTATS,
                default="NEEDS-ACTION",
                help_text="for all dates that have no answer of their own",
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="AttendeeAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("partstat", models.CharField(choices=_PARTSTATS, max_length=20)),
                ("comment", models.CharField(blank=True, max_length=500)),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, help_text="None: moved, and asked again", null=True),
                ),
                (
                    "attendee",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="single_answers",
                        to="bookings.attendee",
                    ),
                ),
                (
                    "occurrence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="bookings.occurrence",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("attendee", "occurrence"), name="attendee_answer_once")
                ]
            },
        ),
        migrations.AddField(
            model_name="calendar",
            name="known_since",
            field=models.PositiveBigIntegerField(default=0),
        ),
        # filled by the next migration, and never empty from the one after it
        migrations.AddField(
            model_name="calendarentry", name="first_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="calendarentry", name="last_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="calendarentry", name="uid", field=models.CharField(max_length=255, null=True)
        ),
        migrations.AddField(
            model_name="calendarentry",
            name="hidden_at",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
