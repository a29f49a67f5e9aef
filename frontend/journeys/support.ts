// SPDX-License-Identifier: EUPL-1.2
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { type Browser, type Locator, type Page, expect } from "@playwright/test";

export const PASSWORD = "vconf-demo";
const PICTURES = fileURLToPath(new URL("../../docs/pictures/", import.meta.url));

/** What must not happen on any page: script errors, blocked content, requests to other hosts. */
const wrongs = new Map<Page, string[]>();

/** A page in a browser of its own, as on another person's desk. */
export async function newDesk(browser: Browser, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  // Whatever language an account has been left in, a fresh desk begins in German.
  await page.addInitScript(() => {
    const framed = window.top !== window; // a mail shown in a sandbox has no storage
    if (!framed && !localStorage.getItem("vconf-language")) localStorage.setItem("vconf-language", "de");
  });
  const found: string[] = [];
  wrongs.set(page, found);
  page.on("pageerror", (error) => found.push(`script error: ${error.message}`));
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) found.push(message.text());
  });
  page.on("request", (request) => {
    if (new URL(request.url()).hostname !== "127.0.0.1" && /^https?:/.test(request.url())) {
      found.push(`request to another host: ${request.url()}`);
    }
  });
  return page;
}

export function expectNothingWrong(...pages: Page[]): void {
  expect(pages.flatMap((page) => wrongs.get(page) ?? [])).toEqual([]);
}

export async function signIn(page: Page, email: string, next = "/"): Promise<void> {
  await page.goto(`/login?next=${encodeURIComponent(next)}`);
  await page.getByLabel("E-Mail-Adresse").fill(email);
  await page.getByLabel("Passwort").fill(PASSWORD);
  await page.getByRole("button", { name: "Anmelden", exact: true }).click();
  await expect(page.getByRole("button", { name: "Raum buchen", exact: true })).toBeVisible();
}

/** What a page would send, without the page. */
export async function post<T>(page: Page, path: string, data: object): Promise<T> {
  const csrf = (await page.context().cookies()).find(({ name }) => name === "csrftoken")!.value;
  const answer = await page.request.post(path, { headers: { "X-CSRFToken": csrf }, data });
  expect(answer.status(), await answer.text()).toBe(201);
  return (await answer.json()) as T;
}

/** No finding by axe at all, colours included, or none of these rules. */
export async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
  // In one piece, and only the findings in full: half the time of axe's way through a page of its own.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ["violations"], ...(rules ? { runOnly: { type: "rule", values: rules } } : {}) })
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
}

/** Nothing is cut off or needs scrolling sideways. */
export async function expectFits(page: Page): Promise<void> {
  const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(content).toBeLessThanOrEqual(width!);
}

/** Save what is seen for the documentation, when asked to by VCONF_PICTURES=1. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  if (process.env.VCONF_PICTURES !== "1") return;
  await page.screenshot({ path: `${PICTURES}${name}.png`, animations: "disabled", fullPage });
}

export function card(page: Page, room: string): Locator {
  return page.getByRole("article", { name: room, exact: true });
}

/** Tab on until the element has the focus, checking each stop on the way. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    await expect
      .poll(() => hiddenFocus(page), { message: `the focus on the way to ${wanted}`, timeout: 3_000 })
      .toBeNull();
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`The keyboard does not reach ${wanted}.`);
}

/** The focused element if one cannot see it: no outline on it or around it, or something over its middle. */
async function hiddenFocus(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null; // the browser's own controls
    const outlined = [focused, focused.parentElement].some((element) => {
      const style = element && getComputedStyle(element);
      return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    });
    const box = focused.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const uncovered = top !== null && (focused.contains(top) || top.contains(focused));
    return outlined && uncovered
      ? null
      : `outlined ${outlined}, uncovered ${uncovered}: ${focused.outerHTML.slice(0, 200)}`;
  });
}
