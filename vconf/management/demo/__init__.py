# SPDX-License-Identifier: EUPL-1.2
"""An invented state administration, modelled on Mecklenburg-Vorpommern, to try vconf with.

`tree` names its authorities, `people` who works there, `rooms` what they book; the command `load_demo` writes it all.
"""
