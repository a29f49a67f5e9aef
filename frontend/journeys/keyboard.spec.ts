// SPDX-License-Identifier: EUPL-1.2
/** Everything without a mouse: the focus is always visible, never covered, and comes back to where it was. */
import { expect, test } from "@playwright/test";
import { expectNothingWrong, newDesk, PASSWORD, tabTo } from "./support";

test("book, look and cancel by keyboard alone", async ({ browser }) => {
  const page = await newDesk(browser, { reducedMotion: "reduce" });
  const title = `Nur mit Tasten ${Date.now()}`;

  await page.goto("/login");
  await expect(page.getByRole("heading", { level: 1, name: "Anmelden" })).toBeVisible();
  await tabTo(page, page.getByRole("textbox", { name: "E-Mail-Adresse" }));
  await page.keyboard.type("clara@fm.mv.example");
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Räume" })).toBeVisible();

  await tabTo(page, page.getByRole("button", { name: "Raum buchen" }));
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Raum buchen" });
  await expect(dialog.getByLabel("Titel")).toBeFocused();
  await page.keyboard.type(title);
  // Tomorrow: today's bookings of the other journeys shall not be in the way.
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toLocaleDateString("en-CA", { timeZone: "Europe/Berlin" });
  await dialog.getByLabel("Datum").fill(tomorrow);
  await tabTo(page, page.getByRole("spinbutton", { name: "Personen" }));
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("6");
  await tabTo(page, page.getByRole("combobox", { name: /Teilnehmer/ }));
  await page.keyboard.type("anna");
  await expect(dialog.getByRole("listbox").getByRole("option").first()).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("list", { name: "Eingeladen werden" })).toContainText("Anna");
  await expect(dialog.getByText(/^Vorschlag: /)).toBeVisible();
  await tabTo(page, page.getByRole("radio", { name: /Irgendein passender Raum/ }));
  await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("radio").nth(1)).toBeChecked();
  await tabTo(page, page.getByRole("button", { name: "Verbindlich buchen" }));
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "Gebucht" })).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: "Buchung öffnen" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeFocused();

  await tabTo(page, page.getByRole("button", { name: "Buchung absagen" }));
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Buchung absagen" });
  await expect(question).toContainText("1 Person erhält eine Absage");
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(page.getByRole("button", { name: "Buchung absagen" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, question.getByRole("button", { name: "Buchung absagen" }));
  await page.keyboard.press("Enter");
  await expect(page.getByText(/Diese Buchung ist abgesagt/)).toBeVisible();

  expectNothingWrong(page);
});

test("a free stretch of the day opens the dialog with room and time", async ({ browser }) => {
  const page = await newDesk(browser, { reducedMotion: "reduce" });
  await page.goto("/login?next=/day%3Fdate%3D2027-01-12");
  await page.getByLabel("E-Mail-Adresse").fill("clara@fm.mv.example");
  await page.getByLabel("Passwort").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Tagesansicht" })).toBeVisible();

  const gap = page.getByRole("button", { name: /frei 07:00–.* Uhr: buchen/ }).first();
  await tabTo(page, gap);
  const room = (await gap.getAttribute("aria-label"))!.split(", frei")[0]!;
  await page.keyboard.press("Enter");

  const dialog = page.getByRole("dialog", { name: "Raum buchen" });
  await expect(dialog.getByLabel("Datum")).toHaveValue("2027-01-12");
  await expect(dialog.getByLabel("Beginn")).toHaveValue("07:00");
  await expect(dialog.getByRole("radio", { name: new RegExp(`^${room}`) })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(gap).toBeFocused();
});
