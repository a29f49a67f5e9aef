# SPDX-License-Identifier: EUPL-1.2
"""Shapes that several answers mention."""

from __future__ import annotations

from rest_framework import serializers

from vconf.bookings.sight import Sight
from vconf.web.serializers import StrictSerializer


class AuthorityRefSerializer(StrictSerializer):
    """An authority that is mentioned."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    short_name = serializers.CharField()


class RoomRefSerializer(StrictSerializer):
    """A room that is mentioned."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    seats = serializers.IntegerField()
    address = serializers.EmailField()


class PersonRefSerializer(StrictSerializer):
    """A person that is mentioned."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()


LANGUAGES = [("de", "Deutsch"), ("en", "English")]
SIGHTS = [(sight.value, sight.value) for sight in Sight]
