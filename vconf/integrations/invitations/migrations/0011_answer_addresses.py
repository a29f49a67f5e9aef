# SPDX-License-Identifier: EUPL-1.2


import django.utils.timezone
from django.db import migrations, models

import vconf.crypto


class Migration(migrations.Migration):
    dependencies = [
        ("invitations", "0010_deliveries"),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerAddress",
            fields=[
                ("booking_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "base",
                    models.EmailField(
                        help_text="VCONF_MAIL_ANSWERS when the first mail was written", max_length=254
                    ),
                ),
                ("token", vconf.crypto.EncryptedTextField()),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
    ]
