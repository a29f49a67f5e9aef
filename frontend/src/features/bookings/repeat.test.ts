// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from "vitest";
import { NO_REPEAT, type Repeat, endError, repeatOf, ruleOf } from "./repeat";

const MONDAY = "2026-05-25"; // the fourth and last Monday of its month
const repeat = (part: Partial<Repeat>): Repeat => ({ ...NO_REPEAT, ...part });

describe("the rule that a choice stands for", () => {
  it.each<[Partial<Repeat>, string]>([
    [{ kind: "none" }, ""],
    [{ kind: "daily", end: "after", count: "5" }, "FREQ=DAILY;COUNT=5"],
    [{ kind: "workdays" }, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    [{ kind: "weekly" }, "FREQ=WEEKLY;BYDAY=MO"],
    [{ kind: "weekly", days: ["TH"] }, "FREQ=WEEKLY;BYDAY=MO,TH"],
    [{ kind: "fortnightly", end: "on", until: "2026-12-31" }, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20261231"],
    [{ kind: "monthlyByDate" }, "FREQ=MONTHLY;BYMONTHDAY=25"],
    [{ kind: "monthlyByWeekday" }, "FREQ=MONTHLY;BYDAY=4MO"],
    [{ kind: "monthlyByLastWeekday" }, "FREQ=MONTHLY;BYDAY=-1MO"],
    [{ kind: "yearly" }, "FREQ=YEARLY"],
    [{ kind: "custom", rule: "FREQ=DAILY;INTERVAL=3" }, "FREQ=DAILY;INTERVAL=3"],
  ])("%j is %s, and back", (part, rule) => {
    expect(ruleOf(repeat(part), MONDAY)).toBe(rule);
    expect(repeatOf(rule, MONDAY).kind).toBe(part.kind);
    expect(ruleOf(repeatOf(rule, MONDAY), MONDAY)).toBe(rule);
  });

  it.each([
    ["FREQ=WEEKLY", "weekly"],
    ["FREQ=WEEKLY;WKST=MO;INTERVAL=1;BYDAY=TH,MO", "weekly"],
    ["FREQ=MONTHLY;INTERVAL=1", "monthlyByDate"],
    ["FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=25", "yearly"],
    ["FREQ=WEEKLY;BYDAY=TU", "custom"], // the first date is no Tuesday
    ["FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "custom"],
    ["FREQ=YEARLY;BYMONTH=6", "custom"],
  ])("%s from another program is %s", (rule, kind) => {
    expect(repeatOf(rule, MONDAY).kind).toBe(kind);
  });

  it("shows an end at the horizon as none", () => {
    expect(repeatOf("FREQ=DAILY;UNTIL=20271125T090000", MONDAY, true)).toMatchObject({ kind: "daily", end: "never" });
    expect(repeatOf("FREQ=DAILY;UNTIL=20271125T090000", MONDAY)).toMatchObject({ end: "on", until: "2027-11-25" });
  });
});

describe("the end of a series", () => {
  it.each<[Partial<Repeat>, string | undefined]>([
    [{ kind: "daily", end: "on", until: "" }, "until"],
    [{ kind: "daily", end: "on", until: "2026-05-24" }, "until"],
    [{ kind: "daily", end: "on", until: MONDAY }, undefined],
    [{ kind: "daily", end: "after", count: "0" }, "count"],
    [{ kind: "daily", end: "after", count: "viele" }, "count"],
    [{ kind: "none", end: "on", until: "" }, undefined],
  ])("%j misses %s", (part, missing) => {
    expect(endError(repeat(part), MONDAY)).toBe(missing);
  });
});
