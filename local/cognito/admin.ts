/** The admin operations on a pool's users, authorized by IAM: `cognito-idp:ACTION` on the pool's ARN. */
import { readText } from "./call.ts";
import type { AdminOperation } from "./call.ts";
import { AwsError } from "../service.ts";
import { refused, wrongParameter } from "./errors.ts";
import { checkPolicy, inventPassword, setPassword } from "./password.ts";
import type { Pool } from "./pool.ts";
import { requireGroup } from "./pool.ts";
import type { User } from "./state.ts";
import { deleteUser, revokeAll } from "./tokens.ts";
import { checkMutable, listAttributes, makeUser, readAttributes, requireUser } from "./users.ts";

const MOST_USERS_A_PAGE = 60;
const FILTER = /^\s*"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/;

const AdminCreateUser: AdminOperation = ({ pool, body }) => {
  const name = readText(body, "Username");
  if (body.MessageAction === "RESEND") return { User: describeUser(resendInvitation(pool, name, body), "Attributes") };
  const password: string = body.TemporaryPassword ?? inventPassword(pool.settings.passwordPolicy);
  checkPolicy(password, pool.settings.passwordPolicy);
  const user = makeUser(pool, name, readAttributes(pool, body.UserAttributes));
  setPassword(pool, user, password);
  user.status = "FORCE_CHANGE_PASSWORD";
  pool.state.users.set(user.username, user);
  pool.save();
  if (body.MessageAction !== "SUPPRESS") invite(pool, user, name, password);
  return { User: describeUser(user, "Attributes") };
};

const AdminSetUserPassword: AdminOperation = ({ pool, body }) => {
  const user = requireUser(pool, readText(body, "Username"));
  setPassword(pool, user, readText(body, "Password"));
  user.status = body.Permanent === true ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD";
  pool.save();
  return {};
};

const AdminConfirmSignUp: AdminOperation = ({ pool, body }) => {
  const user = requireUser(pool, readText(body, "Username"));
  if (user.status !== "UNCONFIRMED") throw refused(`User cannot be confirmed. Current status is ${user.status}`);
  user.status = "CONFIRMED";
  return touch(pool, user);
};

const AdminGetUser: AdminOperation = ({ pool, body }) => {
  const user = requireUser(pool, readText(body, "Username"));
  return { ...describeUser(user, "UserAttributes") };
};

const AdminUpdateUserAttributes: AdminOperation = ({ pool, body }) => {
  const user = requireUser(pool, readText(body, "Username"));
  const attributes = readAttributes(pool, body.UserAttributes);
  checkMutable(pool, user, Object.keys(attributes));
  const isNewEmail = attributes.email !== undefined && attributes.email !== user.attributes.email;
  if (isNewEmail) attributes.email_verified ??= "false";
  Object.assign(user.attributes, attributes);
  return touch(pool, user);
};

const AdminAddUserToGroup: AdminOperation = ({ pool, body }) => {
  const group = requireGroup(pool, readText(body, "GroupName"));
  const user = requireUser(pool, readText(body, "Username"));
  if (!user.groups.includes(group.name)) user.groups.push(group.name);
  return touch(pool, user);
};

const AdminRemoveUserFromGroup: AdminOperation = ({ pool, body }) => {
  const group = requireGroup(pool, readText(body, "GroupName"));
  const user = requireUser(pool, readText(body, "Username"));
  user.groups = user.groups.filter((name) => name !== group.name);
  return touch(pool, user);
};

const AdminListGroupsForUser: AdminOperation = ({ pool, body }) => {
  const user = requireUser(pool, readText(body, "Username"));
  const groups = user.groups.flatMap((name) => pool.groups.get(name) ?? []);
  return { Groups: groups.map(({ name, roleArn }) => ({ GroupName: name, UserPoolId: pool.id, RoleArn: roleArn })) };
};

const AdminEnableUser: AdminOperation = ({ pool, body }) => {
  const user = requireUser(pool, readText(body, "Username"));
  user.isEnabled = true;
  return touch(pool, user);
};

const AdminDisableUser: AdminOperation = ({ pool, body }) => {
  const user = requireUser(pool, readText(body, "Username"));
  user.isEnabled = false;
  revokeAll(pool, user);
  return touch(pool, user);
};

const AdminUserGlobalSignOut: AdminOperation = ({ pool, body }) => {
  revokeAll(pool, requireUser(pool, readText(body, "Username")));
  return {};
};

const AdminDeleteUser: AdminOperation = ({ pool, body }) => {
  deleteUser(pool, requireUser(pool, readText(body, "Username")));
  return {};
};

const ListUsers: AdminOperation = ({ pool, body }) => {
  const matches = readFilter(body.Filter);
  const users = [...pool.state.users.values()].filter(matches);
  const start = readPaginationToken(body.PaginationToken);
  const limit = Math.min(Number(body.Limit ?? MOST_USERS_A_PAGE), MOST_USERS_A_PAGE);
  const page = users.slice(start, start + limit).map((user) => describeUser(user, "Attributes", body.AttributesToGet));
  const isLast = start + limit >= users.length;
  return isLast ? { Users: page } : { Users: page, PaginationToken: encodePaginationToken(start + limit) };
};

export const adminOperations: Readonly<Record<string, AdminOperation>> = {
  AdminCreateUser,
  AdminSetUserPassword,
  AdminConfirmSignUp,
  AdminGetUser,
  AdminUpdateUserAttributes,
  AdminAddUserToGroup,
  AdminRemoveUserFromGroup,
  AdminListGroupsForUser,
  AdminEnableUser,
  AdminDisableUser,
  AdminUserGlobalSignOut,
  AdminDeleteUser,
  ListUsers,
};

function invite(pool: Pool, user: User, name: string, password: string): void {
  const to = user.attributes.email;
  if (!to) return;
  const { subject, body } = pool.settings.invitationMail;
  pool.send({ to, subject, body: body.replaceAll("{username}", name).replaceAll("{####}", password), code: password });
}

function resendInvitation(pool: Pool, name: string, body: Readonly<Record<string, any>>): User {
  const user = requireUser(pool, name);
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    throw new AwsError(
      400,
      "UnsupportedUserStateException",
      "Resend not possible. User status is not FORCE_CHANGE_PASSWORD",
    );
  }
  const password: string = body.TemporaryPassword ?? inventPassword(pool.settings.passwordPolicy);
  setPassword(pool, user, password);
  pool.save();
  invite(pool, user, name, password);
  return user;
}

function touch(pool: Pool, user: User): Record<string, never> {
  user.modifiedAtMs = pool.now();
  pool.save();
  return {};
}

/** @param listName the operations disagree on the name of the attribute list */
function describeUser(user: User, listName: "Attributes" | "UserAttributes", wanted?: readonly string[]) {
  const attributes = listAttributes(user).filter(({ Name }) => !wanted || wanted.includes(Name));
  return {
    Username: user.username,
    [listName]: attributes,
    UserCreateDate: user.createdAtMs / 1000,
    UserLastModifiedDate: user.modifiedAtMs / 1000,
    Enabled: user.isEnabled,
    UserStatus: user.status,
  };
}

/** `email = "a@b.c"`, `email ^= "a@"`; without a filter, everyone. @throws AwsError InvalidParameterException */
function readFilter(filter: unknown): (user: User) => boolean {
  if (filter === undefined || filter === "") return () => true;
  const [, name, operator, quoted] = FILTER.exec(String(filter)) ?? [];
  if (!name || quoted === undefined) throw wrongParameter("Error while parsing filter.");
  const wanted = quoted.replace(/\\(.)/g, "$1");
  return (user) => {
    const value = filterValue(user, name);
    return value !== undefined && (operator === "=" ? value === wanted : value.startsWith(wanted));
  };
}

function filterValue(user: User, name: string): string | undefined {
  if (name === "username") return user.username;
  if (name === "sub") return user.sub;
  if (name === "status") return user.isEnabled ? "Enabled" : "Disabled";
  return name === "cognito:user_status" ? user.status : user.attributes[name];
}

const encodePaginationToken = (start: number) => Buffer.from(String(start)).toString("base64url");

function readPaginationToken(token: unknown): number {
  if (token === undefined) return 0;
  const start = Number(Buffer.from(String(token), "base64url").toString());
  if (Number.isInteger(start) && start >= 0) return start;
  throw wrongParameter("Invalid pagination token.");
}
