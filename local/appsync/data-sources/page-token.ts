/** `nextToken`: DynamoDB's last key, encrypted so that a client can neither read nor forge it, and bound to its query. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { ResolverError } from "../errors.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class PageTokens {
  readonly #key: Buffer;

  /** @param secret the same across starts, so that a token survives a restart */
  constructor(secret: string) {
    this.#key = createHash("sha256").update(`page token of ${secret}`).digest();
  }

  /** @param place table and index; a token is valid for its own only */
  seal(lastKey: object | undefined, place: string): string | null {
    if (!lastKey) return null;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce).setAAD(Buffer.from(place));
    const sealed = [cipher.update(JSON.stringify(lastKey)), cipher.final()];
    return Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString("base64url");
  }

  /** @throws ResolverError for a token that was not issued for this place */
  open<T>(token: string | null | undefined, place: string): T | undefined {
    if (!token) return undefined;
    try {
      const bytes = Buffer.from(token, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE_BYTES)).setAAD(
        Buffer.from(place),
      );
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString("utf8"));
    } catch {
      throw new ResolverError("Invalid pagination token given.", "BadRequestException");
    }
  }
}
