/** A pool's state between starts: one JSON file, replaced atomically, so a kill leaves the old version or the new one. */
import { existsSync, readFileSync } from "node:fs";
import type { JWK } from "jose";
import { replaceFile } from "../files.ts";
import type { Verifier } from "./srp.ts";

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD";
export type CodePurpose = "signUp" | "recovery" | "email";

export interface User {
  /** The user's name in the pool; a UUID equal to `sub` if users sign up with an email address. */
  readonly username: string;
  readonly sub: string;
  status: UserStatus;
  isEnabled: boolean;
  /** Without `sub`. Booleans are the strings "true" and "false", as in Cognito. */
  attributes: Record<string, string>;
  /** A new address, pending verification. */
  pendingEmail?: string;
  groups: string[];
  password?: Verifier;
  passwordSetAtMs: number;
  codes: Partial<Record<CodePurpose, { readonly code: string; readonly expiresAtMs: number }>>;
  /** Requested codes, wrong codes and wrong passwords, each counted within a time window. */
  attempts: Record<string, { count: number; untilMs: number }>;
  readonly createdAtMs: number;
  modifiedAtMs: number;
}

/** One sign-in: all tokens that descend from it share its `origin`. */
export interface Session {
  readonly origin: string;
  readonly username: string;
  readonly clientId: string;
  readonly signedInAtMs: number;
  readonly expiresAtMs: number;
  /** SHA-256 of the refresh token; the token itself is not stored. */
  refreshHash: string;
  /** The token before the last rotation, accepted until its grace period ends. */
  previousRefresh?: { readonly hash: string; readonly untilMs: number };
  isRevoked: boolean;
}

export interface PoolState {
  /** Keeps fake responses for unknown users consistent. */
  readonly secret: string;
  readonly signingKey: JWK;
  readonly users: Map<string, User>;
  readonly sessions: Map<string, Session>;
}

export function loadState(file: string): PoolState | undefined {
  if (!existsSync(file)) return undefined;
  const stored = JSON.parse(readFileSync(file, "utf8"));
  return {
    secret: stored.secret,
    signingKey: stored.signingKey,
    users: new Map(stored.users.map((user: User) => [user.username, user])),
    sessions: new Map(stored.sessions.map((session: Session) => [session.origin, session])),
  };
}

/** Drops sessions whose refresh token expired before `now`. */
export function saveState(file: string, state: PoolState, now: number): void {
  for (const session of state.sessions.values()) {
    if (session.expiresAtMs + LONGEST_ACCESS_TOKEN_MS < now) state.sessions.delete(session.origin);
  }
  const stored = { ...state, users: [...state.users.values()], sessions: [...state.sessions.values()] };
  replaceFile(file, JSON.stringify(stored));
}

/** Cognito's upper limit; an access token may outlive its refresh token by this much. */
const LONGEST_ACCESS_TOKEN_MS = 24 * 60 * 60 * 1000;
