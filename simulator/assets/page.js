// SPDX-License-Identifier: EUPL-1.2
// Keeps the page in step with the meeting. The open connection is also what counts somebody in: when it is gone for some
// seconds, they have left.
"use strict";

const page = document.querySelector("main[data-session]");
const session = page.dataset.session;

function count(number) {
  return (number === 1 ? page.dataset.one : page.dataset.many).replace("%d", String(number));
}

function person(name, role) {
  const item = document.createElement("li");
  const label = document.createElement("span");
  label.textContent = name;
  const rank = document.createElement("span");
  rank.textContent = role;
  item.append(label, rank);
  return item;
}

function guest(id, name) {
  const item = document.createElement("li");
  const label = document.createElement("span");
  label.textContent = name;
  const form = document.createElement("form");
  form.method = "post";
  form.action = page.dataset.client + "/admit";
  for (const [field, value] of [
    ["sessionToken", session],
    ["user", id],
  ]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = field;
    input.value = value;
    form.append(input);
  }
  const button = document.createElement("button");
  button.className = "small";
  button.textContent = page.dataset.admit.replace("%s", name);
  form.append(button);
  item.append(label, form);
  return item;
}

function show(state) {
  if (state.where !== page.dataset.where) {
    // Let in, sent away or ended: the server has another page for that.
    stream.close();
    window.location.reload();
    return;
  }
  if (state.where !== "present") return;
  const text = count(state.count);
  const shown = document.getElementById("count");
  if (shown.textContent !== text) shown.textContent = text;
  document.getElementById("people").replaceChildren(...state.people.map(([name, role]) => person(name, role)));
  const more = document.getElementById("more");
  more.hidden = state.more === 0;
  more.textContent = page.dataset.more.replace("%d", String(state.more));
  const lobby = document.getElementById("lobby");
  if (lobby !== null && lobby.dataset.shown !== JSON.stringify(state.waiting)) {
    lobby.dataset.shown = JSON.stringify(state.waiting);
    lobby.hidden = state.waiting.length === 0;
    document.getElementById("waiting").replaceChildren(...state.waiting.map(([id, name]) => guest(id, name)));
  }
}

const stream = new EventSource(page.dataset.client + "/events?sessionToken=" + encodeURIComponent(session));
stream.addEventListener("message", (event) => show(JSON.parse(event.data)));
window.addEventListener("pagehide", () => stream.close());
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
