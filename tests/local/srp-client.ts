/**
 * The client side of Cognito's SRP sign-in, written from the protocol's description (RFC 5054's SRP-6a with Cognito's key
 * derivation) and independently of the server side, so that each verifies the other.
 */
import { createHash, hkdfSync, createHmac, randomBytes } from "node:crypto";
import { InitiateAuthCommand, RespondToAuthChallengeCommand } from "@aws-sdk/client-cognito-identity-provider";
import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";

/** RFC 3526, section 4: 2^3072 - 2^3008 - 1 + 2^64 * ([2^2942 pi] + 1690314), as printed there. */
const N = BigInt(
  "0x" +
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
const g = 2n;

export interface SrpSignIn {
  readonly clientId: string;
  readonly poolId: string;
  readonly username: string;
  readonly password: string;
}

/** Signs in and returns RespondToAuthChallenge's response. */
export async function signInBySrp(
  client: CognitoIdentityProviderClient,
  { clientId, poolId, username, password }: SrpSignIn,
) {
  const a = BigInt(`0x${randomBytes(128).toString("hex")}`);
  const A = modPow(g, a);
  const started = await client.send(
    new InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: "USER_SRP_AUTH",
      AuthParameters: { USERNAME: username, SRP_A: A.toString(16) },
    }),
  );
  const { SALT, SRP_B, SECRET_BLOCK, USER_ID_FOR_SRP } = started.ChallengeParameters as Record<string, string>;
  const B = fromHex(SRP_B!);
  const u = fromBytes(sha256(twosComplement(A), twosComplement(B)));
  const poolName = poolId.slice(poolId.indexOf("_") + 1);
  const x = fromBytes(sha256(twosComplement(fromHex(SALT!)), sha256(`${poolName}${USER_ID_FOR_SRP}:${password}`)));
  const k = fromBytes(sha256(twosComplement(N), twosComplement(g)));
  const S = modPow((((B - k * modPow(g, x)) % N) + N) % N, a + u * x);
  const key = Buffer.from(hkdfSync("sha256", twosComplement(S), twosComplement(u), "Caldera Derived Key", 16));
  const timestamp = "Mon Nov 23 12:00:00 UTC 2026";
  const signature = createHmac("sha256", key)
    .update(poolName)
    .update(USER_ID_FOR_SRP!)
    .update(Buffer.from(SECRET_BLOCK!, "base64"))
    .update(timestamp)
    .digest("base64");
  return client.send(
    new RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName: "PASSWORD_VERIFIER",
      ChallengeResponses: {
        USERNAME: USER_ID_FOR_SRP!,
        PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK!,
        PASSWORD_CLAIM_SIGNATURE: signature,
        TIMESTAMP: timestamp,
      },
    }),
  );
}

/** Square-and-multiply from the top bit down. */
function modPow(base: bigint, exponent: bigint): bigint {
  return [...exponent.toString(2)].reduce((result, bit) => {
    const square = (result * result) % N;
    return bit === "1" ? (square * base) % N : square;
  }, 1n);
}

function twosComplement(value: bigint): Buffer {
  const bits = value.toString(2).length + 1;
  return Buffer.from(value.toString(16).padStart(Math.ceil(bits / 8) * 2, "0"), "hex");
}

function sha256(...parts: (Buffer | string)[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
}

const fromHex = (hex: string) => BigInt(`0x${hex}`);
const fromBytes = (bytes: Buffer) => fromHex(bytes.toString("hex"));
