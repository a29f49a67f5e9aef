// SPDX-License-Identifier: EUPL-1.2
/** A small house to look at and to test against: the same shapes as the API, made up around a given hour. */
import type {
  Approval,
  AuthorityRef,
  Booking,
  Deputy,
  HistoryEntry,
  Me,
  Occurrence,
  PeopleThere,
  Person,
  Proposal,
  Quota,
  Recording,
  Room,
  RoomState,
  RoomStatus,
} from "@/lib/api/types";
import { addMinutes, dayBounds, instantOf, minutesBetween, nextQuarter, shiftDate, wallOf } from "@/lib/time";

const INTERIOR: AuthorityRef = {
  id: "a-im",
  name: "Ministerium für Inneres, Bau und Digitalisierung",
  short_name: "IM",
};
const FINANCE: AuthorityRef = { id: "a-fm", name: "Finanzministerium", short_name: "FM" };
const STATE: AuthorityRef = { id: "a-mv", name: "Land Mecklenburg-Vorpommern", short_name: "MV" };

export const ANNA: Me = {
  id: "p-anna",
  name: "Anna Ahrens",
  email: "anna@im.mv.example",
  language: "de",
  authority: INTERIOR,
  memberships: [{ authority: INTERIOR, roles: ["staff"] }],
  roles: ["staff"],
  permissions: { operate: false, administer: false, audit: false, approve: false },
  approvals_waiting: 0,
  csrf_token: "token-of-anna",
};

export const ADMIN: Me = {
  ...ANNA,
  id: "p-admin",
  name: "Dr. Iris Möller",
  email: "admin@im.mv.example",
  permissions: { operate: false, administer: true, audit: false, approve: false },
};

/** Runs the servers. */
export const OPERATOR: Me = {
  ...ANNA,
  id: "p-operator",
  name: "Olaf Oertel",
  email: "operator@mv.example",
  permissions: { operate: true, administer: false, audit: false, approve: false },
};

/** Decides about requests. */
export const APPROVER: Me = {
  ...ADMIN,
  permissions: { ...ADMIN.permissions, approve: true },
  approvals_waiting: 1,
};

export const PEOPLE: Person[] = [
  { id: "p-bernd", name: "Bernd Brandt", email: "bernd@im.mv.example", authority: INTERIOR },
  { id: "p-clara", name: "Clara Claasen", email: "clara@fm.mv.example", authority: FINANCE },
  { id: "p-bert", name: "Berta Berndsen", email: "berta@im.mv.example", authority: INTERIOR },
];

const ROOMS: [string, number, AuthorityRef][] = [
  ["Großer Saal", 250, INTERIOR],
  ["Schweriner See", 25, INTERIOR],
  ["Müritz", 50, INTERIOR],
  ["Warnow", 12, INTERIOR],
  ["Kap Arkona", 12, STATE],
  ["Darß", 8, INTERIOR],
  ["Hiddensee", 8, INTERIOR],
  ["Recknitz", 25, INTERIOR],
  ["Kabinett", 40, STATE],
  ["Krisenstab", 100, STATE],
  ["Peene", 12, INTERIOR],
  ["Usedom", 30, STATE],
  ["Trebel", 6, INTERIOR],
  ["Boddenblick", 25, INTERIOR],
  ["Pressekonferenz", 300, STATE],
  ["Plauer See", 12, INTERIOR],
];

export function roomStatus(
  room: string,
  part: Partial<RoomStatus> & { state: RoomState; version: number },
): RoomStatus {
  return { room, visibility: "busy", until: null, next: null, ...part };
}

export function makeRoom(index: number, status: RoomStatus): Room {
  const [name, seats, authority] = ROOMS[index % ROOMS.length]!;
  const id = `r-${index}`;
  return {
    id,
    name: index < ROOMS.length ? name : `${name} ${Math.floor(index / ROOMS.length) + 1}`,
    slug: id,
    address: `${id}@raum.mv.example`,
    seats,
    pool: { id: "pool", name: "Schwerin" },
    room_class: { id: "class", name: "Besprechung" },
    authority,
    open_to_all: false,
    is_active: true,
    blocked_reason: status.state === "blocked" ? "Umbau bis Freitag" : "",
    url: `/r/${id}`,
    status,
  };
}

/** Of an attendee: no answers to single dates, no words. */
export const NOTHING_SAID = { answers: [], comment: null, undeliverable: null, is_me: false };

export function makeBooking(
  part: Partial<Booking> & { starts_at: string; ends_at: string; room: Booking["room"] },
): Booking {
  const id = part.id ?? "b-1";
  return {
    id,
    visibility: "full",
    uid: `${id}@vconf.example`,
    version: 1,
    sequence: 0,
    status: "confirmed",
    title: "Lage zum Onlinezugang",
    description: "",
    timezone: "Europe/Berlin",
    seats: 25,
    organiser: { id: ANNA.id, name: ANNA.name, email: ANNA.email, authority: INTERIOR },
    booked_by: { id: ANNA.id, name: ANNA.name, email: ANNA.email },
    authority: INTERIOR,
    attendees: [],
    remind_minutes: null,
    join_url: `https://vconf.mv.example/j/k3Wd9fQzT7pLx2`,
    pin: "482913075",
    moderator_pin: "771204536",
    occurrences: [
      {
        id: `o-${id}`,
        recurrence_id: part.starts_at,
        title: null,
        held_until: null,
        restorable_until: null,
        starts_at: part.starts_at,
        ends_at: part.ends_at,
        state: "confirmed",
        seats: part.seats ?? 25,
        room: part.room,
      },
    ],
    dates_count: 1,
    next_date: part.starts_at,
    rrule: "",
    rdate: [],
    exdate: [],
    rule_text: "",
    approval: null,
    refusal: null,
    wish: null,
    restorable_until: null,
    promised_until: null,
    refused: [],
    permissions: { change: true, cancel: true, moderate: true, answer: false },
    created_at: part.starts_at,
    changed_at: part.starts_at,
    source: "web",
    language: "de",
    ...part,
  };
}

export function makeOccurrence(
  part: Partial<Occurrence> & { id: string; room: Occurrence["room"]; starts_at: string; ends_at: string },
): Occurrence {
  return {
    booking: null,
    state: "confirmed",
    seats: null,
    title: null,
    organiser: null,
    visibility: "busy",
    people: null,
    join_url: null,
    ...part,
  };
}

/** `count` dates of a series, a week apart. */
export function weekly(booking: Booking, count: number): Booking {
  const dates = Array.from({ length: count }, (_, week) => {
    const { date, time } = wallOf(booking.starts_at);
    const starts = instantOf(shiftDate(date, 7 * week), time);
    return {
      ...booking.occurrences[0]!,
      id: `o-${booking.id}-${week}`,
      recurrence_id: `${shiftDate(date, 7 * week)}T${time}:00`,
      starts_at: starts.toISOString(),
      ends_at: addMinutes(starts, minutesBetween(booking.starts_at, booking.ends_at)).toISOString(),
    };
  });
  return {
    ...booking,
    rrule: `FREQ=WEEKLY;COUNT=${count}`,
    rule_text: `jede Woche, ${count}-mal`,
    occurrences: dates,
    dates_count: count,
  };
}

export function makeApproval(booking: Booking, part: Partial<Approval> = {}): Approval {
  return {
    id: `ap-${booking.id}`,
    state: "asked",
    asked_at: booking.created_at,
    lapses_at: booking.starts_at,
    decided_at: null,
    decided_by: null,
    reason: "",
    may_decide: true,
    room_class: { id: "class", name: "Saal" },
    booking: {
      id: booking.id,
      version: booking.version,
      title: booking.title ?? "",
      description: booking.description ?? "",
      organiser: { name: ANNA.name, email: ANNA.email, authority: INTERIOR },
      booked_by: null,
      seats: booking.seats,
      attendees: booking.attendees,
      room: booking.room,
      rule_text: booking.rule_text,
      dates: booking.occurrences,
      dates_count: booking.occurrences.length,
    },
    ...part,
  };
}

/** By Clara: two hours later than it is. */
export function makeProposal(booking: Booking, part: Partial<Proposal> = {}): Proposal {
  const [date] = booking.occurrences;
  const { starts_at, ends_at } = date!;
  return {
    id: `proposal-of-${booking.id}`,
    state: "open",
    attendee: { email: "clara@fm.mv.example", name: "Clara Claasen" },
    occurrence: date!.id,
    starts_at: addMinutes(starts_at, 120).toISOString(),
    ends_at: addMinutes(ends_at, 120).toISOString(),
    instead_of: { starts_at, ends_at },
    comment: "",
    made_at: new Date().toISOString(),
    decided_at: null,
    ...part,
  };
}

export interface House {
  rooms: Room[];
  occurrences: Occurrence[];
  bookings: Booking[];
  quotas: Quota[];
  approvals: Approval[];
  deputies: Deputy[];
  history: HistoryEntry[];
  recordings: Recording[];
  peopleThere: PeopleThere;
}

/** Rooms in every state, dates over the day, bookings of Anna's. */
export function makeHouse(now: Date, roomCount = ROOMS.length): House {
  const { date } = wallOf(now);
  const soon = nextQuarter(now);
  const iso = (instant: Date) => instant.toISOString();
  const later = (minutes: number) => iso(addMinutes(soon, minutes));
  const statuses: Partial<RoomStatus>[] = [
    { state: "live", visibility: "busy", until: later(45) },
    { state: "live", visibility: "details", people: 12, until: later(30), booking: "b-1", occurrence: "o-b-1" },
    { state: "reserved", visibility: "details", people: 0, until: later(60), booking: "b-2", occurrence: "o-b-2" },
    { state: "busy", until: later(15), next: later(60) },
    { state: "free", next: later(90) },
    { state: "free", next: null },
    { state: "free", next: iso(addMinutes(dayBounds(date).until, 9 * 60)) },
    { state: "overrun", visibility: "details", people: 5, until: later(-30), booking: "b-9", occurrence: "o-9" },
    { state: "blocked" },
  ].map((part) => part as Partial<RoomStatus>);
  const rooms = Array.from({ length: roomCount }, (_, index) =>
    makeRoom(index, roomStatus(`r-${index}`, { version: index + 1, state: "free", ...statuses[index] })),
  );
  const room = (index: number) => ({ id: rooms[index]!.id, name: rooms[index]!.name });
  const fullRoom = (index: number) => ({ ...room(index), seats: rooms[index]!.seats, address: rooms[index]!.address });
  const attendees: Booking["attendees"] = [
    {
      email: "bernd@im.mv.example",
      name: "Bernd Brandt",
      role: "REQ-PARTICIPANT",
      partstat: "ACCEPTED",
      ...NOTHING_SAID,
    },
    {
      email: "clara@fm.mv.example",
      name: "Clara Claasen",
      role: "REQ-PARTICIPANT",
      partstat: "NEEDS-ACTION",
      ...NOTHING_SAID,
    },
    {
      email: "j.petersen@stadt-wismar.example",
      name: "",
      role: "REQ-PARTICIPANT",
      partstat: "TENTATIVE",
      ...NOTHING_SAID,
    },
  ];
  const tomorrow = instantOf(wallOf(addMinutes(now, 24 * 60)).date, "09:00");
  const bookings = [
    makeBooking({
      id: "b-1",
      title: "Lage zum Onlinezugang",
      starts_at: later(-30),
      ends_at: later(30),
      room: fullRoom(1),
      attendees,
      description: "Bitte die Zahlen der Woche bereithalten.",
    }),
    makeBooking({
      id: "b-2",
      title: "Abstimmung Haushalt",
      starts_at: later(15),
      ends_at: later(60),
      room: fullRoom(2),
      attendees: attendees.slice(0, 1),
    }),
    makeBooking({
      id: "b-3",
      title: "Klausur der Abteilung 2",
      starts_at: iso(tomorrow),
      ends_at: iso(addMinutes(tomorrow, 480)),
      room: fullRoom(7),
      attendees,
    }),
    makeBooking({
      id: "b-4",
      title: "Runde mit den Kommunen",
      starts_at: iso(addMinutes(tomorrow, 3 * 1440)),
      ends_at: iso(addMinutes(tomorrow, 3 * 1440 + 90)),
      room: fullRoom(0),
      status: "pending",
      seats: 120,
      approval: {
        id: "ap-b-4",
        state: "asked",
        asked_at: iso(now),
        lapses_at: iso(addMinutes(tomorrow, 1440)),
        decided_at: null,
        reason: "",
      },
    }),
    weekly(
      makeBooking({
        id: "b-5",
        title: "Jour fixe der Abteilung 4",
        starts_at: iso(addMinutes(tomorrow, 5 * 60)),
        ends_at: iso(addMinutes(tomorrow, 6 * 60)),
        room: fullRoom(10),
        seats: 12,
        attendees: attendees.slice(0, 2),
      }),
      12,
    ),
  ];
  const day = (index: number, from: string, until: string, part: Partial<Occurrence> = {}) =>
    makeOccurrence({
      id: `d-${index}-${from}`,
      room: room(index),
      starts_at: iso(instantOf(date, from)),
      ends_at: iso(instantOf(date, until)),
      ...part,
    });
  const own = bookings.slice(0, 2).map((booking) =>
    makeOccurrence({
      id: booking.occurrences[0]!.id,
      booking: booking.id,
      room: { id: booking.room!.id, name: booking.room!.name },
      starts_at: booking.starts_at,
      ends_at: booking.ends_at,
      state: booking.id === "b-1" ? "live" : "confirmed",
      title: booking.title,
      organiser: { name: ANNA.name, authority: "IM" },
      visibility: "full",
      seats: booking.seats,
      people: booking.id === "b-1" ? 12 : null,
      join_url: booking.join_url,
    }),
  );
  const occurrences = [
    ...own,
    day(0, "08:00", "09:30", { state: "ended" }),
    day(0, "10:00", "12:00"),
    day(3, "09:00", "10:00"),
    day(3, "13:00", "14:30"),
    day(4, "08:30", "09:15"),
    day(4, "15:00", "16:00"),
    day(6, "11:00", "11:30"),
    day(8, "07:30", "17:00", { visibility: "restricted", organiser: { name: "Clara Claasen", authority: "FM" } }),
  ];
  return {
    rooms,
    occurrences,
    bookings,
    quotas: makeQuotas(now),
    approvals: [makeApproval(bookings[3]!)],
    deputies: [],
    recordings: [],
    peopleThere: { removable: false, people: [] },
    history: [
      {
        at: iso(now),
        version: 2,
        action: "changed",
        source: "api",
        person: { name: "Bernd Brandt" },
        changes: [
          {
            field: "time",
            before: "2026-05-05 13:00–14:00 Europe/Berlin",
            after: "2026-05-05 14:00–15:00 Europe/Berlin",
          },
          { field: "room", before: "Warnow", after: "Peene" },
          { field: "people_added", before: "", after: "clara@fm.mv.example" },
        ],
      },
      { at: iso(now), version: 1, action: "booked", source: "api", person: { name: ANNA.name }, changes: [] },
    ],
  };
}

function makeQuotas(now: Date): Quota[] {
  const quota = (authority: AuthorityRef, depth: number, limits: (number | null)[], use: number[]): Quota => ({
    authority: {
      ...authority,
      path: Array.from({ length: depth }, (_, index) => ({ id: `up-${index}`, short_name: "" })),
    },
    limits: {
      concurrent_seats: limits[0] ?? null,
      concurrent_meetings: limits[1] ?? null,
      seat_hours_per_month: limits[2] ?? null,
    },
    use: {
      concurrent_seats_now: use[0]!,
      concurrent_seats_peak: use[1]!,
      peak_at: addMinutes(now, 3 * 1440).toISOString(),
      concurrent_meetings_now: use[2]!,
      concurrent_meetings_peak: use[3]!,
      seat_hours_this_month: use[4]!,
    },
    over_committed: [],
    may_set: depth > 0,
  });
  return [
    quota(INTERIOR, 1, [500, 40, 12_000], [62, 437, 4, 18, 3_412.5]),
    quota({ id: "a-lka", name: "Landeskriminalamt", short_name: "LKA" }, 2, [120, 10, null], [0, 120, 0, 6, 812]),
    quota(
      { id: "a-laiv", name: "Landesamt für innere Verwaltung", short_name: "LAiV" },
      2,
      [100, null, 1_000],
      [25, 60, 1, 4, 830],
    ),
    quota(
      { id: "a-pp", name: "Polizeipräsidium Rostock", short_name: "PPR" },
      3,
      [null, null, null],
      [12, 30, 1, 2, 96.5],
    ),
  ];
}
