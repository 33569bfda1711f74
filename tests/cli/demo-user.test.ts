import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoUserOf } from "../../cli/demo-user.ts";

const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), "demo-")));
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

test("the demo user's password differs between data directories and stays within one, for its owner's eyes only", async () => {
  const [one, other] = await Promise.all(folders.map(demoUserOf));
  expect(await demoUserOf(folders[0]!)).toEqual(one);
  expect(other!.password).not.toBe(one!.password);
  expect(other!.email).toBe(one!.email);
  expect(statSync(join(folders[0]!, "demo-user.json")).mode & 0o777).toBe(0o600);
  // What the user pool requires: twelve characters, lowercase, uppercase and a digit.
  expect(one!.password).toMatch(/^P1(-[a-z2-9]{4}){4}$/);
});
