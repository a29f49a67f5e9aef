// SPDX-License-Identifier: EUPL-1.2
import type { NewServer, Pool, Server, ServerChange, ServerDetails, ServerKind } from "@/lib/api/types";

export interface Setting {
  name: string;
  /** One line, many, a number, an on/off switch, or one of a few values. */
  form: "line" | "text" | "number" | "switch" | readonly string[];
}

/** Settings that only one kind of server has. `options` are shown again, `keys` never. */
export const SETTINGS: Record<ServerKind, { options: readonly Setting[]; keys: readonly Setting[] }> = {
  bigbluebutton: { options: [], keys: [] },
  jitsi: {
    options: [
      { name: "app_id", form: "line" },
      { name: "audience", form: "line" },
      { name: "domain", form: "line" },
      { name: "muc_domain", form: "line" },
      { name: "algorithm", form: ["HS256", "RS256"] },
      { name: "key_id", form: "line" },
      { name: "token_minutes", form: "number" },
      { name: "token_in_fragment", form: "switch" },
      { name: "census_url", form: "line" },
      { name: "size_url", form: "line" },
      { name: "jicofo_url", form: "line" },
      { name: "bridge_urls", form: "line" },
      { name: "end_url", form: "line" },
      { name: "kick_url", form: "line" },
      { name: "system_key_id", form: "line" },
      { name: "reservations", form: "switch" },
      { name: "roles", form: "switch" },
      { name: "lobby", form: "switch" },
      { name: "limit", form: "switch" },
    ],
    keys: [
      { name: "reservation_token", form: "line" },
      { name: "private_key", form: "text" },
      { name: "system_key", form: "text" },
    ],
  },
};

export const CHECKSUMS = ["sha1", "sha256", "sha384", "sha512"] as const;
export const SIGNATURES = ["raw-body", "json-body", "bearer", "url-only"] as const;

/** The form as typed: everything is text, a switch is "true" or empty. */
export interface Draft {
  kind: ServerKind;
  name: string;
  base_url: string;
  secret: string;
  pool: string;
  seats: string;
  meetings: string;
  weight: string;
  checksum_algorithm: (typeof CHECKSUMS)[number];
  hook_signature: (typeof SIGNATURES)[number];
  ca_certificates: string;
  options: Record<string, string>;
  keys: Record<string, string>;
}

/** The pool a new server of this kind most likely belongs to: one with others of its kind, else one without any. */
export function poolFor(
  kind: ServerKind,
  pools: readonly Pool[],
  servers: readonly Pick<Server, "kind" | "pool">[],
): string {
  const has = (pool: Pool, wanted: ServerKind) => servers.some((one) => one.pool.id === pool.id && one.kind === wanted);
  const found = pools.find((pool) => has(pool, kind)) ?? pools.find((pool) => pool.servers === 0) ?? pools[0];
  return found?.id ?? "";
}

export function emptyDraft(pool: string): Draft {
  return {
    kind: "bigbluebutton",
    name: "",
    base_url: "",
    secret: "",
    pool,
    seats: "200",
    meetings: "",
    weight: "100",
    checksum_algorithm: "sha256",
    hook_signature: "raw-body",
    ca_certificates: "",
    options: {},
    keys: {},
  };
}

export function draftOf(server: ServerDetails): Draft {
  return {
    kind: server.kind,
    name: server.name,
    base_url: server.base_url,
    secret: "",
    pool: server.pool.id,
    seats: String(server.seats),
    meetings: server.meetings === null ? "" : String(server.meetings),
    weight: String(server.weight),
    checksum_algorithm: server.checksum_algorithm,
    hook_signature: server.hook_signature,
    ca_certificates: server.ca_certificates,
    options: Object.fromEntries(
      Object.entries(server.options).map(([name, value]) => [name, value === false ? "" : String(value)]),
    ),
    keys: {},
  };
}

export type Field = "name" | "base_url" | "secret" | "pool" | "seats" | "meetings" | "weight" | "ca_certificates";

const isNumber = (text: string) => /^[1-9]\d{0,5}$/.test(text.trim());

/** Fields that are missing or no number. A secret is needed for a new server only. */
export function wrongFields(draft: Draft, isNew: boolean): Field[] {
  const missing = (["name", "base_url", "pool"] as const).filter((name) => draft[name].trim() === "");
  return [
    ...missing,
    ...(isNew && draft.secret.trim() === "" ? (["secret"] as const) : []),
    ...(isNumber(draft.seats) ? [] : (["seats"] as const)),
    ...(draft.meetings.trim() === "" || isNumber(draft.meetings) ? [] : (["meetings"] as const)),
    ...(isNumber(draft.weight) && Number(draft.weight) <= 1000 ? [] : (["weight"] as const)),
  ];
}

function optionsOf({ kind, options }: Draft): Record<string, string | number | boolean> {
  const named = SETTINGS[kind].options.map(({ name, form }): [string, string | number | boolean] => {
    const text = (options[name] ?? "").trim();
    if (form === "switch") return [name, text === "true"];
    // What is no number is sent as it is, and refused there with a sentence.
    return [name, form === "number" && /^\d+$/.test(text) ? Number(text) : text];
  });
  return Object.fromEntries(named.filter(([, value]) => value !== "" && value !== false));
}

function keysOf({ kind, keys }: Draft): Record<string, string> {
  const named = SETTINGS[kind].keys.map(({ name }): [string, string] => [name, (keys[name] ?? "").trim()]);
  return Object.fromEntries(named.filter(([, key]) => key !== ""));
}

function common(draft: Draft) {
  return {
    name: draft.name.trim(),
    base_url: draft.base_url.trim(),
    seats: Number(draft.seats),
    meetings: draft.meetings.trim() === "" ? null : Number(draft.meetings),
    weight: Number(draft.weight),
    ca_certificates: draft.ca_certificates.trim(),
    ...(draft.kind === "bigbluebutton"
      ? { checksum_algorithm: draft.checksum_algorithm, hook_signature: draft.hook_signature }
      : {}),
  };
}

/** The draft as a new server; only if no field is wrong. */
export function newServerOf(draft: Draft): NewServer {
  const [options, keys] = [optionsOf(draft), keysOf(draft)];
  const { ca_certificates, ...rest } = common(draft);
  return {
    kind: draft.kind,
    pool: draft.pool,
    secret: draft.secret.trim(),
    ...rest,
    ...(ca_certificates ? { ca_certificates } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
    ...(Object.keys(keys).length > 0 ? { keys } : {}),
  };
}

/** What the draft changes of a server: nothing else is sent, as a new address or secret forgets what was seen. */
export function changeOf(draft: Draft, server: ServerDetails): ServerChange {
  const before = draftOf(server);
  const [was, is] = [common(before), common(draft)];
  const [optionsBefore, options] = [optionsOf(before), optionsOf(draft)];
  const keys = keysOf(draft);
  return {
    ...Object.fromEntries(Object.entries(is).filter(([name, value]) => was[name as keyof typeof was] !== value)),
    ...(draft.secret.trim() === "" ? {} : { secret: draft.secret.trim() }),
    ...(JSON.stringify(options) === JSON.stringify(optionsBefore) ? {} : { options }),
    ...(Object.keys(keys).length > 0 ? { keys } : {}),
  };
}
