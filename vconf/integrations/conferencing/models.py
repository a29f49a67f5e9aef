# SPDX-License-Identifier: EUPL-1.2
"""What the join page has to remember for everybody: how often PINs were guessed."""

from __future__ import annotations

from django.db import models


class Guesses(models.Model):
    """PINs tried on one link or room, or from one place of the network, since an instant. `guesses.py` counts."""

    key = models.CharField(max_length=64, unique=True, help_text="keyed hash: no address stands here")
    since = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "guesses"
        indexes = [models.Index(fields=["since"], name="guesses_by_age")]

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
