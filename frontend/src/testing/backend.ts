// SPDX-License-Identifier: EUPL-1.2
/** The API in memory, for tests of pages and for looking at them without a server. Speaks the shapes of lib/api/types. */
import { HttpResponse, type RequestHandler, http } from "msw";
import type {
  AddressMails,
  Answer,
  Booking,
  BookingOccurrence,
  CalendarPassword,
  Feed,
  MailSetAside,
  Me,
  NewBooking,
  NewFeed,
  NewProposal,
  Page,
  PreviewWish,
  Proposal,
  QuotaLimits,
  Room,
  RoomStatus,
} from "@/lib/api/types";
import { addMinutes, instantOf, minutesBetween, shiftDate, wallOf } from "@/lib/time";
import { type ServerHouse, makeServerHouse, serverHandlers } from "./servers";
import {
  ANNA,
  type House,
  PEOPLE,
  makeBooking,
  makeHouse,
  makeOccurrence,
  makeProposal,
  roomStatus,
  NOTHING_SAID,
} from "./data";

export interface Backend extends House, ServerHouse {
  me: Me | null;
  calendarPasswords: CalendarPassword[];
  feeds: Feed[];
  proposals: Proposal[];
  mails: AddressMails[];
  mailsSetAside: MailSetAside[];
  version: number;
  handlers: RequestHandler[];
  /** Called for every live state that changes; the fake socket hangs here. */
  onStatus: (status: RoomStatus) => void;
  setStatus: (room: string, part: Partial<RoomStatus> & Pick<RoomStatus, "state">) => void;
}

const url = (path: string) => `*/api/v1${path}`;

export function problem(status: number, code: string, detail: string, more: object = {}) {
  return HttpResponse.json(
    { type: `urn:vconf:${code}`, title: code, status, code, detail, ...more },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}

function endOf({ starts_at, ends_at }: { starts_at: string; ends_at?: string }): string {
  return ends_at ?? addMinutes(starts_at, 60).toISOString();
}

function page<T>(request: Request, rows: T[]): Page<T> {
  const query = new URL(request.url).searchParams;
  const size = Number(query.get("page_size") ?? 50);
  const number = Number(query.get("page") ?? 1);
  return { count: rows.length, next: null, previous: null, results: rows.slice((number - 1) * size, number * size) };
}

const overlaps = (a: { starts_at: string; ends_at: string }, from: string, until: string) =>
  Date.parse(a.starts_at) < Date.parse(until) && Date.parse(a.ends_at) > Date.parse(from);

export function createBackend({ me = ANNA as Me | null, now = new Date(), roomCount = 16 } = {}): Backend {
  const house = makeHouse(now, roomCount);
  const backend: Backend = {
    ...house,
    ...makeServerHouse(now),
    me,
    calendarPasswords: [],
    feeds: [],
    proposals: [],
    mails: [],
    mailsSetAside: [],
    version: 1_000,
    handlers: [],
    onStatus: () => undefined,
    setStatus(roomId, part) {
      const room = backend.rooms.find((candidate) => candidate.id === roomId)!;
      backend.version += 1;
      room.status = roomStatus(roomId, { ...part, version: backend.version });
      backend.onStatus(room.status);
    },
  };

  const isFree = (room: Room, from: string, until: string) =>
    room.status?.state !== "blocked" &&
    !backend.occurrences.some(
      (date) => date.room.id === room.id && date.state !== "cancelled" && overlaps(date, from, until),
    );
  const findFree = (seats: number, from: string, until: string) =>
    backend.rooms.filter((room) => room.seats >= seats && isFree(room, from, until)).sort((a, b) => a.seats - b.seats);
  const alternatives = (room: Room, input: { starts_at: string; ends_at?: string }, seats: number) => {
    const later = [addMinutes(input.starts_at, 120), addMinutes(endOf(input), 120)].map((instant) =>
      instant.toISOString(),
    );
    const other = findFree(seats, input.starts_at, endOf(input))[0];
    return [
      { starts_at: later[0], ends_at: later[1], room: { id: room.id, name: room.name, seats: room.seats } },
      ...(other
        ? [
            {
              starts_at: input.starts_at,
              ends_at: endOf(input),
              room: { id: other.id, name: other.name, seats: other.seats },
            },
          ]
        : []),
    ];
  };
  /** As many weekly dates as the rule says, four without an end; other rules are not worked out here. */
  const datesOf = (input: { starts_at: string; rrule?: string; exdate?: string[]; rdate?: string[] }) => {
    const { date, time } = wallOf(input.starts_at);
    const count = input.rrule ? Number(/COUNT=(\d+)/.exec(input.rrule)?.[1] ?? 4) : 1;
    const named = Array.from({ length: count }, (_, week) => `${shiftDate(date, 7 * week)}T${time}`);
    return [...named.filter((wall) => !input.exdate?.includes(wall)), ...(input.rdate ?? [])].sort();
  };
  const dateOf = (id: string): [Booking, BookingOccurrence] | undefined => {
    for (const booking of backend.bookings)
      for (const date of booking.occurrences) if (date.id === id) return [booking, date];
    return undefined;
  };
  const takeMail = (id: unknown) => {
    backend.mailsSetAside = backend.mailsSetAside.filter((mail) => mail.id !== id);
    return new HttpResponse(null, { status: 204 });
  };
  const soon = () => addMinutes(new Date(), 15).toISOString();
  const showDate = (booking: Booking) => {
    backend.occurrences.push(
      makeOccurrence({
        id: booking.occurrences[0]!.id,
        booking: booking.id,
        room: { id: booking.room.id, name: booking.room.name },
        starts_at: booking.starts_at,
        ends_at: booking.ends_at,
        title: booking.title,
        organiser: { name: booking.organiser?.name ?? "", authority: "IM" },
        visibility: "full",
        join_url: booking.join_url,
      }),
    );
    if (Date.parse(booking.starts_at) - Date.now() < 30 * 60_000) {
      backend.setStatus(booking.room.id, {
        visibility: "details",
        state: "reserved",
        people: 0,
        until: booking.ends_at,
        booking: booking.id,
        occurrence: booking.occurrences[0]!.id,
      });
    }
  };

  backend.handlers = [
    http.get(url("/session"), () =>
      backend.me ? HttpResponse.json(backend.me) : problem(401, "not_signed_in", "Bitte melden Sie sich an."),
    ),
    http.post(url("/session"), async ({ request }) => {
      const { email, password } = (await request.json()) as { email: string; password: string };
      if (password !== "vconf-demo")
        return problem(401, "invalid_credentials", "E-Mail-Adresse oder Passwort stimmt nicht.");
      backend.me = { ...ANNA, email };
      return HttpResponse.json(backend.me);
    }),
    http.delete(url("/session"), () => {
      backend.me = null;
      return new HttpResponse(null, { status: 204 });
    }),
    http.patch(url("/me"), async ({ request }) => {
      backend.me = { ...backend.me!, ...((await request.json()) as Partial<Me>) };
      return HttpResponse.json(backend.me);
    }),
    http.get(url("/rooms"), ({ request }) => HttpResponse.json(page(request, backend.rooms))),
    http.get(url("/occurrences"), ({ request }) => {
      const query = new URL(request.url).searchParams;
      const found = backend.occurrences.filter(
        (date) =>
          overlaps(date, query.get("from")!, query.get("until")!) &&
          (query.get("mine") !== "true" || date.visibility === "full"),
      );
      return HttpResponse.json(page(request, found));
    }),
    http.post(url("/occurrences/:id/end"), ({ params }) => {
      const date = backend.occurrences.find((candidate) => candidate.id === params.id);
      if (!date) return problem(404, "not_found", "");
      date.state = "ended";
      for (const booking of backend.bookings)
        for (const own of booking.occurrences) if (own.id === params.id) own.state = "ended";
      backend.setStatus(date.room.id, { visibility: "busy", state: "free" });
      return HttpResponse.json({ id: date.id, state: "ended" });
    }),
    http.patch(url("/occurrences/:id"), async ({ params, request }) => {
      const found = dateOf(String(params.id));
      if (!found) return problem(404, "not_found", "");
      const [booking, date] = found;
      const { room, ...input } = (await request.json()) as Partial<NewBooking>;
      const own = backend.rooms.find((candidate) => candidate.id === room);
      Object.assign(date, input, own ? { room: { id: own.id, name: own.name } } : {}, { state: "confirmed" });
      booking.refused = booking.refused.filter((refused) => refused.id !== date.id);
      booking.version += 1;
      return HttpResponse.json(booking);
    }),
    http.delete(url("/occurrences/:id"), ({ params, request }) => {
      const [booking, first] = dateOf(String(params.id))!;
      const following = new URL(request.url).searchParams.get("scope") === "following";
      for (const date of booking.occurrences)
        if (date === first || (following && date.recurrence_id > first.recurrence_id))
          Object.assign(date, { state: "cancelled", restorable_until: soon() });
      return HttpResponse.json(booking);
    }),
    http.post(url("/occurrences/:id/restore"), ({ params, request }) => {
      const [booking, first] = dateOf(String(params.id))!;
      const following = new URL(request.url).searchParams.get("scope") === "following";
      for (const date of booking.occurrences)
        if (date === first || following) Object.assign(date, { state: "confirmed", restorable_until: null });
      return HttpResponse.json(booking);
    }),
    http.post(url("/availability/first"), async ({ request }) => {
      const { people } = (await request.json()) as { people: string[] };
      const { date } = wallOf(addMinutes(now, 2 * 1440));
      const room = backend.rooms[10]!;
      return HttpResponse.json({
        slots: ["10:00", "13:30"].map((time) => ({
          starts_at: instantOf(date, time).toISOString(),
          ends_at: addMinutes(instantOf(date, time), 60).toISOString(),
          room: { id: room.id, name: room.name, seats: room.seats },
        })),
        people_without_calendar: people.filter((email) => email.endsWith("stadt.example")),
      });
    }),
    http.get(url("/availability"), ({ request }) => {
      const query = new URL(request.url).searchParams;
      const [seats, from, until] = [Number(query.get("seats")), query.get("starts_at")!, query.get("ends_at")!];
      const free = findFree(seats, from, until);
      const ok = seats <= 300;
      return HttpResponse.json({
        starts_at: from,
        ends_at: until,
        seats,
        capacity: ok
          ? { ok, free_seats: 412 }
          : {
              ok,
              free_seats: 300,
              code: "no_capacity",
              detail: "Auf keinem Konferenzserver sind so viele Plätze frei.",
              limit: 300,
              in_use: 0,
            },
        rooms: backend.rooms
          .filter((room) => room.seats >= seats)
          .map(({ id, name, seats: size, room_class, authority }) => ({
            id,
            name,
            seats: size,
            room_class,
            authority,
            free: free.some((room) => room.id === id),
          })),
        suggestion: { room: ok && free[0] ? { id: free[0].id, name: free[0].name, seats: free[0].seats } : null },
        alternatives: ok ? [] : [{ starts_at: from, ends_at: until, seats: 300 }],
      });
    }),
    http.get(url("/bookings"), ({ request }) => HttpResponse.json(page(request, backend.bookings))),
    http.post(url("/bookings/preview"), async ({ request }) => {
      const input = (await request.json()) as PreviewWish;
      const minutes = minutesBetween(input.starts_at, endOf(input));
      const seats = input.seats ?? 10;
      const room =
        backend.rooms.find(({ id }) => id === input.room) ?? findFree(seats, input.starts_at, endOf(input))[0];
      const dates = datesOf(input).map((wall) => {
        const starts = instantOf(wall.slice(0, 10), wall.slice(11));
        const [from, until] = [starts.toISOString(), addMinutes(starts, minutes).toISOString()];
        const fits = room !== undefined && isFree(room, from, until);
        const later = [addMinutes(starts, 120), addMinutes(starts, 120 + minutes)].map((at) => at.toISOString());
        return {
          recurrence_id: `${wall}:00`,
          starts_at: from,
          ends_at: until,
          fits,
          ...(fits ? {} : { code: "slot_taken", detail: "Der Raum ist zu dieser Zeit belegt." }),
          alternatives: fits ? [] : [{ starts_at: later[0], ends_at: later[1] }],
        };
      });
      return HttpResponse.json({
        fits: dates.every(({ fits }) => fits),
        rule_text: input.rrule ? `nach ${input.rrule}` : "",
        promised_until: null,
        seats,
        room: room ? { id: room.id, name: room.name, seats: room.seats } : null,
        approval: room?.id === "r-0",
        dates,
        refusal: null,
      });
    }),
    http.post(url("/bookings/instant"), () => {
      const room = backend.rooms[4]!;
      const booking = makeBooking({
        id: "b-instant",
        title: "Sofort-Konferenz",
        starts_at: now.toISOString(),
        ends_at: addMinutes(now, 30).toISOString(),
        room: { id: room.id, name: room.name, seats: room.seats, address: room.address },
      });
      backend.bookings.push(booking);
      return HttpResponse.json(booking, { status: 201 });
    }),
    http.get(url("/bookings/:id/history"), ({ request }) => HttpResponse.json(page(request, backend.history))),
    http.get(url("/bookings/:id/recordings"), () => HttpResponse.json(backend.recordings)),
    http.get(url("/occurrences/:id/people"), () => HttpResponse.json(backend.peopleThere)),
    http.post(url("/occurrences/:id/people/remove"), async ({ request }) => {
      const { person } = (await request.json()) as { person: string };
      const there = backend.peopleThere.people.some(({ id }) => id === person);
      if (!there) return problem(404, "not_found", "Diese Person ist nicht mehr da.");
      backend.peopleThere.people = backend.peopleThere.people.filter(({ id }) => id !== person);
      return new HttpResponse(null, { status: 204 });
    }),
    http.patch(url("/recordings/:id"), async ({ params, request }) => {
      const { published } = (await request.json()) as { published: boolean };
      const recording = backend.recordings.find((candidate) => candidate.id === params.id)!;
      recording.asked = published ? "publish" : "withdraw";
      return HttpResponse.json(recording, { status: 202 });
    }),
    http.delete(url("/recordings/:id"), ({ params }) => {
      const recording = backend.recordings.find((candidate) => candidate.id === params.id)!;
      recording.asked = "delete";
      return HttpResponse.json(recording, { status: 202 });
    }),
    http.post(url("/bookings/:id/restore"), ({ params }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      Object.assign(booking, { status: "confirmed", restorable_until: null });
      for (const date of booking.occurrences) date.state = "confirmed";
      return HttpResponse.json(booking);
    }),
    http.post(url("/bookings/:id/wish"), ({ params }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      return problem(409, booking.refusal!.code, booking.refusal!.detail);
    }),
    http.delete(url("/bookings/:id/wish"), ({ params }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      Object.assign(booking, { status: "confirmed", refusal: null, wish: null });
      for (const date of booking.occurrences) Object.assign(date, { state: "confirmed", held_until: null });
      return HttpResponse.json(booking);
    }),
    http.post(url("/bookings/:id/link"), ({ params }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      Object.assign(booking, { join_url: "https://vconf.mv.example/j/nEuErLiNk2", pin: "111222333" });
      return HttpResponse.json(booking);
    }),
    http.post(url("/bookings/:id/transfer"), async ({ params, request }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      const { email } = (await request.json()) as { email: string };
      const person = PEOPLE.find((one) => one.email === email);
      if (!person) {
        const fields = { email: ["Zu dieser Adresse gibt es kein Konto."] };
        return problem(400, "invalid", "Die Anfrage ist nicht gültig.", { fields });
      }
      booking.organiser = { ...booking.organiser!, id: person.id, name: person.name, email: person.email };
      return HttpResponse.json(booking);
    }),
    http.get(url("/approvals"), ({ request }) => {
      const asked = new URL(request.url).searchParams.get("state") === "asked";
      return HttpResponse.json(
        page(
          request,
          backend.approvals.filter(({ state }) => (state === "asked") === asked),
        ),
      );
    }),
    http.post(url("/approvals/:id/decision"), async ({ params, request }) => {
      const approval = backend.approvals.find(({ id }) => id === params.id)!;
      const { decision, reason = "" } = (await request.json()) as { decision: string; reason?: string };
      if (approval.state !== "asked") return problem(409, "already_decided", "Darüber ist schon entschieden.");
      Object.assign(approval, {
        state: decision === "approve" ? "approved" : "declined",
        reason,
        decided_at: new Date().toISOString(),
        decided_by: { id: backend.me!.id, name: backend.me!.name },
      });
      return HttpResponse.json(approval);
    }),
    http.get(url("/approvers/delegates"), ({ request }) => HttpResponse.json(page(request, []))),
    http.get(url("/deputies"), ({ request }) => HttpResponse.json(page(request, backend.deputies))),
    http.post(url("/deputies"), async ({ request }) => {
      const { email, valid_until } = (await request.json()) as { email: string; valid_until?: string };
      const person = PEOPLE.find((one) => one.email === email);
      if (!person) return problem(404, "not_found", "Diese Person gibt es nicht.");
      const { id, name } = backend.me!;
      const row = {
        id: `d-${person.id}`,
        principal: { id, name, email: backend.me!.email },
        deputy: { id: person.id, name: person.name, email: person.email },
        valid_until: valid_until ?? null,
        mine: "principal" as const,
      };
      backend.deputies.push(row);
      return HttpResponse.json(row, { status: 201 });
    }),
    http.delete(url("/deputies/:id"), ({ params }) => {
      backend.deputies = backend.deputies.filter(({ id }) => id !== params.id);
      return new HttpResponse(null, { status: 204 });
    }),
    http.get(url("/calendar-passwords"), () => HttpResponse.json(backend.calendarPasswords)),
    http.post(url("/calendar-passwords"), async ({ request }) => {
      const { label } = (await request.json()) as { label: string };
      const id = `cp-${backend.calendarPasswords.length}`;
      const row = { id, label, created_at: new Date().toISOString(), last_used_at: null };
      backend.calendarPasswords.unshift(row);
      const shown = {
        password: "abcde-fghij-kmnop",
        user_name: backend.me!.email,
        server_url: "https://v.example/dav/",
      };
      return HttpResponse.json({ ...row, ...shown }, { status: 201 });
    }),
    http.delete(url("/calendar-passwords/:id"), ({ params }) => {
      backend.calendarPasswords = backend.calendarPasswords.filter(({ id }) => id !== params.id);
      return new HttpResponse(null, { status: 204 });
    }),
    http.get(url("/feeds"), () => HttpResponse.json(backend.feeds)),
    http.post(url("/feeds"), async ({ request }) => {
      const { room, detail = "busy", label = "" } = (await request.json()) as NewFeed;
      const own = backend.rooms.find(({ id }) => id === room);
      const at = (suffix: string) => `https://v.example/feeds/secret-${backend.feeds.length}.${suffix}`;
      const feed: Feed = {
        id: `f-${backend.feeds.length}`,
        room: own ? { id: own.id, name: own.name } : null,
        detail,
        label,
        created_at: new Date().toISOString(),
        last_used_at: null,
        calendar_url: at("ics"),
        webcal_url: at("ics").replace("https", "webcals"),
        free_busy_url: at("ifb"),
        display_url: own ? at("json") : null,
      };
      backend.feeds.unshift(feed);
      return HttpResponse.json(feed, { status: 201 });
    }),
    http.delete(url("/feeds/:id"), ({ params }) => {
      backend.feeds = backend.feeds.filter(({ id }) => id !== params.id);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(url("/bookings"), async ({ request }) => {
      const input = (await request.json()) as NewBooking;
      const seats = input.seats ?? 10;
      const room = input.room
        ? backend.rooms.find((candidate) => candidate.id === input.room)!
        : findFree(seats, input.starts_at, endOf(input))[0];
      if (!room) return problem(409, "no_room", "Zu dieser Zeit ist kein passender Raum frei.");
      if (!isFree(room, input.starts_at, endOf(input))) {
        return problem(409, "slot_taken", `${room.name} ist zu dieser Zeit belegt.`, {
          alternatives: alternatives(room, input, seats),
        });
      }
      const booking = makeBooking({
        id: `b-${backend.version}`,
        title: input.title,
        description: input.description ?? "",
        starts_at: input.starts_at,
        ends_at: endOf(input),
        seats,
        room: { id: room.id, name: room.name, seats: room.seats, address: room.address },
        attendees: (input.attendees ?? []).map(({ email, name }) => ({
          email,
          name: name ?? "",
          role: "REQ-PARTICIPANT",
          partstat: "NEEDS-ACTION",
          ...NOTHING_SAID,
        })),
      });
      backend.bookings.push(booking);
      showDate(booking);
      return HttpResponse.json(booking, { status: 201, headers: { ETag: '"1"' } });
    }),
    http.get(url("/bookings/:id"), ({ params }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id);
      return booking ? HttpResponse.json(booking) : problem(404, "not_found", "Diese Buchung gibt es nicht.");
    }),
    http.post(url("/bookings/:id/answer"), async ({ params, request }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      const { partstat, occurrence, comment } = (await request.json()) as Answer;
      const me = booking.attendees.find((attendee) => attendee.is_me)!;
      if (occurrence) {
        me.answers = [
          ...me.answers.filter((one) => one.occurrence !== occurrence),
          { occurrence, partstat, comment: comment ?? "" },
        ];
      } else {
        Object.assign(me, { partstat, answers: [] });
      }
      me.comment = comment ?? "";
      return HttpResponse.json(booking);
    }),
    http.get(url("/bookings/:id/mails"), () => HttpResponse.json(backend.mails)),
    http.get(url("/bookings/:id/proposals"), ({ request }) => HttpResponse.json(page(request, backend.proposals))),
    http.post(url("/bookings/:id/proposals"), async ({ params, request }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      const { starts_at, ends_at, comment } = (await request.json()) as NewProposal;
      const made = makeProposal(booking, { starts_at, ...(ends_at ? { ends_at } : {}), comment: comment ?? "" });
      backend.proposals = [made];
      return HttpResponse.json(made, { status: 201 });
    }),
    http.post(url("/proposals/:id/take"), ({ params }) => {
      const proposal = backend.proposals.find(({ id }) => id === params.id)!;
      const booking = backend.bookings.find(({ occurrences }) => occurrences[0]!.id === proposal.occurrence)!;
      const { starts_at, ends_at } = proposal;
      proposal.state = "taken";
      Object.assign(booking, { starts_at, ends_at, version: booking.version + 1 });
      Object.assign(booking.occurrences[0]!, { starts_at, ends_at });
      return HttpResponse.json(booking);
    }),
    http.post(url("/proposals/:id/decline"), ({ params }) => {
      const proposal = backend.proposals.find(({ id }) => id === params.id)!;
      proposal.state = "declined";
      return HttpResponse.json(proposal);
    }),
    http.patch(url("/bookings/:id"), async ({ params, request }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      if (request.headers.get("If-Match") !== `"${booking.version}"`)
        return problem(412, "version_conflict", "Jemand anderes hat die Buchung geändert.");
      const { starts_at, ends_at, title, description, seats, remind_minutes } =
        (await request.json()) as Partial<NewBooking>;
      const named = Object.entries({ starts_at, ends_at, title, description, seats, remind_minutes }).filter(
        ([, value]) => value != null,
      );
      Object.assign(booking, Object.fromEntries(named), { version: booking.version + 1 });
      if (starts_at) Object.assign(booking.occurrences[0]!, { starts_at, ends_at });
      return HttpResponse.json(booking);
    }),
    http.delete(url("/bookings/:id"), ({ params }) => {
      const booking = backend.bookings.find((candidate) => candidate.id === params.id)!;
      Object.assign(booking, { status: "cancelled", restorable_until: soon() });
      for (const date of booking.occurrences) date.state = "cancelled";
      backend.occurrences = backend.occurrences.filter((date) => date.booking !== booking.id);
      backend.setStatus(booking.room.id, { visibility: "busy", state: "free" });
      return HttpResponse.json(booking);
    }),
    http.get(url("/mails/set-aside"), ({ request }) => HttpResponse.json(page(request, backend.mailsSetAside))),
    http.post(url("/mails/set-aside/:id/retry"), ({ params }) => takeMail(params.id)),
    http.delete(url("/mails/set-aside/:id"), ({ params }) => takeMail(params.id)),
    http.get(url("/people"), ({ request }) => {
      const q = new URL(request.url).searchParams.get("q")!.toLowerCase();
      return HttpResponse.json(PEOPLE.filter((person) => `${person.name} ${person.email}`.toLowerCase().includes(q)));
    }),
    http.get(url("/quotas"), ({ request }) => HttpResponse.json(page(request, backend.quotas))),
    http.put(url("/authorities/:id/quota"), async ({ params, request }) => {
      const quota = backend.quotas.find((candidate) => candidate.authority.id === params.id)!;
      const limits = (await request.json()) as QuotaLimits;
      const peak = quota.use.concurrent_seats_peak;
      const over =
        limits.concurrent_seats !== null && limits.concurrent_seats < peak
          ? [
              {
                from: quota.use.peak_at!,
                until: addMinutes(quota.use.peak_at!, 90).toISOString(),
                what: "concurrent_seats",
                limit: limits.concurrent_seats,
                in_use: peak,
              },
            ]
          : [];
      const answer = { ...quota, limits, over_committed: over };
      if (new URL(request.url).searchParams.get("dry_run") !== "true") Object.assign(quota, answer);
      return HttpResponse.json(answer);
    }),
    ...serverHandlers(backend, { problem, page }),
  ];
  return backend;
}
