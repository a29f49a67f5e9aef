// SPDX-License-Identifier: EUPL-1.2
/** Conference servers and deliveries in memory, for the operators' pages. */
import { HttpResponse, type JsonBodyType, type RequestHandler, http } from "msw";
import type {
  Backlog,
  Delivery,
  DrainPlan,
  NewPool,
  NewServer,
  Pool,
  ServerChange,
  ServerCheck,
  ServerDetails,
  ServerEvent,
  ServerMeeting,
} from "@/lib/api/types";
import { addMinutes } from "@/lib/time";

export interface ServerHouse {
  pools: Pool[];
  servers: ServerDetails[];
  meetings: ServerMeeting[];
  events: ServerEvent[];
  drainPlan: DrainPlan;
  /** What a look at any server finds. */
  report: ServerCheck;
  deliveries: Delivery[];
}

const url = (path: string) => `*/api/v1${path}`;

export function makeServer(part: Partial<ServerDetails> = {}): ServerDetails {
  const name = part.name ?? "bbb-01";
  return {
    id: `s-${name}`,
    kind: "bigbluebutton",
    name,
    base_url: `https://${name}.rz.mv.example/bigbluebutton/api/`,
    pool: { id: "pool", name: "Schwerin" },
    seats: 300,
    meetings: null,
    weight: 100,
    state: "enabled",
    draining_since: null,
    health: "ok",
    health_since: "2026-05-04T06:00:00Z",
    health_detail: "",
    trouble: null,
    version: "3.0.4",
    last_seen_at: "2026-05-04T08:00:00Z",
    live_meetings: 4,
    live_people: 85,
    load: null,
    reserved_now: 120,
    abilities: ["end", "lobby"],
    findings: [],
    clock_skew_ms: 300,
    checked_at: "2026-05-04T08:00:00Z",
    drift: [],
    checksum_algorithm: "sha256",
    hook_signature: "raw-body",
    options: {},
    keys_set: [],
    ca_certificates: "",
    callback_urls: {
      events: "https://vconf.mv.example/integrations/bigbluebutton/tOkEn/events",
      ended: "https://vconf.mv.example/integrations/bigbluebutton/tOkEn/ended",
      reservations: null,
    },
    over_committed: [],
    ...part,
  };
}

const jitsiUrl = "https://vconf.mv.example/integrations/jitsi/tOkEn";

export function makeServerHouse(now: Date): ServerHouse {
  const at = (minutes: number) => addMinutes(now, minutes).toISOString();
  const delivery = (id: number, part: Partial<Delivery>): Delivery => ({
    id,
    fact: "BookingConfirmed",
    reaction: "invitations",
    recipient: "…@im.mv.example",
    state: "parked",
    attempts: 12,
    last_error: "MailNotSent: 550 no such user <…@im.mv.example>",
    recorded_at: at(-180),
    due_at: at(5),
    ...part,
  });
  return {
    pools: [
      { id: "pool", name: "Schwerin", n_plus_one: true, fallback: null, seats: 600, servers: 2 },
      {
        id: "pool-j",
        name: "Jitsi",
        n_plus_one: false,
        fallback: { id: "pool", name: "Schwerin" },
        seats: 100,
        servers: 1,
      },
    ],
    servers: [
      makeServer(),
      makeServer({
        name: "bbb-02",
        health: "down",
        trouble: { code: "timeout", detail: "Der Server antwortet nicht rechtzeitig.", advice: "Starten Sie ihn neu." },
        live_people: 0,
        live_meetings: 0,
        reserved_now: 0,
      }),
      makeServer({
        name: "meet-01",
        kind: "jitsi",
        pool: { id: "pool-j", name: "Jitsi" },
        seats: 100,
        meetings: 20,
        load: 0.35,
        options: { app_id: "vconf", reservations: true },
        keys_set: ["reservation_token"],
        callback_urls: { events: jitsiUrl, ended: null, reservations: jitsiUrl },
        findings: [{ code: "census_open", detail: "Jeder kann die Räume lesen.", advice: "Sperren Sie /room-census." }],
      }),
    ],
    meetings: [
      {
        id: "m-1",
        state: "live",
        room: { id: "r-1", name: "Schweriner See" },
        starts_at: at(-30),
        ends_at: at(30),
        seats: 25,
        people: 12,
        epoch: 2,
        explanation: "bbb-01, wie reserviert: 30 von 300 Plätzen freigehalten",
        since: at(-29),
      },
    ],
    events: Array.from({ length: 30 }, (_, index) => ({
      id: 100 - index,
      at: at(-index),
      kind: ["health", "placed", "check", "state", "novelty"][index % 5]!,
      code: ["down", "", "clean", "draining", "odd"][index % 5]!,
      meeting: null,
      text: index === 1 ? "bbb-01, wie reserviert" : "",
      detail: "",
    })),
    drainPlan: {
      live: 1,
      moves: 41,
      stays: [
        {
          occurrence: "o-1",
          room: { id: "r-0", name: "Großer Saal" },
          starts_at: at(3 * 1440),
          ends_at: at(3 * 1440 + 60),
          seats: 250,
          why: "too_large",
        },
      ],
      stays_count: 1,
      empty_at: at(3 * 1440 + 60),
    },
    report: {
      reachable: true,
      secret_ok: true,
      webhooks: true,
      version: "3.0.4",
      meetings: 0,
      people: 0,
      latency_ms: 41,
      clock_skew_ms: 300,
      code: "",
      detail: "",
      advice: "",
      abilities: ["end", "lobby"],
      findings: [{ code: "old_version", detail: "Diese Version ist alt.", advice: "Aktualisieren Sie den Server." }],
    },
    deliveries: [
      delivery(1, {}),
      delivery(2, { reaction: "provision", fact: "MeetingPlanned", recipient: "", last_error: "Unreachable: timeout" }),
      delivery(3, { state: "pending", attempts: 1 }),
    ],
  };
}

type Answers = {
  problem: (status: number, code: string, detail: string, more?: object) => HttpResponse<JsonBodyType>;
  page: <T>(request: Request, rows: T[]) => object;
};

export function serverHandlers(house: ServerHouse, { problem, page }: Answers): RequestHandler[] {
  const find = (id: unknown) => house.servers.find((server) => server.id === id);
  return [
    http.get(url("/pools"), ({ request }) => HttpResponse.json(page(request, house.pools))),
    http.post(url("/pools"), async ({ request }) => {
      const body = (await request.json()) as NewPool;
      const pool: Pool = {
        id: `pool-${body.name}`,
        name: body.name,
        n_plus_one: body.n_plus_one ?? false,
        fallback: null,
        seats: 0,
        servers: 0,
      };
      house.pools.push(pool);
      return HttpResponse.json(pool, { status: 201 });
    }),
    http.patch(url("/pools/:id"), async ({ params, request }) => {
      const { fallback, ...body } = (await request.json()) as NewPool;
      const pool = house.pools.find(({ id }) => id === params.id)!;
      const other = house.pools.find(({ id }) => id === fallback);
      Object.assign(pool, body, { fallback: other ? { id: other.id, name: other.name } : null });
      return HttpResponse.json(pool);
    }),
    http.get(url("/servers"), ({ request }) => HttpResponse.json(page(request, house.servers))),
    http.post(url("/servers/check"), () => HttpResponse.json(house.report)),
    http.post(url("/servers"), async ({ request }) => {
      const { pool, keys, ...body } = (await request.json()) as NewServer;
      if (house.report.detail && new URL(request.url).searchParams.get("unchecked") !== "true")
        return problem(409, "server_check_failed", `${house.report.detail} ${house.report.advice}`);
      const named = house.pools.find(({ id }) => id === pool)!;
      const server = makeServer({
        ...(body as Partial<ServerDetails>),
        keys_set: Object.keys(keys ?? {}),
        pool: { id: named.id, name: named.name },
        health: "unknown",
      });
      house.servers.push(server);
      return HttpResponse.json(server, { status: 201 });
    }),
    http.get(url("/servers/:id"), ({ params }) => {
      const server = find(params.id);
      return server ? HttpResponse.json(server) : problem(404, "not_found", "Diesen Server gibt es nicht.");
    }),
    http.patch(url("/servers/:id"), async ({ params, request }) => {
      const { keys: _keys, secret: _secret, ...body } = (await request.json()) as ServerChange;
      return HttpResponse.json(Object.assign(find(params.id)!, body));
    }),
    http.delete(url("/servers/:id"), ({ params }) => {
      const server = find(params.id)!;
      if (server.live_meetings > 0) return problem(409, "still_used", "Buchungen beziehen sich auf diesen Server.");
      house.servers.splice(house.servers.indexOf(server), 1);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(url("/servers/:id/check"), () => HttpResponse.json(house.report)),
    http.get(url("/servers/:id/meetings"), ({ request }) => HttpResponse.json(page(request, house.meetings))),
    http.get(url("/servers/:id/events"), ({ request }) => HttpResponse.json(page(request, house.events))),
    http.get(url("/servers/:id/drain"), () => HttpResponse.json(house.drainPlan)),
    http.get(url("/outbox"), ({ request }) => {
      const state = new URL(request.url).searchParams.get("state");
      return HttpResponse.json(
        page(
          request,
          house.deliveries.filter((delivery) => delivery.state === state),
        ),
      );
    }),
    http.get(url("/outbox/summary"), () => HttpResponse.json(summary(house.deliveries))),
    http.post(url("/outbox/retry"), async ({ request }) => {
      const { reaction } = (await request.json()) as { reaction: string };
      const parked = house.deliveries.filter((row) => row.reaction === reaction && row.state === "parked");
      for (const row of parked) Object.assign(row, { state: "pending", attempts: 0 });
      return HttpResponse.json({ retried: parked.length });
    }),
    http.post(url("/outbox/:id/retry"), ({ params }) => {
      const row = house.deliveries.find(({ id }) => String(id) === params.id)!;
      if (row.state !== "parked") return problem(409, "not_parked", "Diese Zustellung wurde nicht aufgegeben.");
      return HttpResponse.json(Object.assign(row, { state: "pending", attempts: 0 }));
    }),
  ];
}

function summary(deliveries: Delivery[]): Backlog[] {
  const oldest = (rows: Delivery[]) => rows.map((row) => row.recorded_at).sort()[0] ?? null;
  return [...new Set(deliveries.map((row) => row.reaction))].sort().map((reaction) => {
    const of = (state: Delivery["state"]) =>
      deliveries.filter((row) => row.reaction === reaction && row.state === state);
    const [pending, parked] = [of("pending"), of("parked")];
    return {
      reaction,
      pending: pending.length,
      parked: parked.length,
      oldest_pending_at: oldest(pending),
      oldest_parked_at: oldest(parked),
    };
  });
}
