// SPDX-License-Identifier: EUPL-1.2
/** Everything without a mouse: the focus is always visible, never covered, and comes back to where it was. */
import { type Page, expect, test } from "@playwright/test";
import { expectNothingWrong, newDesk, PASSWORD } from "./support";

/** Tab on until the element with this role and name has the focus, checking each stop on the way. */
async function tabTo(page: Page, role: Parameters<Page["getByRole"]>[0], name: string | RegExp): Promise<void> {
  const wanted = page.getByRole(role, { name }).first();
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    expect(await focusIsVisible(page), `the focus on the way to ${name}`).toBe(true);
    if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) return;
  }
  throw new Error(`The keyboard does not reach ${name}.`);
}

/** Whether something is seen at the focus: an outline on the element or around it, and nothing over its middle. */
async function focusIsVisible(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return true; // the browser's own controls
    const outlined = [focused, focused.parentElement].some((element) => {
      const style = element && getComputedStyle(element);
      return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    });
    const box = focused.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const uncovered = top !== null && (focused.contains(top) || top.contains(focused));
    return outlined && uncovered;
  });
}

test("book, look and cancel by keyboard alone", async ({ browser }) => {
  const page = await newDesk(browser);
  const title = `Nur mit Tasten ${Date.now()}`;

  await page.goto("/login");
  await tabTo(page, "textbox", "E-Mail-Adresse");
  await page.keyboard.type("clara@fm.mv.example");
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Räume" })).toBeVisible();

  await tabTo(page, "button", "Raum buchen");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Raum buchen" });
  await expect(dialog.getByLabel("Titel")).toBeFocused();
  await page.keyboard.type(title);
  // Tomorrow: today's bookings of the other journeys shall not be in the way.
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toLocaleDateString("en-CA", { timeZone: "Europe/Berlin" });
  await dialog.getByLabel("Datum").fill(tomorrow);
  await tabTo(page, "spinbutton", "Personen");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("6");
  await tabTo(page, "combobox", /Teilnehmer/);
  await page.keyboard.type("anna");
  await expect(dialog.getByRole("option").first()).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("list", { name: "Eingeladen werden" })).toContainText("Anna");
  await page.keyboard.type("Enter closes nothing");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await expect(dialog.getByText(/^Vorschlag: /)).toBeVisible();
  await tabTo(page, "radio", /Irgendein passender Raum/);
  await page.keyboard.press("ArrowDown");
  await expect(dialog.getByRole("radio").nth(1)).toBeChecked();
  await tabTo(page, "button", "Verbindlich buchen");
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { name: "Gebucht" })).toBeFocused();
  await tabTo(page, "link", "Buchung öffnen");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeFocused();

  await tabTo(page, "button", "Buchung absagen");
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: "Buchung absagen" });
  await expect(question).toContainText("1 Person erhält eine Absage");
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(page.getByRole("button", { name: "Buchung absagen" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, "button", "Buchung absagen");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/Diese Buchung ist abgesagt/)).toBeVisible();

  expectNothingWrong(page);
});

test("a free stretch of the day opens the dialog with room and time", async ({ browser }) => {
  const page = await newDesk(browser);
  await page.goto("/login?next=/day%3Fdate%3D2027-01-12");
  await page.getByLabel("E-Mail-Adresse").fill("clara@fm.mv.example");
  await page.getByLabel("Passwort").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Tagesansicht" })).toBeVisible();

  await tabTo(page, "button", /frei 07:00–.* Uhr: buchen/);
  const gap = page.getByRole("button", { name: /frei 07:00–.* Uhr: buchen/ }).first();
  const room = (await gap.getAttribute("aria-label"))!.split(", frei")[0]!;
  await page.keyboard.press("Enter");

  const dialog = page.getByRole("dialog", { name: "Raum buchen" });
  await expect(dialog.getByLabel("Datum")).toHaveValue("2027-01-12");
  await expect(dialog.getByLabel("Beginn")).toHaveValue("07:00");
  await expect(dialog.getByRole("radio", { name: new RegExp(`^${room}`) })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(gap).toBeFocused();
});
