# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0003_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="sentmail",
            name="bounce",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="what the report said", max_length=300
            ),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="bounce_status",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="RFC 3463, such as 5.1.1", max_length=20
            ),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="bounced_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="failed_at",
            field=models.DateTimeField(blank=True, help_text="when it last did not get out", null=True),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="failure",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="what the mail server said", max_length=300
            ),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="in_hand_until",
            field=models.DateTimeField(
                blank=True, help_text="somebody is sending it; who is gone loses it then", null=True
            ),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="is_final",
            field=models.BooleanField(
                db_default=False, default=False, help_text="refused for good: trying again is of no use"
            ),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="may_have_arrived",
            field=models.BooleanField(
                db_default=False, default=False, help_text="the connection broke after the mail was out"
            ),
        ),
        migrations.AddField(
            model_name="sentmail",
            name="token",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="in the envelope sender: whose report it is",
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="sentmail",
            name="booking_id",
            field=models.UUIDField(help_text="None: about a wish that no booking was made of", null=True),
        ),
        migrations.AlterField(
            model_name="sentmail",
            name="method",
            field=models.CharField(
                choices=[
                    ("REQUEST", "Request"),
                    ("CANCEL", "Cancel"),
                    ("PUBLISH", "Publish"),
                    ("REPLY", "Reply"),
                    ("DECLINECOUNTER", "Decline Counter"),
                    ("NOTICE", "Notice"),
                    ("REMIND", "Reminder"),
                    ("WAYIN", "Way In"),
                ],
                max_length=14,
            ),
        ),
        migrations.AddIndex(
            model_name="sentmail",
            index=models.Index(
                condition=models.Q(("token", ""), _negated=True), fields=["token"], name="sent_mail_by_token"
            ),
        ),
    ]
