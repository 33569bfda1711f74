/**
 * A whole cloud in its own process, to be attacked: `cloud-child.ts ASSEMBLY DATA`. It sends its endpoints once it has started. On
 * a message `{ failing: CODE }` every write to a file, and every opening of one to write, fails with that code, until `{}`.
 */
import fs from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";

let failing: string | undefined;

function failed(name: string, path: unknown): Error {
  return Object.assign(new Error(`${failing}: no room, ${name} '${String(path)}'`), { code: failing });
}

for (const name of ["writeFileSync", "appendFileSync", "writeSync", "mkdirSync"] as const) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      if (failing) throw failed(name, args[0]);
      return real(...args);
    },
  });
}
const realOpen = fs.open as (...args: unknown[]) => void;
Object.assign(fs, {
  // Streams open their files with it.
  open: (path: unknown, flags: unknown, ...rest: unknown[]) => {
    const callback = rest.at(-1) as (error: Error) => void;
    if (failing && flags !== "r") return void process.nextTick(callback, failed("open", path));
    realOpen(path, flags, ...rest);
  },
});
const realWriteFile = fs.promises.writeFile as (...args: unknown[]) => Promise<void>;
Object.assign(fs.promises, {
  writeFile: async (...args: unknown[]) => {
    if (failing) throw failed("writeFile", args[0]);
    return realWriteFile(...args);
  },
});
syncBuiltinESMExports();

// LevelDB writes its files itself.
const { ClassicLevel } = createRequire(createRequire(import.meta.url).resolve("dynalite/db"))("classic-level");
const realBatch = ClassicLevel.prototype.batch as (...args: unknown[]) => Promise<void>;
ClassicLevel.prototype.batch = async function (...args: unknown[]) {
  if (failing)
    throw Object.assign(new Error("IO error: 000005.log: No space left on device"), { code: "LEVEL_IO_ERROR" });
  return realBatch.apply(this, args);
};

process.on("message", (message: { failing?: string }) => {
  failing = message.failing;
  process.send!("done");
});
const { startCloud } = await import("../../local/cloud.ts");
const [assembly, data] = process.argv.slice(2) as [string, string];
const { endpoints, operator, outputs } = await startCloud({ assembly, data });
process.send!({ endpoints, operator, outputs });
