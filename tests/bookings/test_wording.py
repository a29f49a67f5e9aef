# SPDX-License-Identifier: EUPL-1.2
"""Rules in plain words, German first."""

from datetime import datetime

import pytest

from vconf.bookings.recurrence import parse_rule
from vconf.bookings.wording import describe_rule

MONDAY = datetime(2027, 5, 3, 9)


@pytest.mark.parametrize(
    ("rrule", "german", "english"),
    [
        ("FREQ=DAILY", "jeden Tag", "every day"),
        ("FREQ=DAILY;INTERVAL=3;COUNT=10", "alle 3 Tage, 10-mal", "every 3 days, 10 times"),
        ("FREQ=WEEKLY", "jede Woche am Montag", "every week on Monday"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO;UNTIL=20271231T090000",
            "alle 2 Wochen am Montag und Donnerstag, bis 31. Dezember 2027",
            "every 2 weeks on Monday and Thursday, until 31 December 2027",
        ),
        (
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;COUNT=1",
            "jede Woche von Montag bis Freitag, 1-mal",
            "every week from Monday to Friday, 1 time",
        ),
        ("FREQ=MONTHLY", "jeden Monat am 3.", "every month on the 3rd"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,15,-1",
            "jeden Monat am 1., 15. und letzten Tag",
            "every month on the 1st, 15th and last day",
        ),
        ("FREQ=MONTHLY;BYDAY=2TU", "jeden Monat am 2. Dienstag", "every month on the 2nd Tuesday"),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR",
            "alle 3 Monate am letzten Freitag",
            "every 3 months on the last Friday",
        ),
        ("FREQ=YEARLY", "jedes Jahr am 3. Mai", "every year on 3 May"),
        (
            "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
            "jedes Jahr am letzten Sonntag im März",
            "every year on the last Sunday in March",
        ),
        (
            "FREQ=WEEKLY;BYMONTH=6,7",
            "jede Woche am Montag im Juni und Juli",
            "every week on Monday in June and July",
        ),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "jeden Monat an den Tagen einer eigenen Regel",
            "every month on the dates of its own rule",
        ),
    ],
)
def test_rules_in_plain_words(rrule, german, english):
    rule = parse_rule(rrule, "Europe/Berlin")
    assert describe_rule(rule, MONDAY, "de") == german
    assert describe_rule(rule, MONDAY, "en") == english
