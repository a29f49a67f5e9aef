# SPDX-License-Identifier: EUPL-1.2
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("bookings", "0040_meeting_stranded")]

    operations = [
        migrations.AddField(
            model_name="booking",
            name="refusal",
            field=models.JSONField(
                blank=True,
                help_text="why it was not booked, or not changed as wished: code, numbers and words",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="wish",
            field=models.JSONField(blank=True, help_text="what was asked for and refused", null=True),
        ),
        migrations.AddField(
            model_name="booking",
            name="wish_until",
            field=models.DateTimeField(
                blank=True,
                help_text="a refused change: when the clock has to look at the dates that are held",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=Q(("wish_until__isnull", False)), fields=["wish_until"], name="booking_with_a_wish"
            ),
        ),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=Q(("refusal__isnull", True), ("wish__isnull", True), ("wish_until__isnull", True))
                | Q(("refusal__isnull", False), ("wish__isnull", False)),
                name="booking_wish_whole",
            ),
        ),
    ]
