# SPDX-License-Identifier: EUPL-1.2
"""Why some probes of caldav-server-tester are not about vconf. Named by what is probed."""

_ONE_CALENDAR = "each person and each room has one calendar, and nobody makes others (403)"
_NO_TASKS = "a calendar of bookings holds no tasks and journals (403 `supported-calendar-component`)"
_NO_PAST = "its fixture of the year 2000 is refused: what is over cannot be booked"
_TIMED = (
    "a meeting begins and ends at a time: all-day events, and such without an end, are refused "
    "(403 `valid-calendar-object-resource`)"
)
_END = "an end is always written as DTEND, however it was sent, so no event lacks one"
_NO_AT = "no address of vconf's own has an `@`; names of objects keep theirs"
_OF_TASKS = "the probe asks for tasks; of events it is tested in `tests/integrations/caldav/test_query.py`"
_RFC = "RFC 4791, 9.7, puts such filters into the one of a component; vconf does as it says"

REASONS = {
    "create-calendar": _ONE_CALENDAR,
    "create-calendar.auto": _ONE_CALENDAR,
    "delete-calendar": _ONE_CALENDAR,
    "delete-calendar.free-namespace": _ONE_CALENDAR,
    "synchronous-write.create-calendar": _ONE_CALENDAR,
    "synchronous-write.delete-calendar": _ONE_CALENDAR,
    "save.duplicate-uid.cross-calendar": _ONE_CALENDAR,
    "url.encode-at.literal.collection": _NO_AT,
    "url.encode-at.literal.principal": _NO_AT,
    "url.encode-at.identity": "`@` and `%40` name one object, and the probe puts another UID there, which is refused",
    "save-load.event.no-dtend": _TIMED,
    "search.recurrences.includes-implicit.event": f"its all-day half: {_TIMED}",
    "save-load.event.recurrences.exception.cancelled": (
        "a cancelled date of a series is a dropped one, and is told as EXDATE"
    ),
    "save-load.journal": _NO_TASKS,
    "save-load.todo": _NO_TASKS,
    "search.time-range.todo": _NO_TASKS,
    "search.time-range.todo.strict": _NO_TASKS,
    "search.recurrences.expanded.todo": _NO_TASKS,
    "search.recurrences.includes-implicit.todo": _NO_TASKS,
    "search.recurrences.includes-implicit.todo.pending": _NO_TASKS,
    "search.time-range.open.end": _OF_TASKS,
    "search.time-range.open.start": _OF_TASKS,
    "search.time-range.open.start.duration": _OF_TASKS,
    "save.etag": "vconf changes what is put (room, link, answers), so RFC 4791, 5.3.4, has it leave out the ETag",
    "search.is-not-defined": f"its half about DTEND: {_END}",
    "search.is-not-defined.dtend": _END,
    "search.recurrences.includes-implicit.infinite-scope": (
        "dates are promised as far as can be booked, and a series without end has none beyond (the probe asks for "
        "45 years on)"
    ),
    "search.text.comp-type-optional": _RFC,
    "search.time-range.comp-type-optional": _RFC,
    "search.time-range.event.old-dates": _NO_PAST,
    "search.unlimited-time-range": _NO_PAST,
}
