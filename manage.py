#!/usr/bin/env python
# SPDX-License-Identifier: EUPL-1.2
"""Run one of vconf's commands: `manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    execute_from_command_line(sys.argv)
