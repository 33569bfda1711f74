import { seedSetNamesakes } from "../../client/seeds/namesakes.ts";
import { templateNamesakes } from "../../client/templates/namesakes.ts";
import { tellApart } from "../../client/tellApart.ts";

describe("things of one name", () => {
  const told = (things: { id: string; name: string; text: string }[]) =>
    Object.fromEntries(tellApart(things, ({ text }) => text));

  test("are told apart by what is said of them, and others are left alone", () => {
    expect(
      told([
        { id: "a", name: "Films", text: "sample" },
        { id: "b", name: " films ", text: "yours" },
        { id: "c", name: "Towns", text: "yours" },
      ]),
    ).toEqual({ a: "sample", b: "yours" });
  });

  test("of which the same is said, by the end of their ids", () => {
    expect(
      told([
        { id: "01JDQK4T5V0000000000AAAAAA", name: "Films", text: "yours" },
        { id: "01JDQK4T5V0000000000BBBBBB", name: "Films", text: "yours" },
        { id: "films", name: "Films", text: "sample" },
      ]),
    ).toEqual({
      "01JDQK4T5V0000000000AAAAAA": "yours, id …AAAAAA",
      "01JDQK4T5V0000000000BBBBBB": "yours, id …BBBBBB",
      films: "sample",
    });
  });

  test("that are one thing listed twice are not", () => {
    const films = { id: "a", name: "Films", text: "yours" };
    expect(told([films, films])).toEqual({});
  });
});

test("templates of one name say whose they are, their version and when it was saved", () => {
  const films = { name: "Films", isSample: false, isMine: true, latestVersion: 2, updatedAt: "2026-11-25T12:32:00Z" };
  const told = templateNamesakes([
    { ...films, id: "a" },
    { ...films, id: "b", isMine: false },
    { ...films, id: "c", isSample: true, isMine: false },
  ]);
  expect(told.get("a")).toMatch(/^yours, version 2 of Nov 25, 2026, /);
  expect(told.get("b")).toMatch(/^someone else's, version 2 of Nov 25, 2026, /);
  expect(told.get("c")).toBe("sample");
});

test("seed sets of one name say when they were added", () => {
  const towns = { name: "Towns", isSample: false, createdAt: "2026-11-25T12:32:00Z" };
  const told = seedSetNamesakes([
    { ...towns, id: "a" },
    { ...towns, id: "b", createdAt: "2026-11-26T12:32:00Z" },
  ]);
  expect(told.get("a")).toMatch(/^added Nov 25, 2026, /);
  expect(told.get("b")).toMatch(/^added Nov 26, 2026, /);
});
