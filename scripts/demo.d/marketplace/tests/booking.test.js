// [verify->NT-3, NT-3.1]
import test from "node:test";
import assert from "node:assert";
import { Calendar } from "../src/booking/calendar.js";

test("the second of two overlapping bookings is refused", () => {
  const calendar = new Calendar();
  assert.deepEqual(calendar.book(600, 660), { ok: true });
  assert.deepEqual(calendar.book(630, 690), { ok: false, freeFrom: 660 });
  assert.deepEqual(calendar.book(660, 690), { ok: true });
});
