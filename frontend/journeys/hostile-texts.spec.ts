// SPDX-License-Identifier: EUPL-1.2
/** R7.1: what people type is text on every page, in every field and every mail; R7.2: all pages work under their policy. */
import { type Page, expect, test } from "@playwright/test";
import { expectNothingWrong, newDesk, signIn } from "./support";

const TEXT = `"><script>window.hacked=1</script><img src=x onerror="window.hacked=1">{{7*7}}`;

async function hacked(page: Page): Promise<unknown> {
  return page.evaluate(() => (window as { hacked?: unknown }).hacked);
}

test("texts that are markup elsewhere are only texts here", async ({ browser }) => {
  const anna = await newDesk(browser);
  const guest = await newDesk(browser);
  await signIn(anna, "anna@im.mv.example");
  const csrf = (await anna.context().cookies()).find(({ name }) => name === "csrftoken")!.value;
  const answer = await anna.request.post("/api/v1/bookings", {
    headers: { "X-CSRFToken": csrf },
    data: {
      title: TEXT,
      description: TEXT,
      starts_at: new Date(Date.now() + 60_000).toISOString(),
      duration: 30,
      seats: 4,
      attendees: [{ email: "gast@anderswo.example", name: TEXT }],
    },
  });
  expect(answer.status()).toBe(201);
  const booking = (await answer.json()) as { id: string; join_url: string };

  for (const path of ["/", "/day", "/bookings", `/bookings/${booking.id}`, booking.join_url]) {
    await test.step(`Anna at ${path}`, async () => {
      await anna.goto(path);
      // Wherever it stands, it stands there as it was typed.
      await expect(anna.getByText("onerror=").first()).toBeVisible();
      expect(await hacked(anna)).toBeUndefined();
    });
  }

  await test.step("the mails", async () => {
    await expect(async () => {
      await anna.goto("/mails/");
      await expect(anna.getByRole("link", { name: /onerror=/ }).first()).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await anna
      .getByRole("link", { name: /onerror=/ })
      .first()
      .click();
    await expect(anna.getByRole("heading", { level: 1, name: /onerror=/ })).toBeVisible();
    await expect(anna.frameLocator("iframe").getByText("onerror=").first()).toBeVisible();
    expect(await hacked(anna)).toBeUndefined();
  });

  await test.step("a guest's name comes back as it was typed", async () => {
    await guest.goto(booking.join_url);
    await guest.getByLabel("Ihr Name").fill(TEXT);
    await guest.getByText("Ich moderiere").click();
    await guest.getByLabel("Moderations-PIN").fill("000000000");
    await guest.getByRole("button", { name: "Beitreten", exact: true }).click();
    await expect(guest.getByRole("alert")).toBeVisible();
    await expect(guest.getByLabel("Ihr Name")).toHaveValue(TEXT.slice(0, 80));
    expect(await hacked(guest)).toBeUndefined();
  });

  for (const path of [
    "/quotas",
    "/barrierefreiheit",
    "/datenschutz",
    "/api/docs/",
    "/api/docs/problems",
    "/r/mueritz",
  ]) {
    await anna.goto(path);
    await expect(anna.getByRole("heading").first()).toBeVisible();
  }
  expectNothingWrong(anna, guest);
  await anna.request.delete(`/api/v1/bookings/${booking.id}`, { headers: { "X-CSRFToken": csrf } });
});
