// SPDX-License-Identifier: EUPL-1.2
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { setupServer } from "msw/node";
import { onTestFinished, vi } from "vitest";
import { App } from "@/app/App";
import { type Backend, createBackend } from "./backend";
import { FakeSocket } from "./fake-socket";

let running: ReturnType<typeof setupServer> | undefined;

/** Answers the API from memory until the test is over; a request nobody answers fails the test. */
function serve(backend: Backend): void {
  running?.close();
  running = setupServer(...backend.handlers);
  running.listen({ onUnhandledRequest: "error" });
  vi.stubGlobal("WebSocket", FakeSocket); // the server brings one of its own
  onTestFinished(() => running?.close());
}

/** The whole app at an address, as a person meets it. */
export function renderApp(path: string, backend: Backend = createBackend()) {
  serve(backend);
  FakeSocket.onSend = (socket, message) => {
    if (message.type === "subscribe") {
      const rooms = backend.rooms.flatMap((room) => room.status ?? []);
      socket.receive({ type: "snapshot", version: backend.version, rooms });
    }
  };
  window.history.pushState(null, "", path);
  return { backend, user: userEvent.setup(), ...render(<App />) };
}

/** As where rooms can be invited by mail. */
export function takeMails(): void {
  const meta = document.createElement("meta");
  meta.name = "vconf-any-room";
  meta.content = "raum";
  document.head.append(meta);
  onTestFinished(() => meta.remove());
}

/** What axe finds wrong, as readable lines. Colours need a real browser and are checked in the journey. */
export async function axeFindings(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}
