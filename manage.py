#!/usr/bin/env python
# SPDX-License-Identifier: EUPL-1.2
"""Run one of vconf's commands: `manage.py help` lists them."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # nothing of what a start makes is garbage, and to look for some took a sixth of it; `WiringConfig` begins again
    gc.disable()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vconf.settings")
    execute_from_command_line(sys.argv)
