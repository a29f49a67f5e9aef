// SPDX-License-Identifier: EUPL-1.2
/** Somebody invited would like another time: proposed on the page, taken by the organiser with one key, seen by all. */
import { type Browser, type Page, expect, test } from "@playwright/test";
import type { components } from "../src/lib/api/schema";
import { expectAccessible, expectFits, expectNothingWrong, newDesk, picture, post, signIn, tabTo } from "./support";

type Booking = components["schemas"]["Booking"];

/** So many days ahead, at an hour of the wall clock. */
function moment(days: number, hour: number): string {
  const day = new Date(Date.now() + days * 24 * 3_600_000).toLocaleDateString("en-CA", { timeZone: "Europe/Berlin" });
  return `${day}T${String(hour).padStart(2, "0")}:00`;
}

/** The page on a narrow screen, in the dark, in English: nothing wrong with it there either. */
async function looksRight(browser: Browser, page: Page): Promise<void> {
  const storageState = await page.context().storageState();
  const narrow = await newDesk(browser, { storageState, viewport: { width: 320, height: 640 }, colorScheme: "dark" });
  await narrow.goto(page.url());
  await expect(narrow.getByRole("heading", { level: 2 }).first()).toBeVisible();
  await narrow.getByRole("button", { name: "English" }).click();
  await expectAccessible(narrow);
  await expectFits(narrow);
  await narrow.getByRole("button", { name: "Deutsch" }).click();
  await narrow.context().close();
}

test("another time is proposed, taken by keyboard, and a second one declined", async ({ browser }) => {
  const anna = await newDesk(browser, { reducedMotion: "reduce" });
  const bernd = await newDesk(browser);
  await signIn(anna, "anna@im.mv.example");
  await signIn(bernd, "bernd@im.mv.example");
  const title = `Haushalt ${Date.now()}`;
  const booking = await post<Booking>(anna, "/api/v1/bookings", {
    title,
    starts_at: moment(3, 9),
    duration: 60,
    seats: 4,
    attendees: [{ email: "bernd@im.mv.example" }],
  });

  const propose = async (time: string, comment: string) => {
    await bernd.goto(`/bookings/${booking.id}`);
    await bernd.getByRole("button", { name: "Andere Zeit vorschlagen" }).click();
    const form = bernd.getByRole("form", { name: "Andere Zeit vorschlagen" });
    await form.getByLabel("Beginn").fill(time);
    await form.getByLabel(/^Nachricht/).fill(comment);
    if (comment) await expectAccessible(bernd);
    await form.getByRole("button", { name: "Vorschlagen" }).click();
    await expect(bernd.getByText("Die einladende Person entscheidet.")).toBeVisible();
  };

  await test.step("Bernd proposes two hours later", async () => {
    await propose("11:00", "Vorher bin ich <b>im Zug</b>.");
  });

  await test.step("Anna gets a mail, and a look at it changes nothing", async () => {
    await expect(async () => {
      await anna.goto("/mails/");
      await expect(anna.getByRole("link", { name: `Andere Zeit vorgeschlagen: ${title}` })).toBeVisible({
        timeout: 1_000,
      });
    }).toPass();
    await anna.getByRole("link", { name: `Andere Zeit vorgeschlagen: ${title}` }).click();
    await expect(anna.frameLocator("iframe").getByText("im Zug")).toBeVisible();
    await anna.goto(`/bookings/${booking.id}`);
    await expect(anna.getByText("„Vorher bin ich <b>im Zug</b>.“")).toBeVisible();
    await expectAccessible(anna);
    await picture(anna, "proposal");
    await looksRight(browser, anna);
  });

  await test.step("Anna takes it with the keyboard", async () => {
    await anna.reload();
    await expect(anna.getByRole("region", { name: /^Vorgeschlagene Zeiten/ })).toBeVisible();
    await tabTo(anna, anna.getByRole("button", { name: /^Diese Zeit übernehmen/ }));
    await anna.keyboard.press("Enter");
    await expect(anna.getByRole("heading", { name: "Vorgeschlagene Zeiten" })).toBeFocused();
    await expect(anna.getByText(/11:00–12:00 Uhr$/).first()).toBeVisible();
    await anna.goto(`/day?date=${moment(3, 9).slice(0, 10)}`);
    await expect(anna.getByText(title).first()).toBeVisible();
    const { occurrences } = (await (await anna.request.get(`/api/v1/bookings/${booking.id}`)).json()) as Booking;
    expect(new Date(occurrences[0]!.starts_at).getTime() - new Date(booking.starts_at).getTime()).toBe(2 * 3_600_000);
  });

  await test.step("a second one is declined", async () => {
    await propose("15:00", "");
    await anna.goto(`/bookings/${booking.id}`);
    await expect(anna.getByRole("region", { name: /^Vorgeschlagene Zeiten/ })).toBeVisible();
    await tabTo(anna, anna.getByRole("button", { name: /^Ablehnen/ }));
    await anna.keyboard.press("Enter");
    await expect(anna.getByText("2 erledigte Vorschläge")).toBeVisible();
    await bernd.reload();
    await bernd.getByText("2 erledigte Vorschläge").click();
    await expect(bernd.getByText("abgelehnt", { exact: true })).toBeVisible();
  });

  // The next run on the same server finds the room free again.
  const csrf = (await anna.context().cookies()).find(({ name }) => name === "csrftoken")!.value;
  await anna.request.delete(`/api/v1/bookings/${booking.id}`, { headers: { "X-CSRFToken": csrf } });
  expectNothingWrong(anna, bernd);
});
