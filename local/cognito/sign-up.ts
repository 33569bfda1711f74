/** Sign-up and password recovery: what a user can do before signing in. */
import { AwsError } from "../service.ts";
import { checkSecretHash, readText, requireNamedUser } from "./call.ts";
import type { ClientOperation } from "./call.ts";
import { describeDelivery, sendCode, verifyCode } from "./codes.ts";
import { expiredCode, noUser, refused, wrongCode, wrongParameter } from "./errors.ts";
import { checkPolicy, setPassword } from "./password.ts";
import { findByEmail, findUser, makeUser, readOwnAttributes } from "./users.ts";

const SignUp: ClientOperation = ({ pool, client, body }) => {
  const username = readText(body, "Username");
  const password = readText(body, "Password");
  checkSecretHash(client, username, body.SecretHash);
  if (pool.settings.onlyAdminsCreateUsers) throw refused("SignUp is not permitted for this user pool");
  checkPolicy(password, pool.settings.passwordPolicy);
  const user = makeUser(pool, username, readOwnAttributes(pool, client, body.UserAttributes));
  setPassword(pool, user, password);
  pool.state.users.set(user.username, user);
  pool.save();
  const answer = { UserConfirmed: false, UserSub: user.sub };
  if (!pool.settings.verifiesEmail || !user.attributes.email) return answer;
  return { ...answer, CodeDeliveryDetails: sendCode(pool, user, "signUp") };
};

const ConfirmSignUp: ClientOperation = (call) => {
  const { pool, body } = call;
  const code = readText(body, "ConfirmationCode");
  const user = requireNamedUser(call, expiredCode);
  if (user.status !== "UNCONFIRMED") throw refused(`User cannot be confirmed. Current status is ${user.status}`);
  const email = user.attributes.email ?? "";
  const owner = pool.settings.emailIsAlias ? findByEmail(pool, email) : undefined;
  verifyCode(pool, user, "signUp", code);
  if (owner && owner !== user) {
    if (!body.ForceAliasCreation)
      throw new AwsError(400, "AliasExistsException", "An account with the email already exists.");
    owner.attributes.email_verified = "false";
  }
  user.status = "CONFIRMED";
  user.attributes.email_verified = "true";
  user.modifiedAtMs = pool.now();
  pool.save();
  return {};
};

const ResendConfirmationCode: ClientOperation = ({ pool, client, body }) => {
  const username = readText(body, "Username");
  checkSecretHash(client, username, body.SecretHash);
  const user = findUser(pool, username);
  if (!user) return inventDelivery(client.hidesUserExistence, username);
  if (user.status !== "UNCONFIRMED") throw wrongParameter("User is already confirmed.");
  if (!pool.settings.verifiesEmail || !user.attributes.email) {
    throw wrongParameter("Cannot resend codes. Auto verification not turned on.");
  }
  return { CodeDeliveryDetails: sendCode(pool, user, "signUp") };
};

const ForgotPassword: ClientOperation = ({ pool, client, body }) => {
  const username = readText(body, "Username");
  checkSecretHash(client, username, body.SecretHash);
  const user = findUser(pool, username);
  if (!user) return inventDelivery(client.hidesUserExistence, username);
  if (!user.isEnabled) throw refused("User is disabled.");
  if (user.status === "FORCE_CHANGE_PASSWORD") throw refused("User password cannot be reset in the current state.");
  if (user.attributes.email_verified === "true") return { CodeDeliveryDetails: sendCode(pool, user, "recovery") };
  if (client.hidesUserExistence) return inventDelivery(true, username);
  throw wrongParameter("Cannot reset password for the user as there is no registered/verified email or phone_number");
};

const ConfirmForgotPassword: ClientOperation = (call) => {
  const { pool, body } = call;
  const code = readText(body, "ConfirmationCode");
  const password = readText(body, "Password");
  const user = requireNamedUser(call, wrongCode);
  checkPolicy(password, pool.settings.passwordPolicy);
  verifyCode(pool, user, "recovery", code);
  setPassword(pool, user, password);
  pool.save();
  return {};
};

export const signUpOperations: Readonly<Record<string, ClientOperation>> = {
  SignUp,
  ConfirmSignUp,
  ResendConfirmationCode,
  ForgotPassword,
  ConfirmForgotPassword,
};

/** A response for an unknown user that looks like one for a real user. */
function inventDelivery(hidesUserExistence: boolean, username: string) {
  if (!hidesUserExistence) throw noUser("Username/client id combination not found.");
  return { CodeDeliveryDetails: describeDelivery(username.includes("@") ? username : `${username}@${username}`) };
}
