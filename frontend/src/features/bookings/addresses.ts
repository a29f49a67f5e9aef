// SPDX-License-Identifier: EUPL-1.2
import type { AttendeeRole } from "@/lib/api/types";

export interface Invitee {
  email: string;
  name: string;
  role?: AttendeeRole;
}

/** Enough to catch a slip; whether the address exists only the mail server knows. */
const ADDRESS = /^[^\s@<>(),;:"[\]]+@[^\s@<>(),;:"[\]]+\.[^\s@<>(),;:"[\]]{2,}$/;

function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

function parseOne(part: string): Invitee | null {
  const named = part.match(/^"?([^"<]*?)"?\s*<([^<>]+)>$/);
  const email = (named ? named[2]! : part)
    .trim()
    .replace(/^mailto:/i, "")
    .toLowerCase();
  return isAddress(email) ? { email, name: named ? named[1]!.trim() : "" } : null;
}

/**
 * Addresses from typed or pasted text: separated by comma, semicolon, line or tab, alone or as `Name <address>`; bare
 * addresses may be separated by spaces too. `rest` is what could not be read, for the person to correct.
 */
export function parseAddresses(text: string): { found: Invitee[]; rest: string } {
  const found: Invitee[] = [];
  const unread: string[] = [];
  // A comma inside quotes or in "Name, First <address>" belongs to the name.
  const parts = text.match(/(?:"[^"]*"|[^;\n\r\t])+/g) ?? [];
  for (const part of parts.flatMap(splitAtCommas)) {
    const one = parseOne(part.trim());
    if (one) {
      found.push(one);
      continue;
    }
    const words = part.trim().split(/\s+/).map(parseOne);
    if (words.length > 1 && words.every((word) => word !== null)) found.push(...words);
    else if (part.trim()) unread.push(part.trim());
  }
  return { found: withoutDoubles(found), rest: unread.join("; ") };
}

function splitAtCommas(part: string): string[] {
  const pieces = part.split(",");
  const whole: string[] = [];
  let open = "";
  for (const piece of pieces) {
    open = open ? `${open},${piece}` : piece;
    const quotes = open.split('"').length - 1;
    // Without an address yet, the comma is taken as part of a name ("Muster, Anna <anna@...>").
    if (quotes % 2 === 0 && open.includes("@")) {
      whole.push(open);
      open = "";
    }
  }
  return open.trim() ? [...whole, open] : whole;
}

export function withoutDoubles(invitees: Invitee[]): Invitee[] {
  return invitees.filter((invitee, index) => invitees.findIndex((other) => other.email === invitee.email) === index);
}
