// [verify->NT-1]
import test from "node:test";
import assert from "node:assert";
import { search } from "../src/search/search.js";

test("nearest studio of the city first", () => {
  const studios = [
    { name: "Loft", city: "Houston", kilometres: 9 },
    { name: "Light Loft", city: "Houston", kilometres: 2 },
    { name: "Loft", city: "Dallas", kilometres: 1 },
  ];
  assert.deepEqual(search(studios, { city: "Houston", word: "loft" }).map((s) => s.kilometres), [2, 9]);
});
