// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import { makeServer, makeServerHouse } from "@/testing/servers";
import { changeOf, draftOf, emptyDraft, newServerOf, poolFor, wrongFields } from "./draft";

const filled = { ...emptyDraft("pool"), name: " bbb-03 ", base_url: "https://bbb-03.example", secret: "s" };

describe("the form of a new server", () => {
  it("suggests a pool with others of its kind, else an empty one", () => {
    const { pools, servers } = makeServerHouse(new Date());
    const [bbb, jitsi] = [pools[0]!, pools[1]!];

    expect(poolFor("bigbluebutton", [jitsi, bbb], servers)).toBe(bbb.id);
    expect(poolFor("jitsi", [bbb, jitsi], servers)).toBe(jitsi.id);
    expect(poolFor("jitsi", [bbb, { ...bbb, id: "new", servers: 0 }], servers.slice(0, 2))).toBe("new");
    expect(poolFor("jitsi", [], [])).toBe("");
  });

  it("names what is missing or no number", () => {
    expect(wrongFields({ ...emptyDraft(""), seats: "0", meetings: "x", weight: "1001" }, true)).toEqual([
      "name",
      "base_url",
      "pool",
      "secret",
      "seats",
      "meetings",
      "weight",
    ]);
    expect(wrongFields(filled, true)).toEqual([]);
  });

  it("sends no settings of another kind, and none that are empty", () => {
    const jitsi = {
      ...filled,
      kind: "jitsi" as const,
      options: { app_id: "vconf", key_id: " ", reservations: "true", nonsense: "1" },
      keys: { reservation_token: " t ", private_key: "" },
    };

    expect(newServerOf(jitsi)).toEqual({
      kind: "jitsi",
      pool: "pool",
      name: "bbb-03",
      base_url: "https://bbb-03.example",
      secret: "s",
      seats: 200,
      meetings: null,
      weight: 100,
      options: { app_id: "vconf", reservations: true },
      keys: { reservation_token: "t" },
    });
    expect(newServerOf({ ...jitsi, kind: "bigbluebutton" })).not.toHaveProperty("keys");
  });
});

describe("the form of a change", () => {
  const server = makeServer({
    kind: "jitsi",
    options: { app_id: "vconf", reservations: true },
    keys_set: ["system_key"],
  });

  it("sends what was changed only", () => {
    const draft = draftOf(server);

    expect(changeOf(draft, server)).toEqual({});
    expect(changeOf({ ...draft, seats: "150", secret: "new" }, server)).toEqual({ seats: 150, secret: "new" });
    expect(changeOf({ ...draft, options: { app_id: "vconf" } }, server)).toEqual({ options: { app_id: "vconf" } });
  });

  it("sends certificates of one's own authority, and takes them back", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const trusting = makeServer({ ca_certificates: pem });

    expect(newServerOf({ ...filled, ca_certificates: pem }).ca_certificates).toBe(pem.trim());
    expect(changeOf(draftOf(trusting), trusting)).toEqual({});
    expect(changeOf({ ...draftOf(trusting), ca_certificates: " " }, trusting)).toEqual({ ca_certificates: "" });
  });

  it("keeps secret and keys that were not typed again", () => {
    expect(wrongFields(draftOf(server), false)).toEqual([]);
  });
});
