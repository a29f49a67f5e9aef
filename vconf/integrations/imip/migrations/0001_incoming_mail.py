# SPDX-License-Identifier: EUPL-1.2

import django.utils.timezone
from django.db import migrations, models

import vconf.crypto
import vconf.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="MailboxPlace",
            fields=[
                (
                    "mailbox",
                    models.CharField(
                        help_text="keyed hash of server, user and folder",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("uid_validity", models.PositiveBigIntegerField()),
                ("last_uid", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="IncomingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=vconf.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "channel",
                    models.CharField(
                        choices=[("lmtp", "Lmtp"), ("smtp", "Smtp"), ("imap", "Imap")], max_length=4
                    ),
                ),
                (
                    "sender",
                    models.CharField(
                        blank=True, help_text="of the envelope, empty for reports", max_length=320
                    ),
                ),
                ("recipients", models.JSONField(default=list, help_text="of the envelope, lower case")),
                (
                    "octets",
                    vconf.crypto.EncryptedOctetsField(
                        help_text="as received; None once it is handled", null=True
                    ),
                ),
                ("size", models.PositiveIntegerField(help_text="in octets")),
                (
                    "digest",
                    models.CharField(
                        help_text="of content and recipients: the same mail twice", max_length=64, unique=True
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("ignored", "Ignored"),
                            ("early", "Early"),
                            ("set_aside", "Set Aside"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("code", models.CharField(blank=True, help_text="why, see wording", max_length=40)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "due_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        help_text="of waiting and early ones: when it is tried (again)",
                    ),
                ),
                (
                    "uid_hash",
                    models.CharField(blank=True, help_text="keyed, of the UID it is about", max_length=64),
                ),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["received_at", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "early"])),
                        fields=["due_at"],
                        name="incoming_mail_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "early")),
                        fields=["uid_hash"],
                        name="incoming_mail_early",
                    ),
                    models.Index(
                        condition=models.Q(("state", "set_aside")),
                        fields=["received_at"],
                        name="incoming_mail_aside",
                    ),
                    models.Index(fields=["handled_at"], name="incoming_mail_handled"),
                ],
            },
        ),
    ]
