// SPDX-License-Identifier: EUPL-1.2
/** A random key; crypto.randomUUID exists only in secure contexts. */
export function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
