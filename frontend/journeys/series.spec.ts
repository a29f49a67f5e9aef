// SPDX-License-Identifier: EUPL-1.2
/** A series with a conflict, changed on its page and told by its history; and a room that somebody has to approve. */
import { type Locator, type Page, expect, test } from "@playwright/test";
import type { components } from "../src/lib/api/schema";
import { expectAccessible, expectFits, expectNothingWrong, newDesk, picture, post, signIn } from "./support";

type Schemas = components["schemas"];

/** Wall date in Berlin, so many days from now. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 24 * 3_600_000).toLocaleDateString("en-CA", { timeZone: "Europe/Berlin" });
}

const STAMP = process.env.VCONF_PICTURES === "1" ? "" : ` ${Date.now()}`;

/** A room of its own, so that the other journeys do not get in the way: by the admin of the ministry. */
async function newRoom(admin: Page, name: string, settings: object): Promise<Schemas["Room"]> {
  const rooms = (await (await admin.request.get("/api/v1/rooms")).json()) as Schemas["RoomPage"];
  const like = rooms.results.find(({ authority }) => authority.short_name === "IM")!;
  const authority = like.authority.id;
  const roomClass = await post<Schemas["RoomClass"]>(admin, "/api/v1/room-classes", { name, authority, settings });
  return post<Schemas["Room"]>(admin, "/api/v1/rooms", {
    name,
    address: `${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}@raum.mv.example`,
    seats: 40,
    pool: like.pool!.id,
    room_class: roomClass.id,
    authority,
  });
}

async function openDialog(page: Page, room: string, title: string, day: string, time: string): Promise<Locator> {
  await page.goto(`/?q=${encodeURIComponent(room)}`);
  await page.getByRole("button", { name: `${room} buchen`, exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Raum buchen" });
  await dialog.getByLabel("Titel").fill(title);
  await dialog.getByLabel("Datum").fill(day);
  await dialog.getByLabel("Beginn").fill(time);
  await dialog.getByRole("spinbutton", { name: "Personen" }).fill("12");
  return dialog;
}

test("book a series around a conflict, drop a date and take it back, move the rest, read the history", async ({
  browser,
}) => {
  const admin = await newDesk(browser);
  const anna = await newDesk(browser);
  await signIn(admin, "admin@im.mv.example");
  await signIn(anna, "anna@im.mv.example");
  const room = await newRoom(admin, `Haffblick${STAMP}`, {});
  const title = `Jour fixe der Abteilung 4${STAMP}`;
  await post(admin, "/api/v1/bookings", {
    title: "Schon da",
    starts_at: `${inDays(21)}T10:00`,
    duration: "PT1H",
    timezone: "Europe/Berlin",
    room: room.id,
  });
  const dates = () => anna.getByRole("region", { name: /^Termine/ }).getByRole("listitem");

  await test.step("conflicts are named while she types; the rest is booked", async () => {
    const dialog = await openDialog(anna, room.name, title, inDays(7), "10:00");
    await dialog.getByLabel("Wiederholen").selectOption({ label: "Wöchentlich" });
    await dialog.getByLabel("Endet").selectOption({ label: "nach Anzahl" });
    await dialog.getByLabel("Zahl der Termine").fill("6");
    await dialog.getByRole("combobox", { name: /Teilnehmer/ }).fill("bernd@im.mv.example,");
    await expect(dialog.getByText("5 von 6 Terminen passen")).toBeVisible();
    await expect(dialog.getByText(/^Wiederholung: jede Woche/)).toBeVisible();
    await dialog.getByText("Termine der Serie").scrollIntoViewIfNeeded();
    await expectAccessible(anna);
    await picture(anna, "series-dialog");
    await dialog.getByRole("checkbox", { name: /Nur die Termine buchen, die passen/ }).check();
    await dialog.getByRole("button", { name: "Verbindlich buchen" }).click();
    const done = anna.getByRole("dialog", { name: "Buchung" });
    await expect(done.getByText("1 Termin ist nicht möglich")).toBeVisible();
    await expectAccessible(anna);
    await done.getByRole("link", { name: "Buchung öffnen" }).click();
  });

  await test.step("the refused date gets another time", async () => {
    await expect(anna.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(dates().filter({ hasText: "abgelehnt" })).toHaveCount(1);
    await anna
      .getByText("Stattdessen nehmen:")
      .locator("xpath=..")
      .getByRole("button")
      .filter({ hasText: "Uhr" })
      .first()
      .click();
    await expect(anna.getByText("1 Termin ist nicht möglich")).toBeHidden();
    await expect(dates()).toHaveCount(6);
    await expect(dates().filter({ hasText: "abgelehnt" })).toHaveCount(0);
  });

  await test.step("she drops a date, and takes it back", async () => {
    await dates()
      .nth(1)
      .getByRole("button", { name: /absagen$/ })
      .click();
    const question = anna.getByRole("dialog", { name: "Termine absagen" });
    await expect(question).toContainText("1 Person erhält eine Absage");
    await expectAccessible(anna);
    await question.getByRole("button", { name: "1 Termin absagen" }).click();
    await expect(dates().nth(1)).toContainText("abgesagt");
    await expectAccessible(anna);
    await anna.getByRole("button", { name: "Rückgängig", exact: true }).first().click();
    await expect(dates().nth(1)).not.toContainText("abgesagt");
  });

  await test.step("she moves a date and all that follow", async () => {
    await dates()
      .nth(3)
      .getByRole("button", { name: /ändern$/ })
      .click();
    await anna.getByRole("radio", { name: /Diesen und alle folgenden/ }).check();
    await anna.getByRole("button", { name: "Weiter" }).click();
    const dialog = anna.getByRole("dialog", { name: "Diesen und folgende Termine ändern" });
    await dialog.getByLabel("Beginn").fill("13:00");
    await expect(dialog.getByText("Alle 3 Termine passen")).toBeVisible();
    await dialog.getByRole("button", { name: "Speichern" }).click();
    await anna.getByRole("link", { name: "Buchung öffnen" }).click();
    await expect(dates()).toHaveCount(3);
    await expect(dates().first()).toContainText("13:00–14:00");
  });

  await test.step("the history tells it", async () => {
    const history = anna.getByRole("region", { name: "Verlauf" });
    await expect(history).toContainText(/Anna \S+ hat die (Serie geteilt|Buchung geändert)/);
    await anna.goto("/bookings");
    await anna.getByRole("link", { name: title }).first().click();
    await expect(history).toContainText(/Anna \S+ hat gebucht|ältere Einträge zeigen/);
    await expect(history).toContainText("hat eine Absage zurückgenommen");
    await expectAccessible(anna);
    await expectFits(anna);
    await picture(anna, "series-page", true);
  });

  expectNothingWrong(anna, admin);
});

test("ask for a room that somebody decides about, and get it", async ({ browser }) => {
  const admin = await newDesk(browser);
  const anna = await newDesk(browser);
  await signIn(admin, "admin@im.mv.example");
  await signIn(anna, "anna@im.mv.example");
  const room = await newRoom(admin, `Kaisersaal${STAMP}`, { approval: "always" });
  const title = `Empfang der Ministerin${STAMP}`;

  await test.step("Anna asks", async () => {
    const dialog = await openDialog(anna, room.name, title, inDays(9), "16:00");
    await expect(dialog.getByText(/muss genehmigt werden/)).toBeVisible();
    await dialog.getByRole("button", { name: "Verbindlich buchen" }).click();
    await expect(anna.getByRole("heading", { name: "Zur Genehmigung vorgelegt" })).toBeFocused();
    await anna.getByRole("link", { name: "Buchung öffnen" }).click();
    await expect(anna.getByText(/Ohne Entscheidung verfällt die Anfrage/)).toBeVisible();
    await expectAccessible(anna);
  });

  await test.step("the admin finds it waiting, and approves", async () => {
    await admin.goto("/");
    await admin.getByRole("link", { name: /^Genehmigungen \d+ Anfragen? warte/ }).click();
    const request = admin.getByRole("article", { name: title, exact: true });
    await expect(request).toContainText(room.name);
    await expectAccessible(admin);
    await picture(admin, "approvals");
    await request.getByRole("button", { name: "Genehmigen" }).click();
    const question = admin.getByRole("dialog", { name: "Anfrage genehmigen" });
    await expectAccessible(admin);
    await question.getByRole("button", { name: "Genehmigen" }).click();
    await expect(request).toBeHidden();
    await admin.getByRole("link", { name: "Entschieden" }).click();
    await expect(admin.getByRole("article", { name: title, exact: true })).toContainText("Genehmigt");
  });

  await test.step("Anna sees it confirmed", async () => {
    await anna.reload();
    await expect(anna.getByText("Bestätigt")).toBeVisible();
    await expect(anna.getByText(/Ohne Entscheidung verfällt/)).toBeHidden();
    await expect(anna.getByRole("region", { name: "Verlauf" })).toContainText("hat die Buchung genehmigt");
  });

  expectNothingWrong(anna, admin);
});
