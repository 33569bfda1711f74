/** One contract for the in-memory store, which most tests rely on, and the one in DynamoDB. */
import type { Change, Write } from "#core/change";
import type { Store } from "../../../worker/ports.ts";
import { MemoryStore } from "../doubles.ts";
import { LocalAws } from "../local-aws.ts";

interface Subject {
  readonly store: Store;
  put(row: { pk: string; sk: string; [name: string]: unknown }): Promise<void>;
}

let aws: LocalAws;

beforeAll(async () => {
  aws = await LocalAws.start();
});

afterAll(() => aws.stop());

const SUBJECTS: [string, () => Subject][] = [
  ["in memory", memorySubject],
  ["in DynamoDB", () => ({ store: aws.store, put: (row) => aws.put(row) })],
];

function memorySubject(): Subject {
  const store = new MemoryStore();
  return { store, put: async ({ pk, sk, ...row }) => store.put({ pk, sk }, row) };
}

let counter = 0;
const key = () => ({ pk: `ROW#${counter++}`, sk: "ROW" });
const change = (...writes: Write[]): Change => ({ writes, idempotencyToken: `token-${counter++}` });

describe.each(SUBJECTS)("a store %s", (_, subject) => {
  test("reads what was put, in the order of the keys, and undefined for missing rows", async () => {
    const { store, put } = subject();
    const [one, other, missing] = [key(), key(), key()];
    await put({ ...one, n: 1, list: [{ a: 1 }], status: "RUNNING" });
    await put({ ...other, n: 2 });
    expect(await store.read(one)).toEqual({ ...one, n: 1, list: [{ a: 1 }], status: "RUNNING" });
    expect(await store.read(missing)).toBeUndefined();
    expect((await store.readAll([other, missing, one])).map((row) => row?.n)).toEqual([2, undefined, 1]);
  });

  test("sets, adds and removes in one update", async () => {
    const { store, put } = subject();
    const row = key();
    await put({ ...row, n: 1, gone: "x", kept: 1 });
    const write: Write = {
      key: row,
      kind: "update",
      set: { status: "DONE", map: { a: 1 } },
      add: { n: -3, fresh: 2 },
      remove: ["gone", "never"],
    };
    expect(await store.write(change(write))).toBe(true);
    expect(await store.read(row)).toEqual({ ...row, n: -2, fresh: 2, kept: 1, status: "DONE", map: { a: 1 } });
  });

  test.each([
    ["another value", { equals: { n: 2 } }, false],
    ["the same value", { equals: { n: 1, state: "OPEN" } }, true],
    ["less than wanted", { atLeast: { n: 2 } }, false],
    ["enough", { atLeast: { n: 1 } }, true],
    ["more than wanted", { atMost: { n: 0 } }, false],
    ["little enough", { atMost: { n: 1 } }, true],
    ["none of the texts", { oneOf: { state: ["DONE"] } }, false],
    ["one of the texts", { oneOf: { state: ["DONE", "OPEN"] } }, true],
    ["nothing to compare", { equals: { missing: 1 } }, false],
    ["nothing to count", { atLeast: { missing: 0 } }, false],
  ])("finding %s, %j is %s", async (_name, when, allowed) => {
    const { store, put } = subject();
    const row = key();
    await put({ ...row, n: 1, state: "OPEN" });
    expect(await store.write(change({ key: row, kind: "update", set: { hit: 1 }, when }))).toBe(allowed);
    expect((await store.read(row))?.hit).toBe(allowed ? 1 : undefined);
  });

  test("never creates a row by an update, nor overwrites one by a put", async () => {
    const { store, put } = subject();
    const [missing, there] = [key(), key()];
    await put({ ...there, n: 1 });
    expect(await store.write(change({ key: missing, kind: "update", set: { n: 1 } }))).toBe(false);
    expect(await store.write(change({ key: there, kind: "put", set: { n: 2 } }))).toBe(false);
    expect(await store.write(change({ key: missing, kind: "put", set: { n: 3 } }))).toBe(true);
    expect([(await store.read(missing))?.n, (await store.read(there))?.n]).toEqual([3, 1]);
  });

  test("changes several rows together or none", async () => {
    const { store, put } = subject();
    const [one, other] = [key(), key()];
    await put({ ...one, n: 10 });
    await put({ ...other, n: 0 });
    const move = (nanos: number) =>
      change(
        { key: one, kind: "update", add: { n: -nanos }, when: { atLeast: { n: nanos } } },
        { key: other, kind: "update", add: { n: nanos } },
      );
    expect(await store.write(move(11))).toBe(false);
    expect(await store.write(move(7))).toBe(true);
    expect([(await store.read(one))?.n, (await store.read(other))?.n]).toEqual([3, 7]);
    const checked = change(
      { key: one, kind: "check", when: { equals: { n: 99 } } },
      { key: other, kind: "update", set: { n: 0 } },
    );
    expect(await store.write(checked)).toBe(false);
    expect((await store.read(other))?.n).toBe(7);
  });

  test("applies a change of several rows once, however often it is sent", async () => {
    const { store, put } = subject();
    const [one, other] = [key(), key()];
    await put({ ...one, n: 0 });
    await put({ ...other, n: 0 });
    const both = change({ key: one, kind: "update", add: { n: 1 } }, { key: other, kind: "update", add: { n: 1 } });
    expect([await store.write(both), await store.write(both)]).toEqual([true, true]);
    expect([(await store.read(one))?.n, (await store.read(other))?.n]).toEqual([1, 1]);
  });
});
