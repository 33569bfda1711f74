/** The light model of `model-stub.ts` as a process, and what a caller's calls took. */
import { fork, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StubFigures, StubNews, StubOptions } from "./model-stub.ts";

/** The kernel counts processor time in hundredths of a second (Linux). */
const TICK_MS = 10;

export class Stub {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(options: StubOptions): Promise<Stub> {
    const script = join(import.meta.dirname, "model-stub.ts");
    const child = fork(script, [JSON.stringify(options)], { execArgv: ["--import", "tsx"] });
    const url = await new Promise<string>((resolve) => {
      const hear = (news: StubNews) => {
        if (news.news !== "listening") return;
        child.off("message", hear);
        resolve(news.url);
      };
      child.on("message", hear);
    });
    return new Stub(child, url);
  }

  /**
   * Watches so many calls of the process that `start` starts. `cpuMs` is its processor time of all threads from the first call
   * to the last answer, what it does beside its calls included.
   */
  async watch(calls: number, start: () => Promise<ChildProcess>): Promise<StubFigures & { cpuMs: number }> {
    this.child.send(calls);
    let caller: Promise<ChildProcess> | undefined;
    let before: Promise<number> | undefined;
    const cpuMs = async () => await cpuMsOf((await caller)?.pid ?? 0);
    const figures = new Promise<StubFigures & { cpuMs: number }>((resolve, reject) => {
      const hear = (news: StubNews) => {
        if (news.news === "first") before = cpuMs();
        if (news.news !== "last") return;
        this.child.off("message", hear);
        Promise.all([before, cpuMs()]).then(
          ([begun = 0, ended]) => resolve({ ...news.figures, cpuMs: ended - begun }),
          reject,
        );
      };
      this.child.on("message", hear);
    });
    caller = start();
    await caller;
    return await figures;
  }

  stop(): void {
    this.child.kill();
  }
}

/** User and system time of all threads of a process. */
async function cpuMsOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may hold blanks; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
