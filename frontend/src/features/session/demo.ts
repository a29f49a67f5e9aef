// SPDX-License-Identifier: EUPL-1.2

/** The people of the demo data; the server only marks the page as a demo where they exist. */
export const DEMO_PEOPLE = [
  { email: "anna@im.mv.example", role: "staff" },
  { email: "bernd@im.mv.example", role: "staff" },
  { email: "clara@fm.mv.example", role: "otherStaff" },
  { email: "admin@im.mv.example", role: "admin" },
  { email: "operator@mv.example", role: "operator" },
] as const;

export const DEMO_PASSWORD = "vconf-demo";

export function isDemo(): boolean {
  return document.querySelector<HTMLMetaElement>('meta[name="vconf-demo"]')?.content === "1";
}
