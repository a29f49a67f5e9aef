# SPDX-License-Identifier: EUPL-1.2
import sys

from simulator.cli import main

sys.exit(main())
