// SPDX-License-Identifier: EUPL-1.2
/** The join page in each of its states, as people without an account see it: wide and German, narrow, dark and English. */
import { type Browser, type Page, expect, test } from "@playwright/test";
import type { components } from "../src/lib/api/schema";
import { expectAccessible, expectFits, expectNothingWrong, newDesk, picture, post, signIn } from "./support";

type Schemas = components["schemas"];

/** What goes into the documentation, when pictures are asked for. */
const PICTURED = new Set("early late open closed ended cancelled full waiting no-server degraded pin-limit".split(" "));

/** Wall time in Berlin, where all desks stand, so many minutes from now. */
function soon(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toLocaleString("sv", { timeZone: "Europe/Berlin" }).replace(" ", "T");
}

/** Pages that wait load themselves again after a while: not while they are looked at. */
const holdStill = (page: Page) =>
  page.evaluate(() => {
    for (let timer = window.setTimeout(() => {}); timer > 0; timer -= 1) window.clearTimeout(timer);
  });

const pressJoin = (page: Page) => page.locator("button[type=submit]").click();

/** Desks to look from, and all that brings the page into a state. */
async function newStage(browser: Browser) {
  const operator = await newDesk(browser);
  const anna = await newDesk(browser);
  const wide = await newDesk(browser, { colorScheme: "light" });
  const narrow = await newDesk(browser, {
    colorScheme: "dark",
    viewport: { width: 360, height: 740 },
    locale: "en-GB",
  });
  await signIn(operator, "operator@mv.example");
  await signIn(anna, "anna@im.mv.example");
  const tag = Date.now();

  const get = async <T>(path: string) => (await (await operator.request.get(path)).json()) as T;
  const change = async (page: Page, method: "PATCH" | "DELETE" | "POST", path: string, data: object = {}) => {
    const csrf = (await page.context().cookies()).find(({ name }) => name === "csrftoken")!.value;
    const answer = await page.request.fetch(path, { method, headers: { "X-CSRFToken": csrf }, data });
    expect(answer.ok(), await answer.text()).toBe(true);
  };
  const { results: authorities } = await get<Schemas["AuthorityPage"]>("/api/v1/authorities?page_size=200");
  const interior = authorities.find(({ short_name }) => short_name === "IM")!.id;
  const { results: pools } = await get<Schemas["PoolPage"]>("/api/v1/pools");
  const { results: servers } = await get<Schemas["ServerPage"]>("/api/v1/servers");
  const working = servers.find(({ kind, state }) => kind === "bigbluebutton" && state === "enabled")!.pool.id;
  expect(pools.map(({ id }) => id)).toContain(working);

  let rooms = 0;
  const newRoom = async (pool: string, settings: object = {}, seats = 5) => {
    rooms += 1;
    const name = `Raum ${rooms} ${tag}`;
    const kind = { name, authority: interior, settings: { lobby: false, ask_pin: false, ...settings } };
    const { id } = await post<Schemas["RoomClass"]>(operator, "/api/v1/room-classes", kind);
    const address = `raum-${rooms}-${tag}@raum.mv.example`;
    return post<Schemas["Room"]>(operator, "/api/v1/rooms", {
      ...{ name, address, seats, pool, room_class: id, authority: interior },
    });
  };
  /** A pool of its own with one server, at an address where nobody is. */
  const newPool = async (name: string) => {
    const pool = await post<Schemas["Pool"]>(operator, "/api/v1/pools", { name: `${name} ${tag}` });
    const server = await post<Schemas["Server"]>(operator, "/api/v1/servers?unchecked=true", {
      ...{ kind: "bigbluebutton", name: `${name} ${tag}`, base_url: "http://127.0.0.1:9/bigbluebutton/api/" },
      ...{ secret: "nobody is told this ever", pool: pool.id, seats: 50 },
    });
    return { pool: pool.id, server: server.id };
  };
  const title = "Lage zum Onlinezugang";
  const now = (room: Schemas["Room"]) =>
    post<Schemas["Booking"]>(anna, "/api/v1/bookings/instant", { title, room: room.id, seats: room.seats });
  const later = (room: Schemas["Room"], minutes: number) =>
    post<Schemas["Booking"]>(anna, "/api/v1/bookings", {
      ...{ title, starts_at: soon(minutes), duration: "PT1H", timezone: "Europe/Berlin", room: room.id, seats: 3 },
    });

  /** Open a state on both desks and look at it there. */
  const look = (name: string, url: string, act?: (page: Page) => Promise<void>, says?: [RegExp, RegExp]) =>
    test.step(name, async () => {
      for (const [index, page] of [wide, narrow].entries()) {
        await page.goto(url);
        await act?.(page);
        await expect(async () => {
          if (says) await expect(page.getByRole("main")).toContainText(says[index]!);
          await holdStill(page);
        }).toPass({ timeout: 30_000 });
        // The same elements on both: of the second desk only its colours are new.
        await expectAccessible(page, page === wide ? undefined : ["color-contrast"]);
        await expectFits(page);
      }
      if (PICTURED.has(name)) await picture(wide, `join-${name}`, true);
    });
  const named = async (page: Page) => {
    await page.locator("#name").fill("Greta Gast");
    await pressJoin(page);
  };
  return { anna, operator, wide, narrow, working, change, newRoom, newPool, now, later, look, named };
}

test("the join page before, during and after a meeting has no findings, and nothing is cut off", async ({ browser }) => {
  test.setTimeout(240_000);
  const { anna, operator, wide, narrow, working, change, newRoom, now, later, look, named } = await newStage(browser);
  const plain = await newRoom(working);
  const early = await later(plain, 60);
  await look("early", early.join_url!, undefined, [/öffnet/, /opens/]);
  await change(anna, "DELETE", `/api/v1/bookings/${early.id}`);
  await look("cancelled", early.join_url!, undefined, [/abgesagt/, /cancelled/]);

  const running = await now(plain);
  await look("late", running.join_url!, undefined, [/hat .*begonnen/, /began/]);
  await look("wrong", running.join_url!, pressJoin, [/Bitte geben Sie Ihren Namen ein/, /Please enter your name/]);
  await change(anna, "POST", `/api/v1/occurrences/${running.occurrences[0]!.id}/end`);
  await look("ended", running.join_url!, undefined, [/ist zu Ende/, /over/]);

  const open = await later(await newRoom(working), 10);
  await look("open", open.join_url!, undefined, [/beginnt/, /begins/]);

  const closed = await later(await newRoom(working, { lobby: true, ask_pin: true, recording: true }), 10);
  await look("closed", closed.join_url!, undefined, [/Wartebereich/, /lobby/]);
  await look("consent", closed.join_url!, named, [/aufgezeichnet/, /recorded/]);

  await look("unknown", "/j/nobodyknowsthislink", undefined, [/führt nirgendwohin/, /leads nowhere/]);
  await look("room", `/r/${plain.slug}`, undefined, [/PIN der Konferenz/, /PIN of the meeting/]);
  expectNothingWrong(anna, operator, wide, narrow);
});

test("the join page has no findings when something is in the way", async ({ browser }) => {
  test.setTimeout(240_000);
  const { anna, operator, wide, narrow, working, change, newRoom, newPool, now, later, look, named } =
    await newStage(browser);

  await test.step("a seat is taken", async () => {
    const single = await now(await newRoom(working, {}, 1));
    const first = await newDesk(browser);
    await first.goto(single.join_url!);
    await named(first);
    await first.waitForURL(/html5client/, { timeout: 60_000 });
    await look("full", single.join_url!, named, [/ist voll/, /is full/]);
  });

  await test.step("no server is in use", async () => {
    const { pool, server } = await newPool("Außer Betrieb");
    const none = await later(await newRoom(pool), 10);
    await change(operator, "PATCH", `/api/v1/servers/${server}`, { state: "disabled" });
    await look("no-server", none.join_url!, named, [/kein Konferenzserver frei/, /No conference server is free/]);
  });

  await test.step("the server does not answer", async () => {
    const { pool } = await newPool("Stumm");
    const lost = await now(await newRoom(pool));
    await look("waiting", lost.join_url!, named, [/nicht erreichbar|ausgefallen/, /cannot be reached|has failed/]);
    // It is down after three looks, and no other can take the meeting.
    await expect(async () => {
      await wide.goto(lost.join_url!);
      await expect(wide.getByRole("status").first()).toContainText("ausgefallen", { timeout: 1_000 });
    }).toPass({ timeout: 60_000 });
    await look("degraded", lost.join_url!, undefined, [/ausgefallen/, /has failed/]);
  });

  const closed = await later(await newRoom(working, { ask_pin: true }), 10);
  // Last, for it is this whole address that may try no more for a while.
  const guess = async (page: Page) => {
    for (
      let tries = 0;
      tries < 25 && !/zu viele|too many/i.test(await page.getByRole("main").innerText());
      tries += 1
    ) {
      await page.locator("#name").fill("Greta Gast");
      await page.locator("#pin").fill("123 456 789");
      await pressJoin(page);
    }
  };
  await look("pin-limit", closed.join_url!, guess, [/zu viele falsche PINs/, /Too many wrong PINs/]);
  expectNothingWrong(anna, operator, wide, narrow);
});

test("without JavaScript, and by keyboard alone, a guest gets in", async ({ browser }) => {
  const anna = await newDesk(browser);
  await signIn(anna, "anna@im.mv.example");
  const booking = await post<Schemas["Booking"]>(anna, "/api/v1/bookings/instant", { title: "Ohne alles", seats: 3 });
  const guest = await newDesk(browser, { javaScriptEnabled: false });

  await guest.goto(booking.join_url!);
  await guest.keyboard.press("Tab");
  await expect(guest.getByRole("link", { name: "Zum Inhalt springen" })).toBeFocused();
  await guest.keyboard.press("Enter");
  await guest.keyboard.press("Tab");
  await expect(guest.locator("#name")).toBeFocused();
  await guest.keyboard.type("Greta Gast");
  await guest.keyboard.press("Enter");

  // The waiting page, if there is one, reloads itself by its header.
  await guest.waitForURL(/html5client|\/vconf-/, { timeout: 60_000 });
  const [occurrence] = booking.occurrences;
  const csrf = (await anna.context().cookies()).find(({ name }) => name === "csrftoken")!.value;
  await anna.request.post(`/api/v1/occurrences/${occurrence!.id}/end`, { headers: { "X-CSRFToken": csrf } });
});
