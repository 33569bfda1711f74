/** The model stub of `model-stub.ts` as a process, and its figures about its callers. */
import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { StubFigures, StubMessage, StubOptions, Watch } from "./model-stub.ts";

export class Stub {
  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(options: StubOptions): Promise<Stub> {
    const script = join(import.meta.dirname, "model-stub.ts");
    const child = fork(script, [JSON.stringify(options)], { execArgv: ["--import", "tsx"] });
    const listening = await waitForMessage(child, "listening");
    return new Stub(child, listening.url);
  }

  /** Resets its counts. */
  watch(watch: Watch): void {
    this.child.send(watch);
  }

  async firstCall(): Promise<void> {
    await waitForMessage(this.child, "firstCall");
  }

  /** The figures at a watched number of answered calls. */
  async milestone(answered: number): Promise<StubFigures> {
    return (await waitForMessage(this.child, "milestone", ({ figures }) => figures.answered === answered)).figures;
  }

  async figures(): Promise<StubFigures> {
    const reported = waitForMessage(this.child, "figures");
    this.child.send("report");
    return (await reported).figures;
  }

  stop(): void {
    this.child.kill();
  }
}

type MessageOf<Type> = StubMessage & { readonly type: Type };

function waitForMessage<Type extends StubMessage["type"]>(
  child: ChildProcess,
  type: Type,
  isExpected: (message: MessageOf<Type>) => boolean = () => true,
): Promise<MessageOf<Type>> {
  return new Promise((resolve) => {
    const receive = (message: StubMessage) => {
      if (message.type !== type) return;
      // The comparison above does not narrow a generic type.
      const received = message as MessageOf<Type>;
      if (!isExpected(received)) return;
      child.off("message", receive);
      resolve(received);
    };
    child.on("message", receive);
  });
}
