/** The operations of signed-in users on their own account. */
import { readText } from "./call.ts";
import type { PersonOperation } from "./call.ts";
import { sendCode, verifyCode } from "./codes.ts";
import { expiredCode, tooManyAttempts, wrongParameter } from "./errors.ts";
import { requirePassword, setPassword } from "./password.ts";
import { deleteUser, revokeAll } from "./tokens.ts";
import { checkMutable, findByEmail, listAttributes, readOwnAttributes } from "./users.ts";
import { AwsError } from "../service.ts";

const GetUser: PersonOperation = ({ client, user }) => ({
  Username: user.username,
  UserAttributes: listAttributes(user, client),
});

const UpdateUserAttributes: PersonOperation = ({ pool, client, user, body }) => {
  const { email, ...others } = readOwnAttributes(pool, client, body.UserAttributes);
  checkMutable(pool, user, Object.keys(others));
  Object.assign(user.attributes, others);
  user.modifiedAtMs = pool.now();
  if (email === undefined || email === user.attributes.email) {
    pool.save();
    return { CodeDeliveryDetailsList: [] };
  }
  checkMutable(pool, user, ["email"]);
  const owner = findByEmail(pool, email);
  if (owner && owner !== user) throw emailIsTaken();
  if (pool.settings.verifiesEmail && pool.settings.keepsEmailUntilVerified) user.pendingEmail = email;
  else Object.assign(user.attributes, { email, email_verified: "false" });
  pool.save();
  return { CodeDeliveryDetailsList: pool.settings.verifiesEmail ? [sendCode(pool, user, "email", email)] : [] };
};

const DeleteUserAttributes: PersonOperation = ({ pool, user, body }) => {
  const names: string[] = body.UserAttributeNames ?? [];
  checkMutable(pool, user, names);
  for (const name of names) {
    if (pool.settings.attributes.get(name)?.isRequired || name === "email_verified") {
      throw wrongParameter(`user.${name}: Attribute cannot be deleted.`);
    }
    delete user.attributes[name];
    if (name === "email") delete user.attributes.email_verified;
  }
  pool.save();
  return {};
};

const GetUserAttributeVerificationCode: PersonOperation = ({ pool, user, body }) => {
  const email = user.pendingEmail ?? user.attributes.email;
  if (readText(body, "AttributeName") !== "email" || !email)
    throw wrongParameter("The attribute to verify must be email.");
  return { CodeDeliveryDetails: sendCode(pool, user, "email", email) };
};

const VerifyUserAttribute: PersonOperation = ({ pool, user, body }) => {
  if (readText(body, "AttributeName") !== "email") throw wrongParameter("The attribute to verify must be email.");
  verifyCode(pool, user, "email", readText(body, "Code"));
  const email = user.pendingEmail ?? user.attributes.email;
  if (!email) throw expiredCode();
  const owner = findByEmail(pool, email);
  if (owner && owner !== user) throw emailIsTaken();
  Object.assign(user.attributes, { email, email_verified: "true" });
  delete user.pendingEmail;
  pool.save();
  return {};
};

const ChangePassword: PersonOperation = ({ pool, user, body }) => {
  const proposed = readText(body, "ProposedPassword");
  try {
    requirePassword(pool, user, readText(body, "PreviousPassword"));
  } catch (error) {
    throw (error as Error).message === "Password attempts exceeded" ? tooManyAttempts() : error;
  }
  setPassword(pool, user, proposed);
  pool.save();
  return {};
};

const GlobalSignOut: PersonOperation = ({ pool, user }) => {
  revokeAll(pool, user);
  return {};
};

const DeleteUser: PersonOperation = ({ pool, user }) => {
  deleteUser(pool, user);
  return {};
};

export const accountOperations: Readonly<Record<string, PersonOperation>> = {
  GetUser,
  UpdateUserAttributes,
  DeleteUserAttributes,
  GetUserAttributeVerificationCode,
  VerifyUserAttribute,
  ChangePassword,
  GlobalSignOut,
  DeleteUser,
};

const emailIsTaken = () => new AwsError(400, "AliasExistsException", "An account with the given email already exists.");
