import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  ChangePasswordCommand,
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  DeleteUserCommand,
  ForgotPasswordCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  ResendConfirmationCodeCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  SignUpCommand,
  UpdateUserAttributesCommand,
  VerifyUserAttributeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { jest } from "@jest/globals";
import { Amplify } from "aws-amplify";
import * as auth from "aws-amplify/auth";
import { cognitoUserPoolsTokenProvider } from "aws-amplify/auth/cognito";
import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { cognito } from "../../local/cognito/cognito.ts";
import { AwsError } from "../../local/service.ts";
import type { CreatedResource, Service } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";
import { signInBySrp } from "./srp-client.ts";

const PASSWORD = "Correct-horse-7";
const EMAIL = "ann@example.com";
const HOUR_MS = 60 * 60 * 1000;

const POOL = {
  UsernameAttributes: ["email"],
  AutoVerifiedAttributes: ["email"],
  UsernameConfiguration: { CaseSensitive: false },
  Policies: {
    PasswordPolicy: { MinimumLength: "10", RequireLowercase: true, RequireUppercase: true, RequireNumbers: true },
  },
  Schema: [
    { Name: "email", Required: true, Mutable: true },
    { Name: "team", AttributeDataType: "String", Mutable: false },
  ],
  EmailVerificationSubject: "Welcome",
  EmailVerificationMessage: "Your code: {####}.",
};
const CLIENT = {
  ExplicitAuthFlows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  PreventUserExistenceErrors: "ENABLED",
  AccessTokenValidity: 15,
  IdTokenValidity: "30",
  RefreshTokenValidity: 2,
  TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days" },
};

const SITE = "http://localhost:3000";

let folder: string;
let service: Service;
let url: string;
let sdk: CognitoIdentityProviderClient;
let pool: CreatedResource;
let clientId: string;
let movedMs: number;
const gate = openGate();

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cognito-"));
  movedMs = 0;
  await start();
});

afterEach(async () => {
  sdk.destroy();
  await service.stop();
  rmSync(folder, { recursive: true });
});

describe("sign-up and sign-in", () => {
  test("a user signs up with an email address, confirms it with the mailed code and signs in by SRP", async () => {
    const signedUp = await sdk.send(new SignUpCommand({ ClientId: clientId, Username: EMAIL, Password: PASSWORD }));
    expect(signedUp).toMatchObject({
      UserConfirmed: false,
      CodeDeliveryDetails: { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: "a***@e***" },
    });
    const mail = lastMail();
    expect(Object.keys(mail)).toEqual(["at", "to", "subject", "body", "code"]);
    expect(mail).toMatchObject({ to: EMAIL, subject: "Welcome", body: `Your code: ${mail.code}.` });
    expect(await failure(signIn())).toBe("UserNotConfirmedException: User is not confirmed.");
    await sdk.send(new ConfirmSignUpCommand({ ClientId: clientId, Username: EMAIL, ConfirmationCode: mail.code }));

    const { AccessToken, IdToken, ExpiresIn, TokenType } = await signIn();
    expect([ExpiresIn, TokenType]).toEqual([900, "Bearer"]);
    const keys = createRemoteJWKSet(new URL(`${pool.attributes.ProviderURL}/.well-known/jwks.json`));
    const id = await jwtVerify(IdToken, keys, { issuer: pool.attributes.ProviderURL, audience: clientId });
    expect(id.payload).toMatchObject({
      sub: signedUp.UserSub,
      "cognito:username": signedUp.UserSub,
      email: EMAIL,
      email_verified: true,
      token_use: "id",
    });
    expect(id.payload.exp! - id.payload.iat!).toBe(30 * 60);
    const access = await jwtVerify(AccessToken, keys, { issuer: pool.attributes.ProviderURL });
    expect(access.payload).toMatchObject({ client_id: clientId, token_use: "access", username: signedUp.UserSub });
    expect(access.payload.aud).toBeUndefined();
    expect(access.payload.origin_jti).toBe(id.payload.origin_jti);
  });

  test("the email address is case-insensitive if the pool says so", async () => {
    await makeUser();
    await expect(signIn({ username: "ANN@Example.COM" })).resolves.toHaveProperty("AccessToken");
    expect(await failure(signUp("Ann@example.com"))).toBe(
      "UsernameExistsException: An account with the given email already exists.",
    );
  });

  test("neither passwords nor refresh tokens are in the folder", async () => {
    await makeUser();
    const { RefreshToken } = await signIn();
    const everything = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    expect(everything).toContain(EMAIL);
    expect(everything).not.toContain(PASSWORD);
    expect(everything).not.toContain(RefreshToken);
  });

  test.each([
    ["Aa1short", "Password not long enough"],
    ["ALLCAPS-12345", "Password must have lowercase characters"],
    ["nocaps-12345", "Password must have uppercase characters"],
    ["No-digits-here", "Password must have numeric characters"],
  ])("the password %s is rejected: %s", async (password, fault) => {
    expect(await failure(signUp(EMAIL, password))).toBe(
      `InvalidPasswordException: Password did not conform with policy: ${fault}`,
    );
  });

  test("an invalid address, an unknown attribute, and an attribute that users may not set are rejected", async () => {
    expect(await failure(signUp("ann"))).toBe("InvalidParameterException: Username should be an email.");
    const withAttribute = (Name: string, Value: string) =>
      failure(
        sdk.send(
          new SignUpCommand({
            ClientId: clientId,
            Username: EMAIL,
            Password: PASSWORD,
            UserAttributes: [{ Name, Value }],
          }),
        ),
      );
    expect(await withAttribute("custom:rank", "1")).toMatch(/^InvalidParameterException: .*custom:rank/);
    expect(await withAttribute("email_verified", "true")).toMatch(/^NotAuthorizedException: .*unauthorized attribute/);
    expect(await failure(signUp(EMAIL, PASSWORD, "nobodysclient"))).toBe(
      "ResourceNotFoundException: User pool client nobodysclient does not exist.",
    );
  });

  test("a wrong password and an unknown user get the same answer, by SRP", async () => {
    await makeUser();
    const wrong = await failure(signIn({ password: "Wrong-horse-7" }));
    expect(wrong).toBe("NotAuthorizedException: Incorrect username or password.");
    expect(await failure(signIn({ username: "nobody@example.com" }))).toBe(wrong);
    const salts = [await challengeSalt("nobody@example.com"), await challengeSalt("nobody@example.com")];
    expect(salts[0]).toBe(salts[1]);
  });

  test("after five wrong passwords even the right one has to wait", async () => {
    await makeUser();
    for (let tries = 0; tries < 5; tries++) await failure(signIn({ password: "Wrong-horse-7" }));
    expect(await failure(signIn())).toBe("NotAuthorizedException: Password attempts exceeded");
    movedMs += 2000;
    await expect(signIn()).resolves.toHaveProperty("AccessToken");
  });

  test("a public value that would reveal the secret is rejected", async () => {
    await makeUser();
    const start = (SRP_A: string) =>
      failure(
        sdk.send(
          new InitiateAuthCommand({
            ClientId: clientId,
            AuthFlow: "USER_SRP_AUTH",
            AuthParameters: { USERNAME: EMAIL, SRP_A },
          }),
        ),
      );
    expect(await start("0")).toMatch(/^InvalidParameterException/);
    expect(await start("zz")).toMatch(/^InvalidParameterException/);
  });

  test("sign-in by password works only for a client that allows the flow", async () => {
    await makeUser();
    const byPassword = (id: string) =>
      sdk.send(
        new InitiateAuthCommand({
          ClientId: id,
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: EMAIL, PASSWORD },
        }),
      );
    expect(await failure(byPassword(clientId))).toBe(
      "InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client",
    );
    const other = await createClient("Other", { ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"] });
    expect((await byPassword(other)).AuthenticationResult?.AccessToken).toBeDefined();
    expect(await failure(signIn({ clientId: other }))).toMatch(/USER_SRP_AUTH flow not enabled/);
  });
});

describe("codes", () => {
  test("a wrong code is rejected, and after five even the right one", async () => {
    await signUp();
    const { code } = lastMail();
    for (let tries = 0; tries < 5; tries++) expect(await failure(confirm("000000x"))).toMatch(/^CodeMismatchException/);
    expect(await failure(confirm(code))).toBe(
      "LimitExceededException: Attempt limit exceeded, please try after some time.",
    );
    movedMs += HOUR_MS;
    await confirm(code);
  });

  test("a code expires after a day, and a new one replaces the old", async () => {
    await signUp();
    const first = lastMail().code;
    movedMs += 25 * HOUR_MS;
    expect(await failure(confirm(first))).toBe(
      "ExpiredCodeException: Invalid code provided, please request a code again.",
    );
    await sdk.send(new ResendConfirmationCodeCommand({ ClientId: clientId, Username: EMAIL }));
    await confirm(lastMail().code);
    expect(await failure(confirm(lastMail().code))).toBe(
      "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED",
    );
  });

  test("a forgotten password is reset with a code; the old one no longer works", async () => {
    await makeUser();
    await sdk.send(new ForgotPasswordCommand({ ClientId: clientId, Username: EMAIL }));
    const reset = (Password: string) =>
      sdk.send(
        new ConfirmForgotPasswordCommand({
          ClientId: clientId,
          Username: EMAIL,
          ConfirmationCode: lastMail().code,
          Password,
        }),
      );
    expect(await failure(reset("short"))).toMatch(/^InvalidPasswordException/);
    await reset("Another-horse-8");
    expect(await failure(signIn())).toMatch(/^NotAuthorizedException/);
    await expect(signIn({ password: "Another-horse-8" })).resolves.toHaveProperty("AccessToken");
    expect(await failure(reset("Another-horse-9"))).toMatch(/^ExpiredCodeException/);
  });

  test("requesting a reset does not reveal who has an account", async () => {
    const answer = await sdk.send(new ForgotPasswordCommand({ ClientId: clientId, Username: "nobody@example.com" }));
    expect(answer.CodeDeliveryDetails?.Destination).toBe("n***@e***");
    expect(outbox()).toHaveLength(0);
    const open = await createClient("Open", { PreventUserExistenceErrors: "LEGACY" });
    expect(
      await failure(sdk.send(new ForgotPasswordCommand({ ClientId: open, Username: "nobody@example.com" }))),
    ).toMatch(/^UserNotFoundException/);
  });
});

describe("sessions", () => {
  test("a refresh token brings new tokens until it expires", async () => {
    await makeUser();
    const { RefreshToken, AccessToken } = await signIn();
    movedMs += 20 * 60 * 1000;
    expect(await failure(getUser(AccessToken))).toBe("NotAuthorizedException: Access Token has expired");
    const renewed = (await refresh(RefreshToken)).AuthenticationResult!;
    expect(renewed.RefreshToken).toBeUndefined();
    expect((await getUser(renewed.AccessToken!)).UserAttributes).toContainEqual({ Name: "email", Value: EMAIL });
    expect(decodeJwt(renewed.AccessToken!).auth_time).toBe(decodeJwt(AccessToken).auth_time);
    movedMs += 48 * HOUR_MS;
    expect(await failure(refresh(RefreshToken))).toBe("NotAuthorizedException: Refresh Token has expired");
  });

  test("a revoked refresh token takes its access tokens with it, and leaves other sessions alone", async () => {
    await makeUser();
    const [one, two] = [await signIn(), await signIn()];
    await sdk.send(new RevokeTokenCommand({ ClientId: clientId, Token: one.RefreshToken }));
    expect(await failure(refresh(one.RefreshToken))).toBe("NotAuthorizedException: Refresh Token has been revoked");
    expect(await failure(getUser(one.AccessToken))).toBe("NotAuthorizedException: Access Token has been revoked");
    await expect(getUser(two.AccessToken)).resolves.toHaveProperty("Username");
    await sdk.send(new GlobalSignOutCommand({ AccessToken: two.AccessToken }));
    expect(await failure(refresh(two.RefreshToken))).toMatch(/revoked/);
  });

  test("a client that rotates refresh tokens accepts a used one only within its grace period", async () => {
    await makeUser();
    const rotating = await createClient("Rotating", {
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 10 },
    });
    const { RefreshToken } = await signIn({ clientId: rotating });
    const next = (await refresh(RefreshToken, rotating)).AuthenticationResult?.RefreshToken;
    expect(next).not.toBe(RefreshToken);
    movedMs += 11_000;
    expect(await failure(refresh(RefreshToken, rotating))).toBe("NotAuthorizedException: Invalid Refresh Token");
    expect(await failure(refresh(next!, clientId))).toBe("NotAuthorizedException: Invalid Refresh Token");
    await expect(refresh(next!, rotating)).resolves.toBeDefined();
  });

  test("an invented token, an id token and a forged signature give no access", async () => {
    await makeUser();
    const { IdToken } = await signIn();
    expect(await failure(getUser("x.y.z"))).toBe("NotAuthorizedException: Invalid Access Token");
    expect(await failure(getUser(IdToken))).toBe("NotAuthorizedException: Invalid Access Token");
    const [head, body] = (await signIn()).AccessToken.split(".");
    expect(await failure(getUser(`${head}.${body}.${"A".repeat(342)}`))).toMatch(/Invalid Access Token/);
  });

  test("users, sessions, keys, ids and the address survive a restart", async () => {
    await makeUser();
    const before = { ref: pool.ref, clientId, url, ...(await signIn()) };
    await service.stop();
    await start();
    expect({ ref: pool.ref, clientId, url }).toEqual({ ref: before.ref, clientId: before.clientId, url: before.url });
    await expect(getUser(before.AccessToken)).resolves.toHaveProperty("Username");
    await expect(refresh(before.RefreshToken)).resolves.toBeDefined();
    await expect(signIn()).resolves.toBeDefined();
  });

  test("another port is used when another program has the last one", async () => {
    const before = url;
    await service.stop();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(Number(new URL(before).port), "127.0.0.1", resolve));
    await start();
    expect(url).not.toBe(before);
    await new Promise((resolve) => squatter.close(resolve));
  });
});

describe("a user's own account", () => {
  test("a user changes the password and the address (with a code), and deletes the account", async () => {
    await makeUser();
    const { AccessToken } = await signIn();
    const change = (PreviousPassword: string) =>
      sdk.send(new ChangePasswordCommand({ AccessToken, PreviousPassword, ProposedPassword: "Another-horse-8" }));
    expect(await failure(change("Wrong-horse-7"))).toBe("NotAuthorizedException: Incorrect username or password.");
    await change(PASSWORD);
    await sdk.send(
      new UpdateUserAttributesCommand({ AccessToken, UserAttributes: [{ Name: "email", Value: "ann@new.example" }] }),
    );
    expect((await getUser(AccessToken)).UserAttributes).toContainEqual({ Name: "email_verified", Value: "false" });
    expect(lastMail().to).toBe("ann@new.example");
    await sdk.send(new VerifyUserAttributeCommand({ AccessToken, AttributeName: "email", Code: lastMail().code }));
    const signedIn = await signIn({ username: "ann@new.example", password: "Another-horse-8" });
    expect(decodeJwt(signedIn.IdToken)).toMatchObject({ email: "ann@new.example", email_verified: true });
    await sdk.send(new DeleteUserCommand({ AccessToken }));
    expect(await failure(getUser(AccessToken))).toBe("UserNotFoundException: User does not exist.");
  });

  test("an immutable attribute can be set once", async () => {
    await makeUser();
    const { AccessToken } = await signIn();
    const setTeam = (Value: string) =>
      sdk.send(new UpdateUserAttributesCommand({ AccessToken, UserAttributes: [{ Name: "custom:team", Value }] }));
    await setTeam("red");
    expect(await failure(setTeam("blue"))).toMatch(/custom:team: Attribute cannot be updated/);
  });
});

describe("administrators", () => {
  test("an invited user signs in with the temporary password and must choose another", async () => {
    await sdk.send(new AdminCreateUserCommand({ UserPoolId: pool.ref, Username: EMAIL }));
    const invitation = lastMail();
    expect(invitation.body).toContain(EMAIL);
    const challenged = await signInBySrp(sdk, {
      clientId,
      poolId: pool.ref,
      username: EMAIL,
      password: invitation.code,
    });
    expect(challenged.ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
    const choose = (NEW_PASSWORD: string) =>
      sdk.send(
        new RespondToAuthChallengeCommand({
          ClientId: clientId,
          ChallengeName: "NEW_PASSWORD_REQUIRED",
          Session: challenged.Session,
          ChallengeResponses: { USERNAME: challenged.ChallengeParameters!.USER_ID_FOR_SRP!, NEW_PASSWORD },
        }),
      );
    expect(await failure(choose("weak"))).toMatch(/^InvalidPasswordException/);
    expect((await choose(PASSWORD)).AuthenticationResult?.AccessToken).toBeDefined();
    await expect(signIn()).resolves.toBeDefined();
  });

  test("a program creates, updates, groups, lists and deletes users, each call authorized by IAM on the pool", async () => {
    const ann = { UserPoolId: pool.ref, Username: EMAIL };
    await sdk.send(
      new AdminCreateUserCommand({
        ...ann,
        MessageAction: "SUPPRESS",
        UserAttributes: [{ Name: "email_verified", Value: "true" }],
      }),
    );
    expect(outbox()).toHaveLength(0);
    await sdk.send(new AdminSetUserPasswordCommand({ ...ann, Password: PASSWORD, Permanent: true }));
    await sdk.send(new AdminAddUserToGroupCommand({ ...ann, GroupName: "editors" }));
    await sdk.send(new AdminAddUserToGroupCommand({ ...ann, GroupName: "admins" }));
    expect(decodeJwt((await signIn()).AccessToken)["cognito:groups"]).toEqual(["admins", "editors"]);
    expect(await sdk.send(new AdminGetUserCommand(ann))).toMatchObject({ UserStatus: "CONFIRMED", Enabled: true });
    expect(await failure(sdk.send(new AdminAddUserToGroupCommand({ ...ann, GroupName: "none" })))).toMatch(
      /^ResourceNotFound/,
    );

    await signUp("bob@example.com");
    await sdk.send(new AdminConfirmSignUpCommand({ UserPoolId: pool.ref, Username: "bob@example.com" }));
    const firstPage = await sdk.send(new ListUsersCommand({ UserPoolId: pool.ref, Limit: 1 }));
    const secondPage = await sdk.send(
      new ListUsersCommand({ UserPoolId: pool.ref, Limit: 1, PaginationToken: firstPage.PaginationToken }),
    );
    expect([...firstPage.Users!, ...secondPage.Users!].map((user) => user.UserStatus)).toEqual([
      "CONFIRMED",
      "CONFIRMED",
    ]);
    expect(secondPage.PaginationToken).toBeUndefined();
    const found = await sdk.send(new ListUsersCommand({ UserPoolId: pool.ref, Filter: 'email ^= "bob@"' }));
    expect(found.Users).toHaveLength(1);
    expect(found.Users![0]!.UserCreateDate).toBeInstanceOf(Date);
    await sdk.send(new AdminDeleteUserCommand({ UserPoolId: pool.ref, Username: "bob@example.com" }));
    expect(await failure(sdk.send(new AdminGetUserCommand({ ...ann, Username: "bob@example.com" })))).toMatch(
      /^UserNotFound/,
    );
    expect(gate.asked).toContainEqual({ action: "cognito-idp:AdminCreateUser", resource: pool.attributes.Arn });
    expect(gate.asked).toContainEqual({ action: "cognito-idp:ListUsers", resource: pool.attributes.Arn });
  });

  test("a denied call has no effect", async () => {
    await makeUser();
    const denied = new AwsError(
      403,
      "AccessDeniedException",
      "User: x is not authorized to perform: cognito-idp:AdminDeleteUser",
    );
    await service.stop();
    await start({
      ...gate,
      authorize: () => {
        throw denied;
      },
    });
    const erase = sdk.send(new AdminDeleteUserCommand({ UserPoolId: pool.ref, Username: EMAIL }));
    expect(await failure(erase)).toBe(`AccessDeniedException: ${denied.message}`);
    await expect(signIn()).resolves.toBeDefined();
  });

  test("a pool for which only administrators create users rejects sign-ups", async () => {
    const closed = await service.create({
      path: "Closed/Pool",
      logicalId: "Pool",
      type: "AWS::Cognito::UserPool",
      properties: { ...POOL, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
    });
    const closedClient = await createClient("Closed", {}, closed.ref);
    expect(await failure(signUp(EMAIL, PASSWORD, closedClient))).toBe(
      "NotAuthorizedException: SignUp is not permitted for this user pool",
    );
  });

  test("a pool that needs an unsupported feature stops the start with a message", async () => {
    const trigger = {
      LambdaConfig: { PreSignUp: "arn:aws:lambda:us-east-1:000000000000:function:f" },
      MfaConfiguration: "ON",
    };
    await expect(
      service.create({ path: "App/Pool", logicalId: "Pool", type: "AWS::Cognito::UserPool", properties: trigger }),
    ).rejects.toThrow(/App\/Pool needs the Lambda trigger PreSignUp, required multi-factor authentication/);
  });
});

test("a page of its cloud may call it", async () => {
  const preflight = await fetch(url, { method: "OPTIONS", headers: { origin: SITE } });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe(SITE);
  const configuration = await fetch(`${pool.attributes.ProviderURL}/.well-known/openid-configuration`);
  expect(await configuration.json()).toMatchObject({
    issuer: pool.attributes.ProviderURL,
    mail_file: join(folder, "outbox.jsonl"),
  });
  const refusal = await fetch(url, {
    method: "POST",
    headers: { "x-amz-target": "AWSCognitoIdentityProviderService.Nonsense" },
  });
  expect([refusal.status, refusal.headers.get("x-amzn-errortype")]).toEqual([400, "UnknownOperationException"]);
});

test("Amplify, as used by a page, works end to end", async () => {
  // Amplify warns about every address that is not Amazon's.
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const kept = new Map<string, string>();
  Amplify.configure({ Auth: { Cognito: { userPoolId: pool.ref, userPoolClientId: clientId, userPoolEndpoint: url } } });
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
  const signedUp = await auth.signUp({
    username: EMAIL,
    password: PASSWORD,
    options: { userAttributes: { email: EMAIL } },
  });
  expect(signedUp.nextStep.signUpStep).toBe("CONFIRM_SIGN_UP");
  await auth.resendSignUpCode({ username: EMAIL });
  await auth.confirmSignUp({ username: EMAIL, confirmationCode: lastMail().code });
  await expect(auth.signIn({ username: EMAIL, password: "Wrong-horse-7" })).rejects.toMatchObject({
    name: "NotAuthorizedException",
  });
  expect((await auth.signIn({ username: EMAIL, password: PASSWORD })).isSignedIn).toBe(true);
  expect(await auth.fetchUserAttributes()).toMatchObject({ email: EMAIL, email_verified: "true" });

  const first = (await auth.fetchAuthSession()).tokens?.accessToken.toString();
  const second = (await auth.fetchAuthSession({ forceRefresh: true })).tokens?.accessToken.toString();
  expect(second).toBeDefined();
  expect(second).not.toBe(first);

  await auth.updatePassword({ oldPassword: PASSWORD, newPassword: "Another-horse-8" });
  await auth.signOut({ global: true });
  expect(await failure(getUser(second!))).toMatch(/revoked/);
  await auth.resetPassword({ username: EMAIL });
  await auth.confirmResetPassword({ username: EMAIL, newPassword: PASSWORD, confirmationCode: lastMail().code });
  expect((await auth.signIn({ username: EMAIL, password: PASSWORD })).isSignedIn).toBe(true);
  await auth.deleteUser();
});

async function start(withGate = gate as ReturnType<typeof openGate> | Omit<ReturnType<typeof openGate>, "asked">) {
  service = cognito();
  const clock = { now: () => Date.now() + movedMs };
  url = await service.start(testContext(folder, { gate: withGate, clock, origins: new Set([SITE]) }));
  pool = await service.create({
    path: "App/Pool",
    logicalId: "Pool",
    type: "AWS::Cognito::UserPool",
    properties: POOL,
  });
  clientId = await createClient("Web", CLIENT);
  for (const [name, Precedence] of [
    ["editors", 2],
    ["admins", 1],
  ] as const) {
    const properties = { UserPoolId: pool.ref, GroupName: name, Precedence };
    await service.create({ path: `App/${name}`, logicalId: name, type: "AWS::Cognito::UserPoolGroup", properties });
  }
  sdk = new CognitoIdentityProviderClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIATEST", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
}

async function createClient(name: string, properties: Record<string, unknown>, poolId = pool.ref): Promise<string> {
  const created = await service.create({
    path: `App/${name}`,
    logicalId: name,
    type: "AWS::Cognito::UserPoolClient",
    properties: { UserPoolId: poolId, ...properties },
  });
  expect(created.attributes.ClientId).toBe(created.ref);
  return created.ref;
}

function signUp(Username = EMAIL, Password = PASSWORD, ClientId = clientId) {
  return sdk.send(new SignUpCommand({ ClientId, Username, Password }));
}

function confirm(ConfirmationCode: string) {
  return sdk.send(new ConfirmSignUpCommand({ ClientId: clientId, Username: EMAIL, ConfirmationCode }));
}

async function makeUser() {
  await signUp();
  await confirm(lastMail().code);
}

async function signIn(changes: { clientId?: string; username?: string; password?: string } = {}) {
  const answer = await signInBySrp(sdk, {
    clientId,
    poolId: pool.ref,
    username: EMAIL,
    password: PASSWORD,
    ...changes,
  });
  return answer.AuthenticationResult as Record<"AccessToken" | "IdToken" | "RefreshToken" | "TokenType", string> & {
    ExpiresIn: number;
  };
}

function refresh(RefreshToken: string, ClientId = clientId) {
  return sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }));
}

function getUser(AccessToken: string) {
  return sdk.send(new GetUserCommand({ AccessToken }));
}

async function challengeSalt(username: string) {
  const parameters = { USERNAME: username, SRP_A: "1234567890abcdef" };
  const started = await sdk.send(
    new InitiateAuthCommand({ ClientId: clientId, AuthFlow: "USER_SRP_AUTH", AuthParameters: parameters }),
  );
  return started.ChallengeParameters?.SALT;
}

function outbox(): { to: string; subject: string; body: string; code: string; at: string }[] {
  if (!readdirSync(folder).includes("outbox.jsonl")) return [];
  const lines = readFileSync(join(folder, "outbox.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

const lastMail = () => outbox().at(-1)!;

/** `Name: message` of an operation's error. */
async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error("Expected an error.");
}
