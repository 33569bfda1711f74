/** The policy of a browser form upload: its signer, expiration and conditions on fields. Pure. */
import { createHmac } from "node:crypto";
import { AwsError } from "../service.ts";
import { s3SigningKey, sameText, signatureDoesNotMatch } from "./chunk-signature.ts";
import { accessDenied } from "./errors.ts";

/** Form fields before the file, names in lowercase. */
export type FormFields = Readonly<Record<string, string>>;

export interface PostPolicy {
  readonly expiresAtMs: number;
  readonly conditions: readonly Condition[];
}

export type Condition =
  | { readonly kind: "eq" | "starts-with"; readonly field: string; readonly value: string }
  | { readonly kind: "length"; readonly min: number; readonly max: number };

/** These need no condition in the policy. */
const FREE_FIELDS = new Set(["policy", "x-amz-signature", "file"]);

/** The access key that signed the form. @throws AwsError `AccessDenied` when the form is not signed */
export function signerOf(fields: FormFields): string {
  const missing = ["policy", "x-amz-credential", "x-amz-signature", "x-amz-date", "x-amz-algorithm"].find(
    (name) => !fields[name],
  );
  if (missing === "policy" && !fields["x-amz-signature"]) throw accessDenied();
  if (missing) {
    throw new AwsError(
      400,
      "InvalidArgument",
      `Bucket POST must contain a field named '${missing}'.  If it is specified, please check the order of the fields.`,
    );
  }
  return fields["x-amz-credential"]!.split("/")[0]!;
}

/** @throws AwsError `SignatureDoesNotMatch` */
export function assertPolicySignature(fields: FormFields, secretAccessKey: string): void {
  const [, date = "", region = "", service, end] = fields["x-amz-credential"]!.split("/");
  if (fields["x-amz-algorithm"] !== "AWS4-HMAC-SHA256" || service !== "s3" || end !== "aws4_request")
    throw signatureDoesNotMatch();
  const key = s3SigningKey(secretAccessKey, date, region);
  const expected = createHmac("sha256", key).update(fields.policy!).digest("hex");
  if (!sameText(expected, fields["x-amz-signature"]!)) throw signatureDoesNotMatch();
}

/** @throws AwsError `InvalidPolicyDocument` */
export function parsePolicy(base64: string): PostPolicy {
  let document: { expiration?: unknown; conditions?: unknown };
  try {
    document = JSON.parse(Buffer.from(base64, "base64").toString("utf8")) as typeof document;
  } catch {
    throw invalidPolicy("Invalid JSON.");
  }
  const expiresAtMs = Date.parse(String(document.expiration));
  if (Number.isNaN(expiresAtMs)) throw invalidPolicy("Invalid 'expiration' value.");
  if (!Array.isArray(document.conditions)) throw invalidPolicy("Missing 'conditions'.");
  return { expiresAtMs, conditions: document.conditions.flatMap(parseCondition) };
}

/**
 * Checks everything except the length of the file.
 * @param fields with the final `key` (including the file's name) and `bucket`
 * @throws AwsError `AccessDenied` naming the condition that failed
 */
export function assertConditions(policy: PostPolicy, fields: FormFields, nowMs: number): void {
  if (nowMs >= policy.expiresAtMs) throw accessDenied("Invalid according to Policy: Policy expired.");
  for (const condition of policy.conditions) {
    if (condition.kind !== "length" && !holds(condition, fields)) {
      throw accessDenied(
        `Invalid according to Policy: Policy Condition failed: ["${condition.kind}", "$${condition.field}", "${condition.value}"]`,
      );
    }
  }
  const covered = new Set(policy.conditions.map((condition) => (condition.kind === "length" ? "" : condition.field)));
  const extra = Object.keys(fields).find(
    (name) => !FREE_FIELDS.has(name) && !name.startsWith("x-ignore-") && !covered.has(name),
  );
  // The bucket comes from the address even if the policy does not mention it.
  if (extra && extra !== "bucket") throw accessDenied(`Invalid according to Policy: Extra input fields: ${extra}`);
}

/** The strictest of the policy's length conditions. */
export function allowedLength(policy: PostPolicy, largestBytes: number): { min: number; max: number } {
  const lengths = policy.conditions.filter((condition) => condition.kind === "length");
  return {
    min: Math.max(0, ...lengths.map((length) => length.min)),
    max: Math.min(largestBytes, ...lengths.map((length) => length.max)),
  };
}

function holds({ kind, field, value }: Exclude<Condition, { kind: "length" }>, fields: FormFields): boolean {
  const given = fields[field] ?? "";
  if (kind === "eq") return given === value;
  // A form may name several content types; each must start as required.
  const texts = field === "content-type" ? given.split(",") : [given];
  return texts.every((text) => text.trim().startsWith(value));
}

function parseCondition(condition: unknown): Condition[] {
  if (Array.isArray(condition)) return [parseTriple(condition)];
  if (typeof condition !== "object" || condition === null) throw invalidPolicy("Invalid Condition.");
  return Object.entries(condition).map(([field, value]) => ({
    kind: "eq",
    field: field.toLowerCase(),
    value: String(value),
  }));
}

function parseTriple(triple: readonly unknown[]): Condition {
  const [kind, subject, value] = triple;
  if (triple.length !== 3) throw invalidPolicy("Invalid Condition: it must have three members.");
  if (kind === "content-length-range") {
    const [min, max] = [Number(subject), Number(value)];
    if (!(min >= 0 && max >= min)) throw invalidPolicy("Invalid content-length-range.");
    return { kind: "length", min, max };
  }
  if ((kind !== "eq" && kind !== "starts-with") || typeof subject !== "string" || !subject.startsWith("$")) {
    throw invalidPolicy(`Invalid Condition: unknown operation or field in ${JSON.stringify(triple)}.`);
  }
  return { kind, field: subject.slice(1).toLowerCase(), value: String(value) };
}

function invalidPolicy(reason: string): AwsError {
  return new AwsError(400, "InvalidPolicyDocument", `Invalid Policy: ${reason}`);
}
