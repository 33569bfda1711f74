/** The light model of `model-stub.ts` as a process, and what the calls of others took. */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { StubFigures, StubNews, StubOptions, Watch } from "./model-stub.ts";

export class Stub {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(options: StubOptions): Promise<Stub> {
    const script = join(import.meta.dirname, "model-stub.ts");
    const child = fork(script, [JSON.stringify(options)], { execArgv: ["--import", "tsx"] });
    const listening = await heard(child, "listening");
    return new Stub(child, listening.url);
  }

  /** Counts anew from here on. */
  watch(watch: Watch): void {
    this.child.send(watch);
  }

  async first(): Promise<void> {
    await heard(this.child, "first");
  }

  /** The figures when so many calls were answered, one of the marks that are watched. */
  async mark(answered: number): Promise<StubFigures> {
    return (await heard(this.child, "mark", ({ figures }) => figures.answered === answered)).figures;
  }

  async figures(): Promise<StubFigures> {
    const told = heard(this.child, "told");
    this.child.send("tell");
    return (await told).figures;
  }

  stop(): void {
    this.child.kill();
  }
}

type News<Name> = StubNews & { readonly news: Name };

function heard<Name extends StubNews["news"]>(
  child: ChildProcess,
  name: Name,
  isMeant: (news: News<Name>) => boolean = () => true,
): Promise<News<Name>> {
  return new Promise((resolve) => {
    const hear = (news: StubNews) => {
      // The name tells the kind.
      if (news.news !== name || !isMeant(news as News<Name>)) return;
      child.off("message", hear);
      resolve(news as News<Name>);
    };
    child.on("message", hear);
  });
}
