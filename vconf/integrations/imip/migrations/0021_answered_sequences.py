# SPDX-License-Identifier: EUPL-1.2

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imip", "0020_invitations")]

    operations = [
        migrations.AddField(
            model_name="mailedwish",
            name="same_from",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="mailedwish",
            name="other_until",
            field=models.IntegerField(db_default=-1, default=-1),
        ),
    ]
