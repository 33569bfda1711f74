/** The checksums that S3 supports. SHA-1 and SHA-256 come from Node, CRC-32 from its zlib; the other two are implemented here. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

export const CHECKSUM_ALGORITHMS = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];
/** Of the whole object or, for multipart uploads, of the parts' checksums, then written with `-COUNT`. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64, big-endian; with `-COUNT` when composite. */
  readonly value: string;
  readonly type: ChecksumType;
}

export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** Base64. */
  digest(): string;
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case "crc32":
      return startCrc32();
    case "crc32c":
      return startCrc32c();
    case "crc64nvme":
      return startCrc64Nvme();
    case "sha1":
    case "sha256": {
      const hash = createHash(algorithm);
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("base64") };
    }
  }
}

export function isChecksumAlgorithm(text: string): text is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(text);
}

/** The checksum over the parts' checksums. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Checksum {
  const running = startChecksum(algorithm);
  for (const part of parts) running.update(Buffer.from(part, "base64"));
  return { algorithm, value: `${running.digest()}-${parts.length}`, type: "COMPOSITE" };
}

/** `x-amz-checksum-…` headers of a response. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (!checksum) return {};
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, "x-amz-checksum-type": checksum.type };
}

/** `ChecksumCRC32` … elements of an XML response. */
export function checksumElements(checksum: Checksum | undefined): Record<string, string> {
  if (!checksum) return {};
  return { [checksumElement(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type };
}

export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm.toUpperCase()}`;
}

function startCrc32(): RunningChecksum {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest: () => base64Of([value]),
  };
}

function startCrc32c(): RunningChecksum {
  const table = (crc32cTable ??= tableOf32(0x82f63b78));
  let value = 0xffffffff;
  return {
    update(bytes) {
      let current = value;
      for (const byte of bytes) current = table[(current ^ byte) & 0xff]! ^ (current >>> 8);
      value = current;
    },
    digest: () => base64Of([~value]),
  };
}

/** 64 bits as two 32-bit halves: BigInt would be a hundred times slower. */
function startCrc64Nvme(): RunningChecksum {
  const { high, low } = (crc64Tables ??= tablesOf64(0x9a6c9329, 0xac4bc9b5));
  let h = 0xffffffff;
  let l = 0xffffffff;
  return {
    update(bytes) {
      for (const byte of bytes) {
        const index = (l ^ byte) & 0xff;
        l = ((l >>> 8) | (h << 24)) ^ low[index]!;
        h = (h >>> 8) ^ high[index]!;
      }
    },
    digest: () => base64Of([~h, ~l]),
  };
}

let crc32cTable: Int32Array | undefined;
let crc64Tables: { high: Int32Array; low: Int32Array } | undefined;

function tableOf32(reversedPolynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ reversedPolynomial : value >>> 1;
    return value;
  });
}

function tablesOf64(polynomialHigh: number, polynomialLow: number): { high: Int32Array; low: Int32Array } {
  const high = new Int32Array(256);
  const low = new Int32Array(256);
  for (let index = 0; index < 256; index++) {
    let h = 0;
    let l = index;
    for (let bit = 0; bit < 8; bit++) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) {
        h ^= polynomialHigh;
        l ^= polynomialLow;
      }
    }
    high[index] = h;
    low[index] = l;
  }
  return { high, low };
}

function base64Of(words: readonly number[]): string {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeUInt32BE(word >>> 0, index * 4));
  return bytes.toString("base64");
}
