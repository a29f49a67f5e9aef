// SPDX-License-Identifier: EUPL-1.2
import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { i18next } from "@/lib/i18n";
import { FakeSocket } from "./fake-socket";

// Pages are loaded lazily, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 10_000 });

// jsdom knows <dialog> but not how to show it.
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;

beforeEach(async () => {
  FakeSocket.reset();
  vi.stubGlobal("WebSocket", FakeSocket);
  localStorage.clear();
  await i18next.changeLanguage("de");
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
