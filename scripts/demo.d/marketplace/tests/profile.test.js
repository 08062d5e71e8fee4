// [verify->NT-2]
import test from "node:test";
import assert from "node:assert";
import { profile } from "../src/profile/profile.js";

test("average rating", () => {
  assert.equal(profile({ name: "Loft", rate: 60, ratings: [4, 5] }).rating, 4.5);
});
