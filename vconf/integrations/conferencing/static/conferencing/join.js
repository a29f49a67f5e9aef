// SPDX-License-Identifier: EUPL-1.2
// The page works without this. With it, it counts down, opens by itself and shows the visitor's own time.
"use strict";

(() => {
  const focus = document.querySelector("[data-focus]");
  if (focus) focus.focus();

  // A page that the browser kept shows how things stood then.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
      // Should the browser stay here after all, the button works again.
      setTimeout(() => delete form.dataset.sent, 20_000);
    });
  }

  // Kept by the browser over a reload, unlike anything else that no setting can forbid.
  const opensNow = {
    set: () => history.replaceState("opens-now", ""),
    take: () => {
      const was = history.state === "opens-now";
      history.replaceState(null, "");
      return was;
    },
  };

  sayThatItOpened(document.querySelector("[data-opened]"));
  countDown(document.querySelector("[data-opens-in]"));
  lookAgain(document.querySelector("[data-look-again]"));
  showOwnTime(document.querySelector("[data-own-time]"));

  function countDown(place) {
    if (!place) return;
    // Counted from now: the visitor's clock may be wrong.
    const opensAt = Date.now() + Number(place.dataset.opensIn) * 1000;
    const show = () => {
      const left = Math.ceil((opensAt - Date.now()) / 1000);
      if (left <= 0) {
        clearInterval(timer);
        place.textContent = place.dataset.soon;
        document.querySelector("[data-announce]").textContent = place.dataset.soon;
        opensNow.set();
        // Not everybody in the same instant.
        setTimeout(() => location.reload(), 300 + Math.random() * 1500);
        return;
      }
      // Days ahead the words of the page say enough.
      if (left > 36 * 3600) return;
      const parts = { h: Math.floor(left / 3600), m: Math.floor((left % 3600) / 60), s: left % 60 };
      place.textContent = fill(parts.h ? place.dataset.hours : place.dataset.minutes, parts);
    };
    const timer = setInterval(show, 1000);
    show();
  }

  // Looks without loading the page anew, which a screen reader would read out from the top each time.
  function lookAgain(place) {
    if (!place) return;
    const form = place.dataset.press && document.getElementById(place.dataset.press);
    const again = (seconds) => setTimeout(look, seconds * 1000);
    const look = async () => {
      if (form) {
        form.requestSubmit();
        return;
      }
      try {
        const answer = await fetch(place.dataset.next, { redirect: "manual", cache: "no-store" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.querySelector("[data-look-again]");
        // Let in (a redirect), or there is something else to see.
        if (answer.type === "opaqueredirect" || !next || next.dataset.press) {
          location.replace(place.dataset.next);
          return;
        }
        if (next.textContent !== place.textContent) place.replaceChildren(...next.childNodes);
        again(Number(next.dataset.lookAgain));
      } catch {
        again(Number(place.dataset.lookAgain)); // not connected just now
      }
    };
    again(Number(place.dataset.lookAgain));
  }

  // Said once, politely, to those who cannot see that the page has changed by itself.
  function sayThatItOpened(place) {
    if (!place || !opensNow.take()) return;
    setTimeout(() => (place.textContent = place.dataset.opened), 500);
  }

  function showOwnTime(place) {
    if (!place) return;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const starts = new Date(place.dataset.starts);
    const ends = new Date(place.dataset.ends);
    const day = { weekday: "long", day: "numeric", month: "long" };
    const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const format = (zone, parts) =>
      new Intl.DateTimeFormat(document.documentElement.lang, { ...parts, timeZone: zone });
    const differs = (instant, parts) =>
      format(own, parts).format(instant) !== format(place.dataset.zone, parts).format(instant);
    try {
      if (!own || !differs(starts, { ...day, ...time })) return;
      // The day is only told where it is another one.
      const parts = differs(starts, day) || differs(ends, day) ? { ...day, ...time } : time;
      place.textContent = fill(place.dataset.text, { zone: own, times: format(own, parts).formatRange(starts, ends) });
      place.hidden = false;
    } catch {
      return; // A zone this browser does not know: the meeting's own time stands there.
    }
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }
})();
