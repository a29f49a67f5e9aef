// SPDX-License-Identifier: EUPL-1.2
/** Every page in both languages, both colour schemes, on a wide and on the narrowest screen. */
import { expect, test } from "@playwright/test";
import { expectAccessible, expectFits, expectNothingWrong, newDesk, picture, signIn } from "./support";

const PAGES = [
  { path: "/", name: "board" },
  { path: "/day", name: "day" },
  { path: "/day?view=table", name: "day-table" },
  { path: "/bookings", name: "bookings" },
  { path: "/bookings?when=past", name: "past" },
  { path: "/approvals", name: "approvals" },
  { path: "/approvals?state=decided", name: "decided" },
  { path: "/deputies", name: "deputies" },
  { path: "/calendars", name: "calendars" },
  { path: "/quotas", name: "quotas" },
  { path: "/barrierefreiheit", name: "accessibility" },
  { path: "/datenschutz", name: "privacy" },
  { path: "/bookings/none", name: "missing" },
];

/** What goes into the documentation, when pictures are asked for. */
const PICTURED = new Set(["quotas wide and light", "day-table at 320 pixels"]);

const DESKS = [
  { name: "wide and light", width: 1280, height: 900, colorScheme: "light", languages: ["English", "Deutsch"] },
  { name: "wide and dark", width: 1280, height: 900, colorScheme: "dark", languages: ["Deutsch"] },
  { name: "at 320 pixels", width: 320, height: 640, colorScheme: "light", languages: ["Deutsch"] },
] as const;

for (const { name, width, height, colorScheme, languages } of DESKS) {
  test(`no findings, nothing cut off: ${name}`, async ({ browser }) => {
    const page = await newDesk(browser, { viewport: { width, height }, colorScheme });
    await signIn(page, "admin@im.mv.example");
    await expect(page.getByRole("heading", { level: 1, name: "Räume" })).toBeVisible();

    for (const language of languages) {
      await page.getByRole("button", { name: language }).click();
      for (const { path, name: pageName } of PAGES) {
        await test.step(`${path}, ${language}`, async () => {
          await page.goto(path);
          await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
          await expect(page.getByRole("main").getByRole("status")).toHaveCount(0); // nothing is loading
          await expectAccessible(page);
          await expectFits(page);
          if (language === "Deutsch" && PICTURED.has(`${pageName} ${name}`))
            await picture(page, `${pageName}-${width}`);
        });
      }
      await test.step(`the dialog, ${language}`, async () => {
        await page.goto("/");
        await page.getByRole("button", { name: /^(Raum buchen|Book a room)$/ }).click();
        await expect(page.getByRole("radio").nth(1)).toBeVisible();
        await expectAccessible(page);
        await expectFits(page);
        await page.keyboard.press("Escape");
      });
    }
    expectNothingWrong(page);
  });
}

test("controls are at least 24 pixels wide and high", async ({ browser }) => {
  const page = await newDesk(browser);
  await signIn(page, "admin@im.mv.example");

  for (const { path } of PAGES) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main").getByRole("status")).toHaveCount(0);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("a, button, input, select, textarea, summary")]
        .filter((element) => {
          const { width, height } = element.getBoundingClientRect();
          const inText = element.matches("p a, li a.kern-link, .vc-link-button");
          return width > 0 && !inText && (width < 24 || height < 24) && !element.matches(".vc-skip");
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    expect(small, path).toEqual([]);
  }
});
